// SPDX-License-Identifier: Apache-2.0
// ./dev bench: WebHLO and its peers on the same models, weights, inputs and machine. Contenders live
// in processes (or pages) of their own; one at a time runs, in short slices, round after round, so
// that whatever else the machine does hits all alike. docs/benchmarking.md says what the figures mean.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BrowserHost, NodeHost } from './hosts.mjs';
import { installPeers } from './peers.mjs';
import { toText } from './against.mjs';
import { toSvg } from './chart.mjs';
import { machine, ownSizes, toMarkdown } from './report.mjs';
import { timeInTurns } from './turns.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, '..', 'js', 'dist');
const usage = `usage: ./dev bench --models DIR [options]
  --models DIR        folder with one folder a model: model.jaxexport, weights.safetensors,
                      io.safetensors, weights.json, and model.onnx / model.tflite for the peers
  --only NAME,...     these models
  --peers NAME,...    ort-web, litert, jax-js, tfjs, or none (default ort-web,litert)
  --build DIR         another build of WebHLO as a contender: a checkout, a package or its dist/
  --precision P,...   WebHLO with weights of products stored so (bf16, f16, int8, int4) as contenders
  --threads N,...     thread counts (default 1,2)
  --browser           in headless Chromium instead of Node
  --revec             with V8's wasm revectorization, for all contenders
  --slice MS          length of a slice (default 300)
  --rounds N          slices of each contender (default 5)
  --cold N            cold starts of each contender (default 3)
  --json FILE         write the results there, and beside it the tables as .md and a chart as .svg
  --against FILE      say what became slower since these results; with another file of results instead
                      of --models nothing is measured: ./dev bench --against BEFORE.json AFTER.json`;

/** What WebHLO's answers may differ from float64, for exit status 0. */
const agreement = 2e-5;
const knownPeers = ['ort-web', 'litert', 'jax-js', 'tfjs'];

function parse(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      models: { type: 'string' },
      only: { type: 'string' },
      peers: { type: 'string', default: 'ort-web,litert' },
      build: { type: 'string' },
      precision: { type: 'string' },
      threads: { type: 'string', default: '1,2' },
      browser: { type: 'boolean', default: false },
      revec: { type: 'boolean', default: false },
      slice: { type: 'string', default: '300' },
      rounds: { type: 'string', default: '5' },
      cold: { type: 'string', default: '3' },
      json: { type: 'string' },
      against: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const against = values.against && readResults(values.against);
  if (against && !values.models && positionals.length === 1) {
    console.log(toText(against, readResults(positionals[0])));
    process.exit(0);
  }
  if (positionals.length > 0) throw new Error(`${positionals[0]} is no option\n${usage}`);
  if (!values.models) throw new Error(`--models is missing\n${usage}`);
  const models = resolve(values.models);
  if (!existsSync(models)) throw new Error(`--models: no folder ${values.models}`);
  const all = readdirSync(models).filter((name) =>
    existsSync(join(models, name, 'io.safetensors')),
  );
  if (all.length === 0) throw new Error(`--models: ${values.models} has no NAME/io.safetensors`);
  const only = values.only ? values.only.split(',') : all.sort();
  for (const name of only)
    if (!all.includes(name)) throw new Error(`--only: no model ${name} among ${all}`);
  const peers = values.peers === 'none' ? [] : values.peers.split(',');
  for (const name of peers)
    if (!knownPeers.includes(name)) throw new Error(`--peers: ${name} is none of ${knownPeers}`);
  const count = (name, text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${name}: ${text} is no positive integer`);
  };
  return {
    ...values,
    against,
    models,
    only,
    peers,
    build: values.build && packageIn(values.build),
    contenders: [
      'webhlo',
      ...(values.precision?.split(',').map((precision) => `webhlo-${precision}`) ?? []),
      ...(values.build ? ['build'] : []),
      ...peers,
    ],
    threads: values.threads.split(',').map((text) => count('threads', text)),
    slice: count('slice', values.slice),
    rounds: count('rounds', values.rounds),
    cold: count('cold', values.cold),
  };
}

function readResults(file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`cannot read ${file}: ${error.message}`);
  }
  if (!results?.models || !results.machine) throw new Error(`${file} has no results of ./dev bench`);
  return results;
}

/** The folder with a built package's index.js: `folder`, or where a package or a checkout has it. */
function packageIn(folder) {
  const places = ['.', 'dist', 'js/dist'].map((place) => resolve(folder, place));
  const found = places.find((place) => existsSync(join(place, 'index.js')));
  if (found) return found;
  throw new Error(`--build: ${folder} has no index.js, dist/index.js or js/dist/index.js`);
}

/** Of a contender that is named for the one that it loads with; or undefined. */
function precisionOf(runtime) {
  return /^webhlo-(.*)$/.exec(runtime)?.[1];
}

/** Why a runtime cannot contend here, or undefined. */
function refusal(runtime, threads, folder, browser) {
  if (precisionOf(runtime)) runtime = 'webhlo';
  const has = (file) => existsSync(join(folder, file));
  switch (runtime) {
    case 'webhlo':
      return existsSync(join(dist, 'index.js')) ? undefined : 'is not built';
    case 'build':
      return undefined;
    case 'ort-web':
      return has('model.onnx') ? undefined : 'has no model.onnx here';
    case 'litert':
      if (!browser) return 'runs in browsers only, use --browser';
      return has('model.tflite') ? undefined : 'has no model.tflite here';
    case 'jax-js':
      if (browser) return 'cannot be held to a thread count in browsers, measure it in Node';
      if (threads > 1) return 'has one thread in Node';
      return has('model.onnx') ? undefined : 'has no model.onnx here';
    case 'tfjs':
      return 'has no twin of this model';
  }
}

/** Converts to one file, for load times; answers its name. */
function convert(name, folders) {
  const folder = join(folders.models, name);
  const output = join(folders.converted, `${name}.whlo`);
  const weights = join(folder, 'weights.safetensors');
  const tied = join(folder, 'weights.json');
  const args = ['convert', join(folder, 'model.jaxexport'), '--weights', weights, '-o', output];
  if (existsSync(tied)) args.push('--tied', tied);
  const done = spawnSync(process.execPath, [join(dist, 'cli.js'), ...args], { encoding: 'utf8' });
  if (done.status !== 0) {
    const lines = done.stderr.trim().split('\n');
    throw new Error(`convert failed: ${lines.find((line) => /error/i.test(line)) ?? lines.pop()}`);
  }
  return `${name}.whlo`;
}

/** All records of one model: a runtime with a thread count each, and the converted file. */
async function benchModel(name, host, options, folders) {
  const { tied } = JSON.parse(readFileSync(join(folders.models, name, 'weights.json'), 'utf8'));
  const open = { model: { tied }, place: host.place(name) };
  const records = [];
  const contenders = [];
  for (const threads of options.threads) {
    for (const runtime of options.contenders) {
      const record = { runtime, threads };
      records.push(record);
      record.skipped = refusal(runtime, threads, join(folders.models, name), options.browser);
      if (record.skipped) continue;
      const precision = precisionOf(runtime);
      const own = precision ? 'webhlo' : runtime;
      const spec = { ...open, runtime: own, threads, precision, source: 'model.jaxexport' };
      const handle = await coldStarts(host, spec, options.cold, record);
      if (handle) contenders.push({ record, handle, times: [], asyncTimes: [] });
      console.error(`${name}: ${runtime} x ${threads}: ${record.failure ?? 'started'}`);
    }
  }
  await timeInTurns(contenders, options);
  if (records[0].best !== undefined) {
    const record = { runtime: 'webhlo', threads: options.threads[0], converted: true };
    records.push(record);
    try {
      const source = host.converted(convert(name, folders));
      const spec = { ...open, runtime: 'webhlo', threads: record.threads, source };
      await (await coldStarts(host, spec, options.cold, record))?.close();
    } catch (error) {
      record.failure = error.message;
    }
  }
  return records;
}

/**
 * Starts a contender `times` times from nothing and keeps the best start's figures in `record`.
 * Answers the last one, alive, or nothing when it failed; the record then says why.
 */
async function coldStarts(host, spec, times, record) {
  for (let i = 1; ; i++) {
    const handle = await host.start();
    try {
      const figures = await handle.call('open', spec);
      if (!(figures.firstAnswer > record.firstAnswer)) Object.assign(record, figures);
      if (i === times) return handle;
    } catch (error) {
      record.failure = error.message;
    }
    await handle.close();
    if (record.failure) return undefined;
  }
}

async function main() {
  const options = parse(process.argv.slice(2));
  const needsPeers = options.browser || options.peers.length > 0;
  const peers = needsPeers ? installPeers() : here;
  const converted = mkdtempSync(join(tmpdir(), 'webhlo-bench-'));
  const { build = dist, models } = options;
  const folders = { peers, package: dist, build, models, converted };
  let host;
  try {
    const place = { folders, revec: options.revec };
    host = options.browser ? await BrowserHost.create(place) : new NodeHost(place);
    const result = {
      machine: machine(),
      host: host.description,
      revec: options.revec,
      slice: options.slice,
      rounds: options.rounds,
      cold: options.cold,
      sizes: ownSizes(dist),
      models: {},
    };
    for (const name of options.only) {
      result.models[name] = await benchModel(name, host, options, folders);
      rmSync(join(converted, `${name}.whlo`), { force: true });
      if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
    }
    const tables = toMarkdown(result);
    console.log(tables);
    if (options.json) {
      const beside = (extension) => options.json.replace(/(\.json)?$/, extension);
      writeFileSync(beside('.md'), tables);
      const chart = toSvg(result);
      if (chart) writeFileSync(beside('.svg'), chart);
    }
    if (options.against) console.log(toText(options.against, result));
    const own = Object.values(result.models)
      .flat()
      .filter(({ runtime }) => runtime === 'webhlo');
    const good = ({ failure, skipped, error }) => !failure && !skipped && error <= agreement;
    process.exitCode = own.every(good) ? 0 : 1;
  } finally {
    await host?.close();
    rmSync(converted, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(2); // A browser's server may still listen.
}
