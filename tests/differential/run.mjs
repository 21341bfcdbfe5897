// SPDX-License-Identifier: Apache-2.0
// ./dev differential: random programs that JAX exports, and what JAX computes, against the built
// package. Python makes one program after another (generate.py); a child process runs each.

import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ask, start } from '../conformance/child.mjs';

const usage = `usage: ./dev differential [options]
  --count N           programs, default 1000
  --seed N            the first one's seed, default 0; the others' follow
  --families A,B,...  of these families only, see tests/differential/families.py
  --reduce            only the program of that seed: looks for a small piece of it that fails
  --check             reads the options, and does nothing
  --out FOLDER        where failing programs stay, default build/differential`;

const here = path.dirname(fileURLToPath(import.meta.url));
const hangSeconds = 60;
// A generator keeps what it compiled: another one goes on after so many programs.
const programsEach = 250;
const deepest = 6;

function parse(args) {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '0' },
      families: { type: 'string', default: 'any' },
      reduce: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      out: { type: 'string', default: path.join(here, '../../build/differential') },
    },
  });
  for (const name of ['count', 'seed'])
    if (!/^\d{1,9}$/.test(values[name]))
      throw new Error(`--${name}: a number, not ${values[name]}`);
  return { ...values, count: Number(values.count), seed: Number(values.seed) };
}

class Judge {
  counts = { exact: 0, bounded: 0, free: 0 };
  #child;

  constructor(folder) {
    this.folder = folder;
  }

  /** undefined, or { code, message } of a program that fails; its files stay. */
  async failureOf({ name, program }) {
    const values = path.join(this.folder, `${name}.safetensors`);
    this.#child ??= await start(path.join(here, 'worker.mjs'));
    const child = this.#child;
    const answer = await ask(child, () => child.send({ program, values }), hangSeconds);
    if (['crash', 'hang'].includes(answer.code)) this.end();
    if (answer.code) return answer;
    for (const key of Object.keys(this.counts)) this.counts[key] += answer.counts[key];
    rmSync(program);
    rmSync(values);
  }

  end() {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

/** What generate.py tells, line by line; answers what ended it, if anything did. */
async function* generate(folder, ...args) {
  const script = [path.join(here, 'generate.py'), folder, ...args.map(String)];
  const python = spawn(process.env.WEBHLO_JAX, script, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) =>
    python.on('error', resolve).on('close', (status, signal) => resolve(signal ?? status)),
  );
  for await (const line of createInterface({ input: python.stdout })) yield JSON.parse(line);
  return await ended;
}

/** The programs of all the seeds; one is `lost` whose compilation ends the generator: XLA has its faults. */
async function* programsOf({ out, families }, what, seeds) {
  while (seeds.length > 0) {
    const programs = generate(out, families, what, ...seeds);
    let next = await programs.next();
    for (; !next.done; next = await programs.next()) {
      seeds = seeds.slice(1);
      yield next.value;
    }
    if (seeds.length > 0 && !/^SIG/.test(next.value))
      throw new Error(`the generator ended: ${next.value}`);
    if (seeds.length > 0) yield { name: seeds[0], lost: next.value };
    seeds = seeds.slice(1);
  }
}

async function fuzz(options) {
  const { seed, count } = options;
  const judge = new Judge(options.out);
  const total = { passed: 0, failed: 0, mistaken: 0, lost: 0 };
  const counted = (counts) =>
    Object.entries(counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ');
  const tally = (kind, { name }, why) => {
    total[kind]++;
    if (why !== undefined) console.log(`  ${name} ${kind}: ${why}`);
  };
  const run = async (what, seeds) => {
    const again = [];
    for await (const program of programsOf(options, what, seeds)) {
      if (program.mistake) tally('mistaken', program, program.mistake);
      else if (program.lost) tally('lost', program, program.lost);
      else {
        const failure = await judge.failureOf(program);
        if (failure?.code === 'mismatch' && what === 'whole') again.push(program.name);
        else if (failure) tally('failed', program, `${failure.code}: ${failure.message}`);
        else tally('passed', program);
      }
    }
    return again;
  };
  for (let done = 0; done < count;) {
    const some = Math.min(programsEach, count - done);
    const seeds = Array.from({ length: some }, (_, i) => seed + done + i);
    await run('wide', await run('whole', seeds));
    done += some;
    console.log(`${done} programs: ${counted(total)}; elements: ${counted(judge.counts)}`);
  }
  judge.end();
  return total.failed + total.mistaken === 0;
}

/** The first value that is wrong: the node that makes it, that and the nodes before it, and so on, until it fails. */
async function reduce({ seed, families, out }) {
  const judge = new Judge(out);
  const only = async (...args) => {
    const { value, done } = await generate(out, families, ...args).next();
    if (done) throw new Error(`the generator ended: ${value}`);
    return { ...value, failure: await judge.failureOf(value) };
  };
  const { failure } = await only('all', seed);
  let found;
  if (failure?.output !== undefined) {
    const number = failure.output.slice(1);
    for (let depth = 1; depth <= deepest && !found?.failure; depth++)
      found = await only('piece', seed, number, depth);
  }
  judge.end();
  if (found?.failure) {
    console.log(`${found.program}: ${found.ops.join(', ')}\n${found.failure.message}`);
    if (found.text) console.log(found.text);
  } else {
    console.log(
      failure ? `no piece fails: ${failure.message}` : 'it passes if all its values are results',
    );
  }
  return !failure;
}

async function main(args) {
  if (args.includes('--help')) {
    console.log(usage);
    return true;
  }
  const options = parse(args);
  if (options.check) return true;
  mkdirSync(options.out, { recursive: true });
  return await (options.reduce ? reduce(options) : fuzz(options));
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(`differential: ${error.message}`);
  process.exitCode = 2;
}
