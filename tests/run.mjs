// SPDX-License-Identifier: Apache-2.0
// Runs every test suite of the project and counts over all of them; called by `./dev test`, which
// builds what the suites need and sets WEBHLO_NODE_<major>. Arguments: names of suites to run, or
// the beginnings of names; none means all but those that only run when named. The last line is
// `N passed, N failed, N skipped`; the exit status is 0 only if none failed. A suite that cannot say
// how many failed counts as one failure.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const node = (major) => process.env[`WEBHLO_NODE_${major}`] ?? process.execPath;

// A suite: { name, command, parse, timeout (s), env, single, named }. `parse(output, status)` gives
// { passed, failed, skipped }. Those that are `single` keep one core busy, and run side by side.
// Suites that are `named` take long and run only when they are asked for.
const suites = [
  {
    name: 'native-asan',
    command: ['build/native-asan/tests/webhlo_tests'],
    parse: doctest,
    single: true,
    timeout: 1800,
  },
  ...programs('build/native-asan/tests', /^fuzz_\w+$/).map((program) => ({
    name: path.basename(program).replace('_', '-'),
    command: [program],
    parse: counts,
    single: true,
    timeout: 1800,
  })),
  { name: 'native', command: ['build/native/tests/webhlo_tests'], parse: doctest, single: true },
  {
    name: 'wasm',
    command: [node(24), 'build/wasm-relaxed-threads/tests/webhlo_tests.cjs'],
    parse: doctest,
    single: true,
  },
  ...nodeTests('js', [24, 20, 22, 26], 'cli'),
  ...nodeTests('browser', [24]),
  ...nodeTests('dev', [24]),
  ...bundlers(),
  ...nodeTests('docs', [24]).map((suite) => ({ ...suite, named: true, timeout: 1800 })),
  ...lint(),
  ...[24, 20, 22, 26].map((major) => leaks('js', major)),
  leaks('browser', 24),
  ...exporter(),
  ...examples(),
];

// The sources in git's index or about to be: what lint looks at.
function sources(...extensions) {
  const found = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(name);
      else if (extensions.includes(path.extname(name))) found.push(name);
    }
  };
  for (const folder of ['core', 'wasm', 'tests', 'cmake', 'bench']) visit(folder);
  return found.sort();
}

function programs(folder, pattern) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return names.sort().map((name) => path.join(folder, name));
}

// The files tests/<folder>/*.test.mjs, and those of the folders within that are named, under node:test,
// once for each version of Node.
function nodeTests(folder, majors, ...within) {
  const folders = ['', ...within].map((name) => path.join('tests', folder, name));
  const files = folders.flatMap((name) => programs(name, /\.test\.mjs$/));
  if (files.length === 0) return [];
  return majors.map((major) => nodeTest(`${folder}-node${major}`, major, files));
}

function nodeTest(name, major, files) {
  const options = ['--test', '--test-reporter=tap', '--test-concurrency=1'];
  return { name, command: [node(major), ...options, ...files], parse: tap, single: true };
}

// The tests of leaks in that folder, with as many cycles as a server would make.
function leaks(folder, major) {
  return {
    ...nodeTest(`leaks-${folder}-node${major}`, major, [`tests/${folder}/leaks.test.mjs`]),
    env: { WEBHLO_LEAKS: 'long' },
    timeout: 3600,
    named: true,
  };
}

// The tests that examples bring along, of what needs more than a page and Node.
function examples() {
  const folders = readdirSync('examples', { withFileTypes: true }).filter((e) => e.isDirectory());
  const files = folders.flatMap(({ name }) => programs(`examples/${name}`, /\.test\.mjs$/));
  return [{ ...nodeTest('examples', 24, files), timeout: 1800, named: true }];
}

// The packed package in bundlers and runtimes: the common ones, and by name the rest.
function bundlers() {
  const [suite] = nodeTests('bundlers', [24]);
  const part = (name) => ({
    ...suite,
    name: `bundlers-${name}`,
    env: { WEBHLO_BUNDLERS: name },
    timeout: 3600,
  });
  return [part('short'), { ...part('rest'), named: true }];
}

// The Python package in models/export, with frameworks that come from PyPI: two environments, as they
// do not all fit one.
function exporter() {
  const suite = (name, python, ...files) => ({
    name,
    command: [process.env[python] ?? 'python3', '-m', 'pytest', '-p', 'no:cacheprovider', ...files],
    parse: pytest,
    env: { WEBHLO_NODE: node(24), PYTHONDONTWRITEBYTECODE: '1' },
    timeout: 3600,
    named: true,
  });
  const tests = 'models/export/tests';
  return [
    suite('export-jax', 'WEBHLO_EXPORT_JAX', tests, `--ignore=${tests}/test_tensorflow.py`),
    suite('export-tensorflow', 'WEBHLO_EXPORT_TENSORFLOW', `${tests}/test_tensorflow.py`),
  ];
}

function lint() {
  const checks = [
    {
      name: 'lint-format',
      command: ['clang-format', '--dry-run', '--Werror', ...sources('.cc', '.h')],
      parse: one,
    },
    { name: 'lint-house', command: [node(24), 'tests/house.mjs'], parse: one },
    { name: 'lint-tidy', command: [node(24), 'tests/tidy.mjs'], parse: one, timeout: 3600 },
  ];
  if (existsSync('js/package.json')) {
    checks.push({ name: 'lint-js', command: ['npm', '--prefix', 'js', 'run', 'lint'], parse: one });
  }
  return checks;
}

// Parsers.

function doctest(output, status) {
  const summary = /test cases:\s*\d+\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed/.exec(output);
  if (!summary) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed] = [Number(summary[1]), Number(summary[2])];
  // A case that lacks its data says so in a line of its own and passes as far as doctest knows.
  const skipped = Math.min(passed, (output.match(/^SKIPPED: /gm) ?? []).length);
  const broken = status !== 0 && failed === 0 ? 1 : 0;
  return { passed: passed - skipped, failed: failed + broken, skipped };
}

function tap(output, status) {
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  return {
    passed: count('pass'),
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: count('skipped') + count('todo'),
  };
}

function pytest(output, status) {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(last)?.[1] ?? 0);
  const failed = count('failed') + count('error');
  return {
    passed: count('passed'),
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: count('skipped'),
  };
}

// A program that ends with the same line as this one.
function counts(output, status) {
  const last = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output);
  if (!last) return one(output, status === 0 ? 1 : status);
  const [passed, failed, skipped] = last.slice(1).map(Number);
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}

function one(output, status) {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

// The run.

function run(suite) {
  return new Promise((resolve) => {
    const [program, ...args] = suite.command;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...suite.env },
    });
    let output = '';
    const keep = (bytes) => {
      if (output.length < 1 << 26) output += bytes;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const timeout = suite.timeout ?? 600;
    const timer = setTimeout(() => {
      keep(`\nstopped after ${timeout} s\n`);
      child.kill('SIGKILL');
    }, timeout * 1000);
    const finish = (status) => {
      clearTimeout(timer);
      resolve({ output, status });
    };
    child.on('error', (error) => {
      keep(`${program}: ${error.message}\n`);
      finish(127);
    });
    child.on('close', (status) => finish(status ?? 128));
  });
}

// The lines that say what failed, as far as they can be told, or else the last ones.
function told(lines) {
  const starts = /^\s*not ok |\bERROR: |^\s*stopped after /;
  const near = new Set();
  for (const [i, text] of lines.entries()) {
    if (!starts.test(text)) continue;
    for (let k = Math.max(i - 3, 0); k < Math.min(i + 20, lines.length); ++k) near.add(k);
  }
  return near.size > 0 ? lines.filter((_, i) => near.has(i)).slice(0, 400) : lines.slice(-80);
}

const wanted = process.argv.slice(2);
const chosen = suites.filter(({ name, named }) =>
  wanted.length === 0 ? !named : wanted.some((prefix) => name.startsWith(prefix)),
);
if (chosen.length === 0) {
  console.error(`no such suite; there are: ${suites.map(({ name }) => name).join(' ')}`);
  process.exit(1);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const line = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
mkdirSync('build/log', { recursive: true });
async function runAndCount(suite) {
  const start = Date.now();
  const { output, status } = await run(suite);
  const log = `build/log/test-${suite.name}.log`;
  writeFileSync(log, output);
  const result = suite.parse(output, status);
  for (const key of Object.keys(total)) total[key] += result[key];
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${suite.name.padEnd(20)} ${line(result)}  (${seconds} s)`);
  if (result.failed > 0) {
    const shown = told(output.split('\n')).map((text) => `    ${text.slice(0, 400)}`);
    console.log(`${shown.join('\n')}\n    whole output: ${log}`);
  }
}
async function runAll(queue) {
  for (let suite = queue.shift(); suite; suite = queue.shift()) await runAndCount(suite);
}
const singles = chosen.filter(({ single }) => single);
await Promise.all(Array.from({ length: availableParallelism() }, () => runAll(singles)));
await runAll(chosen.filter(({ single }) => !single));
console.log(line(total));
process.exitCode = total.failed === 0 ? 0 : 1;
