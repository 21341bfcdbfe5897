// SPDX-License-Identifier: Apache-2.0
// node order_functions.mjs WASM_OPT FILE: orders the functions of a .wasm file so that it compresses
// better. What servers send is deflated, which finds repetitions in the last 32 KiB only; functions that
// share much of their code are instances of a template, or rows of a table, from all over the program.
// The code itself stays what it is.
//
// The order is a greedy one: the next function is the one of whose runs of bytes most stand in the
// functions before it. Binaryen does the rest: it sorts functions by their names.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const kRun = 6; // Bytes; shorter ones are everywhere, longer ones are rare.
const kCommon = 100; // Runs in more functions than that say nothing.
const kWindow = 30_000; // Bytes, less than deflate's, as functions are not seen by their beginning only.
// Indices below are one byte in a call, and the linker gave them to the functions called most.
const kShortIndices = 128;

const kCustomSection = 0;
const kImportSection = 2;
const kCodeSection = 10;

// The bodies of a module's functions, and how many it imports.
function readModule(wasm) {
  let at = 8;
  const bodies = [];
  let imported = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skip = (bytes) => {
    at += bytes;
  };
  const limits = () => {
    const flags = number();
    number();
    if (flags & 1) number();
  };
  const descriptors = [number, () => [skip(1), limits()], limits, () => skip(2)];
  while (at < wasm.length) {
    const section = wasm[at++];
    const size = number();
    const end = at + size;
    if (section === kImportSection) {
      for (let left = number(); left > 0; --left) {
        skip(number());
        skip(number());
        const kind = wasm[at++];
        if (kind === 0) ++imported;
        descriptors[kind]();
      }
    } else if (section === kCodeSection) {
      for (let left = number(); left > 0; --left) {
        const bytes = number();
        bodies.push(wasm.subarray(at, at + bytes));
        skip(bytes);
      }
    }
    at = end;
  }
  return { bodies, imported };
}

// For each body, numbers that stand for the runs of bytes in it; only those in several bodies, but few.
function sharedRuns(bodies) {
  const numbers = new Map();
  const owners = [];
  const runs = bodies.map((body, i) => {
    const own = new Set();
    for (let at = 0; at + kRun <= body.length; ++at) {
      const run = body.toString('latin1', at, at + kRun);
      let number = numbers.get(run);
      if (number === undefined) {
        number = owners.push([]) - 1;
        numbers.set(run, number);
      }
      own.add(number);
    }
    for (const number of own) owners[number].push(i);
    return own;
  });
  const shared = (number) => owners[number].length > 1 && owners[number].length <= kCommon;
  return { owners, runs: runs.map((own) => [...own].filter(shared)) };
}

function orderOf(bodies) {
  const { owners, runs } = sharedRuns(bodies);
  const inWindow = new Uint32Array(owners.length);
  const known = new Float64Array(bodies.length); // Runs of a body that stand in the window.
  // A little in favour of large ones: they bring more for those to come.
  const weights = bodies.map((body) => (body.length + 15) ** -0.8);
  const left = new Set(bodies.keys());
  const order = [];
  let oldest = 0;
  let bytes = 0;
  for (let next = 0; left.size > 0; ) {
    left.delete(next);
    order.push(next);
    for (const run of runs[next]) {
      if (inWindow[run]++ === 0) for (const owner of owners[run]) ++known[owner];
    }
    bytes += bodies[next].length;
    for (; bytes > kWindow && oldest < order.length - 1; ++oldest) {
      bytes -= bodies[order[oldest]].length;
      for (const run of runs[order[oldest]]) {
        if (--inWindow[run] === 0) for (const owner of owners[run]) --known[owner];
      }
    }
    let best = -1;
    for (const i of left) {
      const score = known[i] * weights[i];
      if (score > best) [best, next] = [score, i];
    }
  }
  return order;
}

function leb128(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb128(Math.floor(value / 128))];
}
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
const wasm = readFileSync(file);
const { bodies, imported } = readModule(wasm);
const fixed = kShortIndices - imported;
const order = [...bodies.keys()].slice(0, fixed);
for (const i of orderOf(bodies.slice(fixed))) order.push(fixed + i);

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
