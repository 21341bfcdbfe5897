#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The command line: what a command does is in cli/. Exit status 0: done, and all that was expected held; 1: it failed, or an
// output was not as expected; 2: the command line itself is wrong.

import { readFileSync } from 'node:fs';

import { checkValues, find, parse, UsageError } from './cli/command.js';
import type { Command } from './cli/command.js';
import { commands } from './cli/commands.js';
import { helpText } from './cli/help.js';
import { print } from './cli/output.js';
import { WebHLOError } from './errors.js';

async function main(args: string[]): Promise<number> {
  const { command: name, operands, values } = parse(args, commands);
  if (values.version) {
    const file = new URL('../package.json', import.meta.url);
    print((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
    return 0;
  }
  if (values.help) {
    print(helpText(name, commands));
    return 0;
  }
  const command = find(name, commands);
  checkValues(command, values);
  if (operands.length === 0 && !command.operands.startsWith('[')) {
    throw new UsageError(`${command.name} what?`);
  }
  return command.run(operands, values as Parameters<Command['run']>[1]);
}

// A reader that went away, as `head` does, is no error.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`webhlo: ${error.message}\nwebhlo --help tells more\n`);
    process.exitCode = 2;
  } else {
    const known = error instanceof WebHLOError ? `${error.code}: ${error.message}` : String(error);
    process.stderr.write(`webhlo: ${known}\n`);
    process.exitCode = 1;
  }
}
