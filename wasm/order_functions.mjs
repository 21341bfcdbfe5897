// SPDX-License-Identifier: Apache-2.0
// node order_functions.mjs WASM_OPT FILE: orders the functions of a .wasm file, and numbers their locals, so
// that it compresses better. What servers send is deflated, which finds repetitions in the last 32 KiB only;
// functions that share much of their code are instances of a template, or rows of a table, from all over the
// program. The code itself stays what it is. Binaryen does the rest: it sorts functions by their names.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

import { leb128 } from './binary.mjs';
import { orderOf } from './function_order.mjs';
import { readModule } from './read_module.mjs';
import { renumberLocals } from './renumber_locals.mjs';

const kCustomSection = 0;

const counted = (bytes) => [...leb128(bytes.length), ...bytes];

// A section that gives functions these names: [index, name] by index.
function nameSection(names) {
  const entries = names.flatMap(([index, name]) => [...leb128(index), ...counted(Buffer.from(name))]);
  const functionNames = [1, ...counted([...leb128(names.length), ...entries])];
  return Buffer.from([
    kCustomSection,
    ...counted([...counted(Buffer.from('name')), ...functionNames]),
  ]);
}

const [wasmOpt, file] = process.argv.slice(2);
const wasm = renumberLocals(readFileSync(file));
const { bodies, imported } = readModule(wasm);
const order = orderOf(bodies, imported);

const names = [];
order.forEach((body, place) => {
  names[body] = [imported + body, String(place).padStart(6, '0')];
});
const named = `${file}.named`;
writeFileSync(named, Buffer.concat([wasm, nameSection(names)]));
// As Emscripten calls it last.
const features =
  'threads bulk-memory bulk-memory-opt call-indirect-overlong multivalue mutable-globals ' +
  'nontrapping-float-to-int reference-types relaxed-simd sign-ext simd';
execFileSync(wasmOpt, [
  '--mvp-features',
  ...features.split(' ').map((feature) => `--enable-${feature}`),
  ...['--reorder-functions-by-name', '--optimize-level=2', '--shrink-level=2'],
  ...['--optimize-stack-ir', named, '-o', file],
]);
rmSync(named);
// Binaryen has numbered them in its way.
writeFileSync(file, renumberLocals(readFileSync(file)));
