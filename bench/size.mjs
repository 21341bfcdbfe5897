// SPDX-License-Identifier: Apache-2.0
// ./dev size: what of the wasm that a page downloads is whose.
//
// It reads the module as it ships, the same module linked once more with the names of its functions, and
// that link's map, which says what object file a name comes from. A part's compressed bytes are those by
// which all is smaller without it: what two parts have alike is counted in neither, so that the parts are
// less than the whole together.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

import { orderOf } from '../wasm/function_order.mjs';
import { readModule } from '../wasm/read_module.mjs';
import { table } from './report.mjs';

const usage = `usage: ./dev size [--part NAME] [--json]

Bytes of webhlo-relaxed.wasm by folder of core/ and by library, plain and gzipped.

  --part NAME  the functions of a part, the largest first
  --json       the same as JSON
  --help
`;

const lines = (all) => all.map((line) => `${line}\n`).join('');
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const bytesOf = (pieces) => pieces.reduce((sum, { length }) => sum + length, 0);
const gzipped = (pieces) => gzipSync(Buffer.concat(pieces), { level: 9 }).length;

/** Of the linker's map: the functions in their order, { name, file }, and each file's bytes of data. */
export function readMap(text) {
  const functions = [];
  const data = new Map();
  let section = '';
  for (const line of text.split('\n')) {
    const [, size, what] = /^ *\S+ +\S+ +(\S+) +(.*)$/.exec(line) ?? [];
    const [, file, name] = /^(\S+):\((.*)\)$/.exec(what) ?? [];
    if (/^[A-Z]+$/.test(what)) {
      section = what;
    } else if (file && section === 'CODE') {
      functions.push({ name, file });
    } else if (file && section === 'DATA' && !/^\.t?bss/.test(name)) {
      data.set(file, (data.get(file) ?? 0) + parseInt(size, 16));
    }
  }
  return { functions, data };
}

/**
 * The object file of each of a module's functions, where the map has it. Of several functions with one name,
 * in namespaces without one, all but the first have their index in the linker's module behind it.
 */
export function filesOf({ bodies, imported, names }, { functions }) {
  const first = new Map();
  for (const { name, file } of functions) if (!first.has(name)) first.set(name, file);
  return bodies.map((_, i) => {
    const whole = names[imported + i] ?? '';
    const [, name, index] = /^(.*)_(\d+)$/.exec(whole) ?? [];
    const place = functions[index - imported];
    return first.get(whole) ?? (place && place.name === name ? place.file : undefined);
  });
}

/** What comes of a library's header is in the objects of the files that use it. By mangled names. */
const libraries = [
  [/^_ZN?K?(?:S|nw|dl|na|da)/, 'libc++'],
  [/^_ZN?K?11flatbuffers/, 'FlatBuffers'],
  [/^_ZN?K?10emscripten/, 'Embind'],
];

/** The part that a function or a piece of data belongs to: a folder of core/, wasm/, or a library. */
export function partOf(file = '', name = '') {
  const [, library] = libraries.find(([pattern]) => pattern.test(name)) ?? [];
  if (library) return library;
  const [, own] = /\.dir\/(.*)$/.exec(file) ?? [];
  if (own !== undefined) return /^core\/(?:kernels\/)?\w+(?=\/)/.exec(own)?.[0] ?? 'wasm';
  if (/xnnpack/.test(file)) return 'XNNPACK';
  return file === '<internal>' ? 'texts' : 'C library';
}

/** The rows of the table: { part, functions, code, data, gzipped }, the largest first, and the whole. */
export function weigh(module, map) {
  const { bodies, imported, names, data } = module;
  const files = filesOf(module, map);
  const parts = bodies.map((_, i) => partOf(files[i], names[imported + i]));
  const rows = new Map();
  const row = (part) => {
    if (!rows.has(part)) rows.set(part, { part, functions: 0, code: 0, data: 0, gzipped: 0 });
    return rows.get(part);
  };
  bodies.forEach((body, i) => {
    ++row(parts[i]).functions;
    row(parts[i]).code += body.length;
  });
  for (const [file, bytes] of map.data) row(partOf(file)).data += bytes;
  const order = orderOf(bodies, imported);
  const code = (keep) => gzipped(order.filter(keep).map((i) => bodies[i]));
  const all = code(() => true);
  for (const one of rows.values()) {
    if (one.functions > 0) one.gzipped = all - code((i) => parts[i] !== one.part);
  }
  return [...rows.values()].sort((one, other) => other.gzipped - one.gzipped);
}

/** The functions of a part, { name, bytes }, the largest first. */
export function functionsOf(module, map, part) {
  const { bodies, imported, names } = module;
  const files = filesOf(module, map);
  return bodies
    .map((body, i) => ({ name: names[imported + i] ?? '', file: files[i], bytes: body.length }))
    .filter(({ name, file }) => partOf(file, name) === part)
    .sort((one, other) => other.bytes - one.bytes);
}

/** As C++ has it. */
const demangled = (names) =>
  execFileSync('c++filt', { input: names.join('\n'), encoding: 'utf8' }).split('\n');

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      part: { type: 'string' },
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return usage;
  if (values.check) return '';
  const shipped = readFileSync(at('js/dist/webhlo-relaxed.wasm'));
  const module = readModule(readFileSync(at('build/wasm-relaxed/wasm/named/webhlo-named.wasm')));
  const map = readMap(readFileSync(at('build/wasm-relaxed/wasm/named/webhlo-named.map'), 'utf8'));
  const parts = weigh(module, map);
  if (values.part !== undefined) {
    const functions = functionsOf(module, map, values.part);
    if (functions.length === 0) {
      const names = parts.filter((row) => row.functions > 0).map(({ part }) => part);
      throw new Error(`no part '${values.part}'; there are ${names.join(', ')}`);
    }
    const names = demangled(functions.map(({ name }) => name));
    if (values.json) return json(functions.map(({ bytes }, i) => ({ name: names[i], bytes })));
    return lines(functions.map(({ bytes }, i) => `${String(bytes).padStart(6)}  ${names[i]}`));
  }
  const { bodies, data } = readModule(shipped);
  const whole = {
    bytes: shipped.length,
    gzipped: gzipped([shipped]),
    code: { bytes: bytesOf(bodies), gzipped: gzipped(bodies) },
    data: { bytes: data.length, gzipped: gzipped([data]) },
  };
  if (values.json) return json({ ...whole, parts });
  const of = ({ bytes, gzipped: small }) => `${bytes} bytes, ${small} gzipped`;
  return lines([
    `webhlo-relaxed.wasm: ${of(whole)}; code ${of(whole.code)}; data ${of(whole.data)}`,
    '',
    ...table(
      ['part', 'functions', 'code', 'data', 'gzipped'],
      parts.map(({ part, functions, code, data, gzipped }) => [part, functions, code, data, gzipped]),
    ),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(main(process.argv.slice(2)));
  } catch (error) {
    console.error(`size: ${error.message}`);
    process.exitCode = 1;
  }
}
