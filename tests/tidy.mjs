// SPDX-License-Identifier: Apache-2.0
// clang-tidy over core/ and tests/, as compiled by the native preset. A file that was found clean is
// not looked at again until it, a header of the project that it includes, or .clang-tidy changes.
// What includes vector code of core/kernels stays out: Debian 12's clang-tidy cannot read
// floating-point template arguments.

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import path from 'node:path';

const build = 'build/native';
const root = process.cwd();
const cache = path.join(
  process.env.WEBHLO_CACHE ?? path.join(homedir(), '.cache', 'webhlo'),
  'tidy',
);
mkdirSync(cache, { recursive: true });

// [source, digest of all that a verdict on it depends on], from ninja's record of includes.
function units() {
  const inside = (file) => {
    const name = path.relative(root, path.resolve(build, file));
    return /^(core|tests)\//.test(name) ? [name] : [];
  };
  const digests = new Map();
  const digest = (name) => {
    if (!digests.has(name)) {
      const bytes = existsSync(name) ? readFileSync(name) : '';
      digests.set(name, createHash('sha256').update(bytes).digest('hex'));
    }
    return digests.get(name);
  };
  const records = execFileSync('ninja', ['-C', build, '--quiet', '-t', 'deps'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return records.split('\n\n').flatMap((record) => {
    const files = record.split('\n').slice(1).flatMap((line) => inside(line.trim()));
    const [source] = files;
    if (!source?.endsWith('.cc') || !existsSync(source)) return [];
    if (files.some((name) => name.startsWith('core/kernels/') && name.endsWith('-inl.h'))) return [];
    const parts = ['.clang-tidy', ...files.sort()].map((name) => `${name} ${digest(name)}`);
    return [[source, createHash('sha256').update(parts.join('\n')).digest('hex')]];
  });
}

function check(source) {
  return new Promise((resolve) => {
    // Headers of the project, but not what flatc generated in the build folder.
    const headers = `--header-filter=^${root.replace(/[^\w/]/g, '\\$&')}/(core|tests)/`;
    const child = spawn('clang-tidy', ['--quiet', '-p', build, headers, source]);
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.on('error', (error) => resolve(`${source}: ${error.message}\n`));
    child.on('close', (status) => resolve(status === 0 ? '' : output || `${source}: no verdict\n`));
  });
}

const open = units().filter(([, digest]) => !existsSync(path.join(cache, digest)));
let failed = 0;
async function work() {
  for (let unit = open.pop(); unit; unit = open.pop()) {
    const [source, digest] = unit;
    const complaint = await check(source);
    if (complaint === '') {
      writeFileSync(path.join(cache, digest), '');
    } else {
      failed++;
      process.stdout.write(complaint);
    }
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
console.log(failed === 0 ? 'clean' : `${failed} files with complaints`);
process.exitCode = failed === 0 ? 0 : 1;
