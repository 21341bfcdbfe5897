// SPDX-License-Identifier: Apache-2.0
// Which cases lie under a path. A unit is what runs at one time: a file, or a piece of an .mlir file
// that `// -----` splits, or one set of values for a program. It may hold several cases (functions).

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

const programs = /\.(mlir|bc|mlirbc|bin|jaxexport)$/;
const runnable = /\.(jaxexport|mlirbc)$/;

/**
 * Units { folder, name, path, text?, values?, row?, skip?, refused?, twin? }: `folder` is what its line is
 * called, `text` what is to run of an .mlir file, `values` a .safetensors file with in.* and out.*, `row` the
 * program's row of index.tsv. A program that is for several devices, or for another kind of device, passes
 * when it is `refused` with such a message; one of the history of VHLO, which says nothing of what programs
 * mean, when it prints as its `twin` does.
 */
export function collect(path) {
  const root = resolve(path);
  if (!existsSync(root)) throw new Error(`no file or folder ${path}`);
  const units = [];
  walk(root, (file) => {
    const folder = relative(
      dirname(statSync(root).isDirectory() ? root : dirname(root)),
      dirname(file),
    );
    const name = `${folder}/${basename(file)}`;
    const found = runnable.test(file) ? runs(folder, name, file) : pieces(folder, name, file);
    const refused = refusalOf(file);
    const twin = twinOf(file);
    units.push(...found.map((unit) => ({ ...unit, refused, twin })));
  });
  if (units.length === 0) throw new Error(`no case under ${path}`);
  return units;
}

function walk(path, visit) {
  if (statSync(path).isFile()) {
    if (programs.test(path)) visit(path);
    return;
  }
  for (const name of readdirSync(path).sort()) walk(join(path, name), visit);
}

const severalDevices = /for \d+ devices/;
const otherDevice = /no function answers custom_call @/;
// What libraries and machine code of GPUs and TPUs compute.
const deviceCalls =
  /custom_call @(cu|hip)(solver|sparse|_threefry)|custom_call @(mosaic_gpu|tpu_custom_call|Eigh\b)/;

/** Bytecode tells by the text beside it; containers for several devices have a folder of their own. */
function refusalOf(path) {
  if (basename(dirname(path)) === 'jax_exported') return severalDevices;
  const file = path.replace(runnable, '.mlir');
  if (!file.endsWith('.mlir') || !existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  if (/\bmhlo\.num_(partitions|replicas) = (?!1\b)/.test(text)) return severalDevices;
  return existsSync(file.replace(/mlir$/, 'safetensors')) && deviceCalls.test(text) && runnable.test(path)
    ? otherDevice
    : undefined;
}

/** X.mlir of X.mlir.bc, and the text itself. */
function twinOf(path) {
  const text = path.replace(/\.bc$/, '');
  return text.endsWith('.mlir') && existsSync(`${text}.bc`) ? text : undefined;
}

/** One unit for each set of values beside a program; without any, the program itself. */
function runs(folder, name, path) {
  const stem = path.replace(runnable, '');
  const row = index(dirname(path)).get(basename(stem));
  const sets = [''];
  while (existsSync(`${stem}@${sets.length}.safetensors`)) sets.push(`@${sets.length}`);
  const units = sets
    .filter((set) => existsSync(`${stem}${set}.safetensors`))
    .map((set) => ({ folder, name: name + set, path, row, values: `${stem}${set}.safetensors` }));
  return units.length > 0 ? units : [{ folder, name, path }];
}

function pieces(folder, name, path) {
  if (!path.endsWith('.mlir')) return [{ folder, name, path }];
  const texts = split(readFileSync(path, 'utf8'));
  const units = [];
  for (const [piece, text] of texts.entries()) {
    if (/^(\s|\/\/.*)*$/.test(text)) continue;
    const unit = { folder, name: texts.length > 1 ? `${name}#${piece + 1}` : name, path, text };
    // Upstream's own dialect for its interpreter: many processes, probes, printing.
    if (/\binterpreter\.\w/.test(text)) unit.skip = 'it tests the interpreter dialect';
    units.push(unit);
  }
  return units;
}

/** The pieces of an .mlir file, each with as many lines before it as it has in the file. */
function split(text) {
  let lines = 0;
  return text.split(/^\/\/ -----.*$/m).map((piece) => {
    const placed = '\n'.repeat(lines) + piece;
    lines += piece.split('\n').length - 1;
    return placed;
  });
}

const indexes = new Map();

/** Rows of a folder's index.tsv by name, each an object by column. */
function index(folder) {
  let rows = indexes.get(folder);
  if (rows) return rows;
  indexes.set(folder, (rows = new Map()));
  const file = join(folder, 'index.tsv');
  if (!existsSync(file)) return rows;
  const [head, ...lines] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  for (const line of lines)
    rows.set(
      line[head.indexOf('name')],
      Object.fromEntries(line.map((cell, i) => [head[i], cell])),
    );
  return rows;
}
