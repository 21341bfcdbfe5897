// SPDX-License-Identifier: Apache-2.0
// ./dev conformance: StableHLO's own test files, and programs with expected values, on the built wasm in
// Node or in pages. Two child processes, or pages, run the units in turn; a crash or a hang costs its unit only.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { collect } from './cases.mjs';
import { ask, start } from './child.mjs';

const usage = `usage: ./dev conformance [options] PATH...
  PATH                .mlir, .bc, .mlirbc, .bin and .jaxexport files, or folders of them
  --engine ENGINE     kernel (default) or reference
  --jit off           without compiled fusions
  --threads N         default 1
  --browser           in headless Chromium, by the package as it is
  --sample N          only N of the files, drawn by --seed, default 0
  --failures FILE     write every failed case there: name, code, message by tabs`;

const workers = 2;
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
const hangSeconds = 10;
const noJit = 1;
const reference = 2;

function parse(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'kernel' },
      jit: { type: 'string', default: 'on' },
      threads: { type: 'string', default: '1' },
      browser: { type: 'boolean', default: false },
      sample: { type: 'string', default: 'all' },
      seed: { type: 'string', default: '0' },
      failures: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  if (!['kernel', 'reference'].includes(values.engine))
    throw new Error(`--engine: kernel or reference, not ${values.engine}`);
  if (!['on', 'off'].includes(values.jit)) throw new Error(`--jit: on or off, not ${values.jit}`);
  if (!/^[1-9]\d?$/.test(values.threads))
    throw new Error(`--threads: 1 to 99, not ${values.threads}`);
  if (!/^([1-9]\d*|all)$/.test(values.sample))
    throw new Error(`--sample: a number of files, not ${values.sample}`);
  if (positionals.length === 0) throw new Error(`a path is missing\n${usage}`);
  const flags =
    (values.jit === 'off' ? noJit : 0) + (values.engine === 'reference' ? reference : 0);
  return { ...values, paths: positionals, flags };
}

/** The units of `count` files: those whose names give the least hashes. */
function sampled(units, count, seed) {
  if (count === 'all') return units;
  const hash = (path) => createHash('sha256').update(`${seed} ${basename(path)}`).digest('hex');
  const files = [...new Set(units.map(({ path }) => path))].map((path) => [hash(path), path]);
  const chosen = new Set(files.sort().slice(0, count).map(([, path]) => path));
  return units.filter(({ path }) => chosen.has(path));
}

/** Runs the units of `queue` on one child after another until the queue is empty. */
async function work(queue, startChild, report) {
  let child;
  for (let unit = queue.shift(); unit; unit = queue.shift()) {
    if (unit.skip) {
      report(unit, [{ case: '', skip: unit.skip }]);
      continue;
    }
    child ??= await startChild();
    const answer = await ask(child, () => child.send(unit), hangSeconds);
    if (answer.cases) report(unit, answer.cases);
    else report(unit, [{ case: '', ok: false, ...answer }]);
    if (!answer.cases || answer.last) {
      child.kill('SIGKILL');
      child = undefined;
    }
  }
  child?.kill('SIGKILL');
}

/** The same program in whatever encoding: "static/add.mlir:main" is "add:main". */
const programOf = (name) => name.replace(/^.*\//, '').replace(/\.(mlir|mlirbc|bc|jaxexport)(?=:|$)/, '');

/** Cases whose expectation we do not share, and the code that they fail with. The rows say why. */
function readExceptions() {
  const text = readFileSync(new URL('../conformance_exceptions.tsv', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((row) => row !== '' && !row.startsWith('#'));
  return new Map(rows.map((row) => row.split('\t').slice(0, 2)));
}

/** What a case amounts to that must be refused, with such a message. */
function refusal(expected, { case: name, ok, code, message }) {
  if (!ok && code === 'unsupported' && expected.test(message)) return { case: name, ok: true };
  const what = ok ? 'it is not refused' : `${code}: ${message}`;
  return { case: name, ok: false, code: 'mismatch', message: `for other devices, but ${what}` };
}

/** Counts cases by folder, prints a folder's line when its last unit is in. */
class Report {
  folders = new Map();
  failures = [];
  exceptions = readExceptions();
  excepted = [];
  skips = new Map();
  total = { passed: 0, failed: 0, skipped: 0 };

  constructor(units) {
    for (const { folder } of units) {
      const counts = this.folders.get(folder) ?? { passed: 0, failed: 0, skipped: 0, left: 0 };
      counts.left++;
      this.folders.set(folder, counts);
    }
  }

  add(unit, cases) {
    const counts = this.folders.get(unit.folder);
    const count = (what) => {
      counts[what]++;
      this.total[what]++;
    };
    for (const { case: name, ok, skip, code, message } of cases) {
      if (skip) {
        count('skipped');
        this.skips.set(skip, (this.skips.get(skip) ?? 0) + 1);
      } else if (ok) {
        count('passed');
      } else {
        const named = name ? `${unit.name}:${name}` : unit.name;
        const isExcepted = this.exceptions.get(programOf(named)) === code;
        count(isExcepted ? 'skipped' : 'failed');
        (isExcepted ? this.excepted : this.failures).push({ name: named, code, message });
      }
    }
    if (--counts.left === 0) console.log(`${unit.folder}: ${counted(counts)}`);
  }

  /** Failures that differ in names and numbers only stand in one line. */
  printReasons() {
    const groups = new Map();
    for (const { name, code, message } of this.failures) {
      const reason = `${code}: ${normalize(message)}`;
      const group = groups.get(reason) ?? { count: 0, name };
      group.count++;
      groups.set(reason, group);
    }
    for (const [reason, { count, name }] of [...groups].sort(([, a], [, b]) => b.count - a.count)) {
      console.log(`  failed ${count} x ${reason}  (${name})`);
    }
    for (const { name } of this.excepted) {
      console.log(`  skipped: tests/conformance_exceptions.tsv says why  (${name})`);
    }
    for (const [reason, count] of this.skips) console.log(`  skipped ${count} x ${reason}`);
  }
}

function counted({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function normalize(message) {
  return message
    .replace(/\s+/g, ' ')
    .replace(/"[^"]*"/g, '"_"')
    .replace(/([%@#])[\w.$-]+/g, '$1_')
    .replace(/(?<![\w.])-?[\d?]+(x[\d?]+)*x(?=[a-z])/g, 'Nx')
    .replace(/(?<![A-Za-z_\d])-?\d+(\.\d+)?(e[-+]?\d+)?/g, 'N')
    .slice(0, 300);
}

async function main() {
  const { paths, flags, threads, failures, browser, sample, seed } = parse(process.argv.slice(2));
  const units = sampled(paths.flatMap(collect), sample, seed);
  const pages = browser && (await (await import('./pages.mjs')).openBrowser(paths));
  const startChild = pages
    ? () => pages.start(flags, Number(threads))
    : () => start(worker, [String(flags), threads]);
  const report = new Report(units);
  const queue = [...units];
  const add = (unit, cases) =>
    report.add(unit, unit.refused ? cases.map((one) => refusal(unit.refused, one)) : cases);
  await Promise.all(
    Array.from({ length: Math.min(workers, units.length) }, () => work(queue, startChild, add)),
  ).finally(() => pages && pages.close());
  report.printReasons();
  if (failures) {
    const lines = report.failures.map(
      ({ name, code, message }) => `${name}\t${code}\t${message.replace(/\s+/g, ' ')}\n`,
    );
    writeFileSync(failures, lines.join(''));
  }
  console.log(counted(report.total));
  process.exitCode = report.total.failed > 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  console.error(`conformance: ${error.message}`);
  process.exit(2);
}
