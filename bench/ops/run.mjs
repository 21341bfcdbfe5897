// SPDX-License-Identifier: Apache-2.0
// ./dev bench ops: single ops, WebHLO beside XLA:CPU, itself compiled natively, and web runtimes, one
// thread each. The programs are those of programs.json; docs/benchmarking.md says what the figures mean.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NodeHost } from '../hosts.mjs';
import { installPeers } from '../peers.mjs';
import { machine } from '../report.mjs';
import { writeSafetensors } from '../safetensors.mjs';
import { timeInTurns } from '../turns.mjs';
import { makeInput } from './inputs.mjs';
import { Native } from './native.mjs';
import { opsToJson, opsToMarkdown } from './report.mjs';
import { Xla } from './xla.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, '..', '..', 'js', 'dist');
const index = JSON.parse(readFileSync(join(here, 'programs.json'), 'utf8'));
const usage = `usage: ./dev bench ops [options]
  --only TEXT,...     ops whose name or group has one of these in it
  --xla PYTHON        a Python that has JAX, to run XLA:CPU; none leaves it out
                      (default: the one that ./dev differential uses)
  --native            also the same C++ compiled for this machine, which is one more build
  --peers NAME,...    jax-js, tfjs, or none (default jax-js,tfjs)
  --slice MS          length of a slice (default 100)
  --rounds N          slices of each contender (default 5)
  --json FILE         write the results there, and the table beside it as .md`;

const knownPeers = ['jax-js', 'tfjs'];
/** What answers may differ from XLA's, as max |difference| / max |expected|, where programs.json says nothing. */
const tolerances = { f: 1e-5, c: 1e-5, b: 1e-2 };
/** Where the first run takes longer than this many milliseconds, it is the only one. */
const patience = 2000;

function parse(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      xla: { type: 'string', default: process.env.WEBHLO_JAX },
      native: { type: 'boolean', default: false },
      peers: { type: 'string', default: knownPeers.join() },
      slice: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const words = values.only.split(',');
  const only = Object.keys(index).filter((name) =>
    words.some((word) => name.includes(word) || index[name].group.includes(word)),
  );
  if (only.length === 0) throw new Error(`--only: no op has ${values.only} in its name or group`);
  const peers = values.peers === 'none' ? [] : values.peers.split(',');
  for (const name of peers)
    if (!knownPeers.includes(name)) throw new Error(`--peers: ${name} is none of ${knownPeers}`);
  const count = (name) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${name}: ${values[name]} is no positive integer`);
  };
  return { ...values, only, peers, slice: count('slice'), rounds: count('rounds') };
}

/** Bytes of a program's operands and results. */
function bytesOf(program) {
  const [, types] = /@main\((.*) \{$/m.exec(program);
  let bytes = 0;
  for (const [, dims, complex, bits] of types.matchAll(/tensor<((?:\d+x)*)(complex<)?[a-z]+(\d+)/g)) {
    const elements = dims.split('x').reduce((n, dim) => n * Number(dim || 1), 1);
    bytes += elements * Math.ceil(Number(bits) / 8) * (complex ? 2 : 1);
  }
  return bytes;
}

/** All records of one op. XLA:CPU comes first: its results are what the others are compared with. */
async function benchOp(name, { host, xla, peers, folder, options }) {
  const { inputs, results, tolerance } = index[name];
  const [program, io] = ['program.mlir', 'io.safetensors'].map((file) => join(folder, file));
  copyFileSync(join(here, 'programs', `${name}.mlir`), program);
  const tensors = inputs.map((input, i) => [`in.${i}`, makeInput(input, i + 1)]);
  writeFileSync(io, writeSafetensors(Object.fromEntries(tensors)));
  const model = {
    name,
    types: inputs.map(({ dtype }) => dtype),
    weights: [...inputs.keys()].filter((i) => inputs[i].weight),
    tolerance: tolerance ?? Math.max(...results.map((dtype) => tolerances[dtype[0]] ?? 0)),
  };

  const records = [];
  const contenders = [];
  async function contend(runtime, handle, spec) {
    const record = { runtime, hasSync: false };
    records.push(record);
    try {
      const { load, firstRun, error, steps } = await handle.call('open', spec);
      Object.assign(record, { load, firstRun, error, steps });
      if (record.firstRun > patience) record.best = record.median = record.firstRun;
      contenders.push({ record, handle, times: [], asyncTimes: [] });
    } catch (error) {
      record.failure = error.message;
      await handle.close();
    }
  }
  if (xla) await contend('xla', xla, { program, io });
  if (options.native) await contend('native', new Native(folder), { model });
  for (const runtime of [
    'webhlo',
    ...peers.filter(({ ops }) => ops[name]).map((peer) => peer.name),
  ])
    await contend(runtime, await host.start(), {
      runtime: `op-${runtime}`,
      threads: 1,
      computing: true,
      model,
      place: host.place('.'),
    });
  await timeInTurns(contenders, { ...options, computing: true });
  return records;
}

async function main() {
  const options = parse(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), 'webhlo-ops-'));
  const packages = options.peers.length > 0 ? installPeers() : here;
  const folders = { peers: packages, package: dist, build: dist, models: folder };
  const host = new NodeHost({ folders });
  const result = {
    machine: machine(),
    host: host.description,
    slice: options.slice,
    rounds: options.rounds,
    notes: [],
    ops: {},
  };
  let xla;
  try {
    if (options.xla !== 'none') {
      try {
        if (!options.xla) throw new Error('there is no Python with JAX');
        xla = new Xla(options.xla);
        result.xla = (await xla.call('version', {})).jax;
      } catch (error) {
        xla = undefined;
        result.notes.push(
          `XLA:CPU is left out, and with it the comparison of answers: ${error.message}`,
        );
      }
    }
    const peers = [];
    for (const name of options.peers)
      peers.push({ name, ...(await import(`../runtimes/op-${name}.mjs`)) });
    for (const name of options.only) {
      const records = await benchOp(name, { host, xla, peers, folder, options });
      const bytes = bytesOf(readFileSync(join(folder, 'program.mlir'), 'utf8'));
      result.ops[name] = { group: index[name].group, bytes, records };
      const said = records.map(({ runtime, failure, best }) => `${runtime} ${failure ?? best}`);
      console.error(`${name}: ${said.join(', ')}`);
      if (options.json) writeFileSync(options.json, opsToJson(result));
    }
    const text = opsToMarkdown(result);
    console.log(text);
    if (options.json) writeFileSync(options.json.replace(/(\.json)?$/, '.md'), text);
    const own = Object.values(result.ops).flatMap(({ records }) => records);
    const failed = own.some(({ runtime, failure }) => runtime === 'webhlo' && failure);
    process.exitCode = failed ? 1 : 0;
  } finally {
    xla?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench ops: ${error.message}`);
  process.exit(2);
}
