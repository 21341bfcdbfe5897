// SPDX-License-Identifier: Apache-2.0
// The rules of the house that no compiler knows, over core/:
// - a folder includes only folders above it in docs/architecture.md's table, or itself;
// - an op is named by its constant (ops::kAdd). Spelt out are the names in the dialect table, in the
//   rows of core/ops/, and where programs are read and written;
// - a file of more than 500 lines says in its first comment why it is one ("One file: ...").
// Prints each breach; the exit status is 0 if there is none.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const maxLines = 500;
const table = /^\| `core\/(\w+)\/` \|/gm;
const folders = [...readFileSync('docs/architecture.md', 'utf8').matchAll(table)].map(([, f]) => f);
const breaches = [];

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(name);
    return /\.(cc|h)$/.test(name) ? [name] : [];
  });
}

function check(file) {
  const folder = file.split('/')[1];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const breach = (line, what) => breaches.push(`${file}:${line + 1}: ${what}`);
  const spells = /^core\/(import|text)\/|^core\/graph\/dialect\.cc$/.test(file);
  lines.forEach((line, i) => {
    const [, included] = /^#include "core\/(\w+)\//.exec(line) ?? [];
    if (included && folders.indexOf(included) > folders.indexOf(folder)) {
      breach(i, `core/${folder}/ stands above core/${included}/`);
    }
    if (spells || /^\s*\/\//.test(line)) return;
    const isRow = folder === 'ops' && /\.name = |kName = |^WEBHLO_\w+\(|^ +Row\("/.test(line);
    const code = line.replace(/\/\/.*/, '');
    const [, op] = /"((stablehlo|chlo|webhlo|func)\.[^"]*)"/.exec(code) ?? [];
    if (op && !isRow) breach(i, `"${op}" is spelt out`);
  });
  const comment = lines.slice(0, lines.findIndex((line) => !line.startsWith('//')));
  if (lines.length > maxLines && !/One file: /.test(comment.join(' '))) {
    breach(0, `${lines.length} lines, and no reason why it is one file`);
  }
}

for (const file of filesOf('core')) check(file);
if (folders.length === 0) breaches.push('docs/architecture.md: no table of folders');
console.log(breaches.join('\n'));
process.exitCode = breaches.length === 0 ? 0 : 1;
