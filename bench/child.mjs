// SPDX-License-Identifier: Apache-2.0
// A contender in a Node process of its own: calls of contender.mjs as messages { call, options }.

import { readFile } from 'node:fs/promises';
import * as contender from './contender.mjs';

const read = (url) => readFile(new URL(url));

process.on('message', async ({ call, options }) => {
  if (options.place) options.place.read = read;
  try {
    process.send({ result: await contender[call](options) });
  } catch (error) {
    process.send({ failure: String(error?.message ?? error) });
  }
});
process.on('disconnect', () => process.exit());
