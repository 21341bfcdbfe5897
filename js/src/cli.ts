#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The command line: `webhlo inspect|run|convert|bench|serve`. Exit status 0: done, and all that was
// expected held; 1: it failed, or an output was not as expected; 2: the command line itself is wrong.

import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { didYouMean, isRecord } from './arguments.js';
import { accuracy, resultsOf } from './cli/accuracy.js';
import { convert } from './cli/convert.js';
import { createStaticServer, listen } from './cli/serve.js';
import { Profiler, profileText } from './cli/steps.js';
import { readTensors, tensorsToJson, writeTensors } from './cli/tensor_files.js';
import { compare, inputsFrom, numbers, syntheticInputs, wantedOf } from './cli/values.js';
import type { Comparison } from './cli/values.js';
import { typeText } from './dtype.js';
import { fail, messageOf, WebHLOError } from './errors.js';
import { load } from './load.js';
import type { LoadOptions, ModelSource } from './load_options.js';
import { wrongKind } from './metadata.js';
import { inspectStages } from './model.js';
import type { Precision } from './native.js';
import type { Inputs, InspectStage, Outputs, Program } from './model.js';
import type { PortInfo } from './ports.js';
import { Tensor } from './tensor.js';

const help = `webhlo inspect MODEL [--stage graph|passes|init|plan|jit|memory|steps|roofline]
webhlo run MODEL [--inputs F] [--expect F --rtol X] [--output F] [--time SECONDS]
webhlo convert MODEL -o OUT.whlo [--precision P | --companion] [--label-file F] [--metadata KEY=VALUE]
webhlo bench MODEL [--inputs F] [--time SECONDS] [--steps] [--precision P --accuracy]
webhlo serve DIR [--port N] [--host NAME] [--no-isolation]

MODEL is a StableHLO program as text (.mlir), portable bytecode (.mlirbc) or jax.export container, or a
.whlo file: a path or a URL. NAME=MODEL NAME=MODEL ... are several programs over one weight set.

  --weights F         a .safetensors file (may be repeated); default: those that a .whlo file holds or
                      names. Tensors of arguments that jax.export dropped are ignored, as are inputs
  --tied F            JSON file: argument name -> name of the tensor it reads; a .whlo file keeps it
  --shape NAME=2x784  an input's shape, where the program leaves sizes free (may be repeated): inspect
                      shows what is compiled for such inputs
  --program NAME      which program of several; default: the first
  --inputs F          .safetensors, .npz, .npy or .json; of keys in.NAME and out.NAME the first kind
  --expect F          expected outputs, of keys in.NAME and out.NAME the second kind
  --rtol X            largest difference from the expected outputs, relative to each output's largest
                      absolute value; default 1e-5
  --output F          write the outputs: .safetensors, .npz, .npy or .json
  --time SECONDS      run again and again for so long, and tell the times
  --steps             what each step of the plan takes, beside what this machine can do
  --threads N         default: the processors, at most 8
  --precision P       how large weights of products are stored, in memory, or by convert in the file: f32
                      (as written), bf16, f16, int8 or int4; default: as the file has them
  --accuracy          how far results are from those with the weights' precision f32
  --tune              try all kernels that could run a product or a convolution, and use the fastest: as it
                      loads, however long that takes
  --save-memory       pack no weight in a layout that is larger than it is
  --revec             let V8 make wide vectors of narrow ones (run and bench): an experimental flag of V8,
                      with which most models take half the time
  --max-memory BYTES  bound of the model's memory: bytes, or as in 500MB, 1.5GiB
  --json              answer in JSON
  -o, --out F         the file to write: programs, weights and ties
  --companion         leave the weights in their .safetensors files: OUT.whlo names them by their paths
                      from its own folder, in or below which they must lie
  --label-file F      names of classes, one a line: model.metadata.labels
  --metadata K=V      what the file says of the model besides, V in JSON or a text (may be repeated):
                      'image={"mean":0.5,"std":0.5}' is for fromImage, all else for the application
  --port N            default 8000; 0 takes any free port
  --host NAME         default 127.0.0.1
  --no-isolation      serve without the headers that allow threads
  --help, --version
`;

class UsageError extends Error {}

const optionTypes = {
  weights: { type: 'string', multiple: true },
  tied: { type: 'string' },
  shape: { type: 'string', multiple: true },
  program: { type: 'string' },
  stage: { type: 'string' },
  inputs: { type: 'string' },
  expect: { type: 'string' },
  rtol: { type: 'string' },
  output: { type: 'string' },
  threads: { type: 'string' },
  'max-memory': { type: 'string' },
  time: { type: 'string' },
  steps: { type: 'boolean' },
  precision: { type: 'string' },
  accuracy: { type: 'boolean' },
  tune: { type: 'boolean' },
  'save-memory': { type: 'boolean' },
  revec: { type: 'boolean' },
  json: { type: 'boolean' },
  out: { type: 'string', short: 'o' },
  companion: { type: 'boolean' },
  metadata: { type: 'string', multiple: true },
  'label-file': { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'no-isolation': { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: optionTypes });
  } catch (error) {
    const unknown = /^Unknown option '--([^']*)'/.exec(messageOf(error))?.[1];
    throw new UsageError(
      unknown === undefined
        ? messageOf(error)
        : `no option --${unknown}${meant(unknown, Object.keys(optionTypes), '--')}`,
    );
  }
}

function meant(name: string, names: readonly string[], prefix = ''): string {
  return didYouMean(name, names).replace(/"(.*)"/, `${prefix}$1`);
}

type Options = ReturnType<typeof parse>['values'];

/** Options that a command takes beside --help and --json; others are an error. */
const loading = ['weights', 'tied', 'threads', 'max-memory'];
const planning = ['precision', 'tune', 'save-memory'];
const taken: Record<string, string[]> = {
  inspect: [...loading, ...planning, 'shape', 'program', 'stage'],
  run: [...loading, ...planning, 'program', 'inputs', 'expect', 'rtol', 'output', 'time', 'revec'],
  bench: [...loading, ...planning, 'program', 'inputs', 'time', 'steps', 'accuracy', 'revec'],
  convert: [...loading, 'out', 'precision', 'companion', 'metadata', 'label-file'],
  serve: ['port', 'host', 'no-isolation'],
};

async function main(args: string[]): Promise<number> {
  const { values: options, positionals } = parse(args);
  const [command, ...operands] = positionals;
  if (options.version) {
    const file = new URL('../package.json', import.meta.url);
    print((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
    return 0;
  }
  if (options.help || command === 'help') {
    print(help.trimEnd());
    return 0;
  }
  if (command === undefined || !Object.hasOwn(taken, command)) {
    throw new UsageError(
      command === undefined
        ? 'no command'
        : `no command "${command}"${meant(command, Object.keys(taken))}`,
    );
  }
  for (const name of Object.keys(options)) {
    if (name !== 'json' && !taken[command]?.includes(name)) {
      const hint = meant(name, taken[command] ?? [], '--');
      throw new UsageError(`${command} has no option --${name}${hint}`);
    }
  }
  if (operands.length === 0) throw new UsageError(`${command} what?`);
  switch (command) {
    case 'inspect':
      return inspect(operands, options);
    case 'run':
      return run(operands, options);
    case 'bench':
      return bench(operands, options);
    case 'convert':
      return convertCommand(operands, options);
    default:
      return serve(operands, options);
  }
}

function modelSource(operands: string[]): ModelSource {
  const named = operands.map((operand) => /^([\w.-]+)=(.+)$/s.exec(operand));
  if (operands.length === 1 && !named[0]) return operands[0] as string;
  return Object.fromEntries(
    named.map((match, i) => {
      if (!match)
        throw new UsageError(`"${operands[i] ?? ''}": several models need names, NAME=MODEL`);
      return [match[1], match[2]] as [string, string];
    }),
  );
}

async function loadOptions(options: Options): Promise<LoadOptions> {
  const threads = number(options, 'threads');
  const maxMemory = bytes(options, 'max-memory');
  let tied: Record<string, string> | undefined;
  if (options.tied !== undefined) {
    try {
      const json: unknown = JSON.parse(await readFile(options.tied, 'utf8'));
      // Also the weights.json of an exporter, which holds the map under this key.
      tied = (isRecord(json) && isRecord(json.tied) ? json.tied : json) as Record<string, string>;
    } catch (error) {
      fail('invalid_argument', `cannot read ${options.tied}: ${messageOf(error)}`, error);
    }
  }
  return {
    ...(options.weights && { weights: options.weights }),
    ...(tied && { tied }),
    ...(threads !== undefined && { threads }),
    ...(maxMemory !== undefined && { maxMemory }),
    ...(options.steps && { profile: true }),
    ...(options.precision !== undefined && { precision: options.precision as Precision }),
    ...(options.tune && { tune: 'load', tuneBudget: Infinity, tuneCache: false }),
    ...(options['save-memory'] && { memory: 'low' }),
    ...(options.revec && { revec: true }),
    ...(options.shape && { shapes: Object.fromEntries(options.shape.map(shape)) }),
  };
}

function shape(text: string): [string, number[]] {
  const [, name, sizes] = /^(.+)=((?:\d+(?:x\d+)*)?)$/.exec(text) ?? [];
  if (name === undefined || sizes === undefined) {
    throw new UsageError(`--shape ${text}: expected an input and its sizes, as in x=2x784`);
  }
  return [name, sizes === '' ? [] : sizes.split('x').map(Number)];
}

function number(options: Options, name: 'threads' | 'rtol' | 'time' | 'port') {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`--${name} ${text}: expected a number, 0 or more`);
  }
  return value;
}

const units: Record<string, number> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  KI: 2 ** 10,
  MI: 2 ** 20,
  GI: 2 ** 30,
};

function bytes(options: Options, name: 'max-memory') {
  const text = options[name];
  if (text === undefined) return undefined;
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([KMG]i?)?B?$/i.exec(text.trim()) ?? [];
  if (digits === '') {
    throw new UsageError(`--${name} ${text}: expected bytes, as in 500000000, 500MB or 1.5GiB`);
  }
  return Math.floor(Number(digits) * (units[unit.toUpperCase()] ?? NaN));
}

function port(options: Options): number {
  const value = number(options, 'port') ?? 8000;
  if (!Number.isInteger(value) || value > 65535) {
    throw new UsageError(`--port ${options.port ?? ''}: expected a port, 0 to 65535`);
  }
  return value;
}

async function open(operands: string[], options: Options) {
  const start = performance.now();
  const model = await load(modelSource(operands), await loadOptions(options));
  const loadMs = performance.now() - start;
  const name = options.program;
  const names = Object.keys(model.programs);
  const program = model.programs[name ?? names[0] ?? ''];
  if (!program || (name !== undefined && !names.includes(name))) {
    fail(
      'invalid_argument',
      `no program "${name ?? ''}"${meant(name ?? '', names)}; there are ${names.join(', ')}`,
    );
  }
  return { model, program, loadMs };
}

async function inspect(operands: string[], options: Options): Promise<number> {
  const stage = options.stage as InspectStage | undefined;
  if (stage !== undefined && !inspectStages.includes(stage)) {
    const hint = meant(stage, inspectStages);
    throw new UsageError(`--stage ${stage}${hint}; expected ${inspectStages.join(', ')}`);
  }
  const { model, program } = await open(operands, options);
  if (stage !== undefined) {
    const text = model.inspect(stage, program.name);
    print(options.json ? JSON.stringify({ program: program.name, stage, text }) : text.trimEnd());
    return 0;
  }
  const programs = Object.values(model.programs);
  if (options.json) {
    const { variant, threads, memory, metadata } = model;
    const described = programs.map(({ name, producer, inputs, outputs }) => ({
      name,
      producer,
      inputs,
      outputs,
    }));
    print(JSON.stringify({ programs: described, metadata, variant, threads, memory }));
    return 0;
  }
  const line = ({ name, dtype, shape }: PortInfo) => `  ${name}  ${typeText(dtype, shape)}`;
  for (const { name, producer, inputs, outputs } of programs) {
    print(`program ${name}${producer ? ` (${producer})` : ''}`);
    print(['inputs', ...inputs.map(line), 'results', ...outputs.map(line)].join('\n'));
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    const text = JSON.stringify(value);
    print(`${key}  ${text.length > 80 ? `${text.slice(0, 77)}...` : text}`);
  }
  print(`wasm ${model.variant}, ${model.threads} thread(s)`);
  for (const [use, bytes] of Object.entries(model.memory)) print(`  ${use}  ${megabytes(bytes)}`);
  return 0;
}

async function run(operands: string[], options: Options): Promise<number> {
  const rtol = number(options, 'rtol') ?? 1e-5;
  const { model, program, loadMs } = await open(operands, options);
  const inputs = options.inputs
    ? inputsFrom(await readTensors(options.inputs, wantedOf(program)), program)
    : {};
  const start = performance.now();
  // Kept ones know the shapes that this run gave them.
  const keep = program.outputs.flatMap(({ name, shape }) => (shape.includes(null) ? name : []));
  const outputs: Outputs = await program.run(inputs, { keep });
  const firstMs = performance.now() - start;
  const results = new Map(
    program.outputs.map(({ name, dtype, shape }): [string, Tensor] => {
      const value = outputs[name] as Outputs[string];
      if (value instanceof Tensor) return [name, value];
      return [name, new Tensor(value, { dtype, shape: shape as readonly number[] })];
    }),
  );
  if (options.output) await writeTensors(options.output, results);
  const checks = options.expect
    ? compare(await readTensors(options.expect, wantedOf(program)), results, inputs, rtol)
    : [];
  const passed = checks.every((check) => check.passed);
  const seconds = number(options, 'time');
  const times = seconds === undefined ? undefined : measure(program, inputs, seconds);
  if (options.json) {
    const timing = { loadMs, firstMs, ...(times && { times }) };
    const values = options.output ? undefined : tensorsToJson(results);
    const { threads, variant, memory } = model;
    print(JSON.stringify({ outputs: values, checks, passed, ...timing, threads, variant, memory }));
    return passed ? 0 : 1;
  }
  if (checks.length > 0) printChecks(checks, rtol);
  else if (!options.output) for (const [name, tensor] of results) printTensor(name, tensor);
  print(
    `load ${loadMs.toFixed(1)} ms, first run ${firstMs.toFixed(2)} ms (${model.variant}, ${model.threads} thread(s))`,
  );
  if (times) printTimes(times);
  return passed ? 0 : 1;
}

function printChecks(checks: readonly Comparison[], rtol: number): void {
  for (const { name, maxError, relative, passed } of checks) {
    const verdict = passed ? 'ok  ' : 'FAIL';
    print(
      `${verdict} ${name}: error ${maxError.toExponential(2)}, relative ${relative.toExponential(2)} (limit ${rtol})`,
    );
  }
}

function printTensor(name: string, tensor: Tensor): void {
  const shown = 8;
  const values = numbers(tensor);
  const head = Array.from({ length: Math.min(values.length, shown) }, (_, i) =>
    format(values[i] ?? NaN),
  );
  const more = values.length > shown ? `, ... (${values.length})` : '';
  print(`${name} ${typeText(tensor.dtype, tensor.shape)}: ${head.join(', ')}${more}`);
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}

interface Times {
  runs: number;
  minMs: number;
  medianMs: number;
  meanMs: number;
}

/** Whole runs, inputs and results copied, after one to warm up. */
function measure(
  program: Program,
  inputs: Inputs,
  seconds: number,
  ran: () => void = () => undefined,
): Times {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  program.runSync(inputs);
  do {
    const start = performance.now();
    program.runSync(inputs);
    times.push(performance.now() - start);
    ran();
  } while (performance.now() < end && times.length < 1e7);
  times.sort((a, b) => a - b);
  return {
    runs: times.length,
    minMs: times[0] ?? NaN,
    medianMs: times[times.length >> 1] ?? NaN,
    meanMs: times.reduce((sum, time) => sum + time, 0) / times.length,
  };
}

function printTimes({ runs, minMs, medianMs, meanMs }: Times): void {
  print(`${runs} runs: best ${ms(minMs)}, median ${ms(medianMs)}, mean ${ms(meanMs)}`);
}

async function bench(operands: string[], options: Options): Promise<number> {
  const inputsOf = async (program: Program) =>
    options.inputs
      ? inputsFrom(await readTensors(options.inputs, wantedOf(program)), program)
      : syntheticInputs(program);
  let exact: ReturnType<typeof resultsOf> | undefined;
  if (options.accuracy) {
    // Before the other, whose memory it may need.
    const { model, program } = await open(operands, { ...options, precision: 'f32' });
    exact = resultsOf(program, await inputsOf(program));
    model.dispose();
  }
  const { model, program, loadMs } = await open(operands, options);
  const inputs = await inputsOf(program);
  const start = performance.now();
  program.runSync(inputs);
  const firstMs = performance.now() - start;
  const { threads, variant, memory } = model;
  const profiler = options.steps ? new Profiler(model, program) : undefined;
  const times = measure(program, inputs, number(options, 'time') ?? 3, () => profiler?.ran());
  const profile = profiler?.profile();
  const errors = exact && accuracy(exact, resultsOf(program, inputs));
  if (options.json) {
    const timing = { loadMs, firstMs, times, threads, variant, memory };
    print(JSON.stringify({ ...timing, ...profile, ...(errors && { accuracy: errors }) }));
  } else {
    print(
      `load ${ms(loadMs)}, first run ${ms(firstMs)} (${variant}, ${threads} thread(s), ${megabytes(memory.wasm ?? 0)})`,
    );
    printTimes(times);
    for (const { name, largest, rms } of errors ?? []) {
      print(
        `${name}: largest error ${largest.toExponential(2)}, root mean square ${rms.toExponential(2)}`,
      );
    }
    if (profile) print(profileText(profile));
  }
  return 0;
}

async function convertCommand(operands: string[], options: Options): Promise<number> {
  if (options.out === undefined) throw new UsageError('convert needs -o OUT.whlo');
  const bytes = await convert(
    modelSource(operands),
    await loadOptions(options),
    options.out,
    options.companion,
    await metadataOf(options),
  );
  print(
    options.json
      ? JSON.stringify({ file: options.out, bytes })
      : `${options.out}: ${megabytes(bytes)}`,
  );
  return 0;
}

/** Of --metadata KEY=VALUE and --label-file FILE. */
async function metadataOf(options: Options): Promise<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  for (const text of options.metadata ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--metadata ${text}: expected KEY=VALUE`);
    }
    entries.push([key, jsonOrText(value)]);
  }
  const labels = options['label-file'];
  if (labels !== undefined) {
    const text = await readFile(labels, 'utf8').catch((error: unknown) =>
      fail('invalid_argument', `--label-file: cannot read ${labels}: ${messageOf(error)}`, error),
    );
    entries.push(['labels', text.replace(/\r?\n$/, '').split(/\r?\n/)]);
  }
  for (const [key, value] of entries) {
    const wrong = wrongKind(key, value);
    if (wrong) throw new UsageError(`--metadata ${key}: it is ${wrong}`);
  }
  return Object.fromEntries(entries);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function serve([folder = '.', ...more]: string[], options: Options): Promise<number> {
  if (more.length > 0) throw new UsageError('serve takes one folder');
  const wanted = port(options);
  const isFolder = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isFolder) fail('invalid_argument', `${folder} is no folder`);
  const server = createStaticServer({ mounts: { '/': folder }, isolate: !options['no-isolation'] });
  const address = await listen(server, wanted, options.host ?? '127.0.0.1');
  print(`${folder} is at ${address}`);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        server.close();
        server.closeAllConnections();
        resolve(0);
      });
    }
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function ms(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(1)} us` : `${value.toFixed(2)} ms`;
}

function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// A reader that went away, as `head` does, is no error.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`webhlo: ${error.message}\nwebhlo --help tells more\n`);
    process.exitCode = 2;
  } else {
    const known = error instanceof WebHLOError ? `${error.code}: ${error.message}` : String(error);
    process.stderr.write(`webhlo: ${known}\n`);
    process.exitCode = 1;
  }
}
