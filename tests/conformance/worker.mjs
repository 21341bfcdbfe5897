// SPDX-License-Identifier: Apache-2.0
// Runs units in a child process, one a message. Its one instance is an importer with the kernels of relaxed
// SIMD, and with threads if they are asked for: the package's has neither.

import { readFile } from 'node:fs/promises';
import { Instance } from '../../js/dist/instance.js';
import { nodeWorker } from '../../js/dist/threads.js';
import { judge, prepare } from './judge.mjs';

const [flags, threads] = process.argv.slice(2).map(Number);
const instance = await createInstance();
prepare({ importer: instance, runner: instance, flags, read: readFile });

process.on('message', async (unit) => process.send(await judge(unit)));
process.on('disconnect', () => process.exit());
process.send({ ready: true });

async function createInstance() {
  const preset = threads > 1 ? 'wasm-relaxed-threads' : 'wasm-relaxed';
  const built = (file) => new URL(`../../build/${preset}/wasm/webhlo-importer${file}`, import.meta.url);
  const { default: create } = await import(built('.mjs'));
  const module = await WebAssembly.compile(await readFile(built('.wasm')));
  return Instance.of({ name: 'importer', module, create }, threads, { flags }, () =>
    nodeWorker(built('-worker.mjs')),
  );
}
