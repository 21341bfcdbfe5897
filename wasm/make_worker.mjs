// SPDX-License-Identifier: Apache-2.0
// node make_worker.mjs GLUE WORKER: the file that a worker of the package is started with. It imports
// nothing, since some bundlers copy it as it is, and exports nothing, since others make it a script.

import { readFileSync, writeFileSync } from 'node:fs';

const [glue, worker] = process.argv.slice(2);
const parts = readFileSync(glue, 'utf8').split('export default Module;');
if (parts.length !== 2 || !parts[1].includes('isPthread&&Module()')) {
  throw new Error(`${glue} does not end as expected: Emscripten has changed`);
}
// A worker is given the compiled module; where its glue names the file, some bundlers copy it once more.
const file = /new URL\("[\w-]+\.wasm",import\.meta\.url\)\.href/;
const text = parts.join('');
if (!file.test(text)) {
  throw new Error(`${glue} does not name its .wasm file as expected: Emscripten has changed`);
}
const prelude = readFileSync(new URL('worker_prelude.js', import.meta.url), 'utf8');
writeFileSync(worker, prelude + text.replace(file, '""'));
