// SPDX-License-Identifier: Apache-2.0
// The commands that there are, in the order of the help.

import { bench } from './bench.js';
import type { Command } from './command.js';
import { completion } from './completion.js';
import { convert } from './convert.js';
import { help } from './help.js';
import { inspect } from './inspect.js';
import { run } from './run.js';
import { serve } from './serve.js';

export const commands: Command[] = [inspect, run, convert, bench, serve];
// These tell of all.
commands.push(completion(commands));
commands.push(help(commands));
