// SPDX-License-Identifier: Apache-2.0
// What load takes: programs, weights and options, checked and copied at the border.

import { checkDeadline, checkNames, checkOptions, checkSignal } from './arguments.js';
import { isArray, isRecord, kindOf, show } from './arguments.js';
import { fail } from './errors.js';
import { logLevels } from './log.js';
import type { LogLevel } from './log.js';
import { precisions } from './native.js';
import type { Precision } from './native.js';
import { isSource, notYet } from './sources.js';
import type { ProgressFunction, Source } from './sources.js';
import { Tensor } from './tensor.js';
import type { Tuning } from './tuning.js';
import { wasmNames } from './variants.js';
import type { WasmModules, WasmName } from './variants.js';

export interface LoadOptions {
  /** safetensors files, or tensors by name. A `.whlo` file holds or finds its own. */
  weights?: Source | readonly Source[] | Readonly<Record<string, Tensor>>;
  /** Arguments that read a tensor of another name. */
  tied?: Readonly<Record<string, string>>;
  /** Default: the processors, at most 8. More than one needs a cross-origin isolated page. */
  threads?: number;
  /** Bytes that the model's wasm memory may reach. Default: what the engine gives, at most 4 GiB. One
   * tensor, or the arena that holds all that a run computes, has at most 2 GiB. */
  maxMemory?: number;
  /** An integer that begins the random numbers of `stablehlo.rng`. Default: 0, so that every load draws the
   * same ones. */
  seed?: number;
  /** Where the wasm files are, if not beside this module: a folder (ending in /) or one file. */
  wasmURL?: string | URL;
  /** The wasm files that the load may need, compiled, where the engine compiles none at run time:
   * `{ simd: module, importer: module }`. */
  wasmModule?: WasmModules;
  /** Stops the load with code `cancelled`, wherever it is. */
  signal?: AbortSignal;
  /** Milliseconds from the call, after which the load ends with code `cancelled`. */
  deadline?: number;
  /** Bytes read so far, of all sources whose size is known, and of each source. */
  onProgress?: ProgressFunction;
  /** Whether what http(s) addresses have is kept for loads to come, in the user's cache folder or the page's Cache,
   * which ask whether it has changed, and need no network if it has not. */
  cache?: boolean;
  /** Bytes that all that is kept may have; what was not used for the longest time goes first. Default: 4 GiB. */
  cacheSize?: number;
  /** Shapes of inputs by name that are compiled for before the load resolves, once or several times, where
   * programs leave sizes free. A program compiles for those that give all such inputs of its own. */
  shapes?: ShapesByName | readonly ShapesByName[];
  /** For how many shapes a program that leaves sizes free stays compiled: those of the last runs. Default:
   * 4, and at least as many as `shapes` asks for. */
  maxShapes?: number;
  /** Inputs that runs may write over with a result of their type, when they are donated to the run: a state,
   * a cache. Those that the exporter donated (JAX's `donate_argnums`) are such anyway. */
  donate?: readonly string[];
  /** Runs record what each step takes, for `inspect('steps')`; that costs a look at the clock for each. */
  profile?: boolean;
  /** What is said on the console: nothing, what makes it slow (`warn`), also what it does without (`info`). With
   * `debug`, loads and runs are measures of User Timing besides, on a track of DevTools. Default: `info`. */
  log?: LogLevel;
  /** In Node: V8 makes one 256-bit instruction of two 128-bit ones ("revectorization", an experimental flag
   * of the whole process), which halves the time of most models. Only in the first load of a process. */
  revec?: boolean;
  /** How large f32 weights of matrix products are stored in memory; arithmetic stays f32. `int8` and `int4`
   * are integers with a scale for each 32 of them. Products of few rows become as much faster as their weights
   * become smaller. Default: `f32`, as written. */
  precision?: Precision;
  /** `low`: no weight is packed in a layout that is larger than it is, which some convolutions would be faster by. */
  memory?: 'low';
  /** Which of several kernels runs a product or a convolution: `off`, the one that its sizes suggest; `idle`, the
   * one that is found to be the fastest here, by trying all of them when nothing runs, for a few milliseconds
   * at a time; `load`, the same within the load. Kernels differ in the order of their roundings. Default: `off`. */
  tune?: 'off' | 'idle' | 'load';
  /** Milliseconds that `tune: 'load'` may take. Default: 1000. */
  tuneBudget?: number;
  /** What `model.tuned` answered here or on other machines; of these only what was found on one like this counts. */
  tuning?: Tuning | readonly Tuning[];
  /** Whether what is found out is kept for loads to come, in the user's cache folder or the page's Cache. Default: true. */
  tuneCache?: boolean;
  /** Whether the model lives in a worker of its own, so that neither the load nor a run holds the caller's thread.
   * Default: false. */
  worker?: boolean;
  /** With `worker`: bytes that are given as a source, and weights of Tensors, are moved there and not copied; the
   * caller's buffers are empty afterwards. Default: false. */
  transfer?: boolean;
}

/** Of a model that lives in a worker. */
export type WorkerLoadOptions = LoadOptions & { worker: true };

/** Shapes of inputs: `{ image: [8, 28, 28, 1] }`. */
export type ShapesByName = Readonly<Record<string, readonly number[]>>;

/** One program, or several by name that share one weight set. */
export type ModelSource = Source | Readonly<Record<string, Source>>;

const optionNames: Record<keyof LoadOptions, true> = {
  weights: true,
  tied: true,
  threads: true,
  maxMemory: true,
  seed: true,
  wasmURL: true,
  wasmModule: true,
  signal: true,
  deadline: true,
  onProgress: true,
  cache: true,
  cacheSize: true,
  shapes: true,
  maxShapes: true,
  donate: true,
  profile: true,
  log: true,
  revec: true,
  precision: true,
  memory: true,
  tune: true,
  tuneBudget: true,
  tuning: true,
  tuneCache: true,
  worker: true,
  transfer: true,
};

const isInteger = (value: unknown, least: number, most = Infinity): boolean =>
  Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;

export function checkLoadOptions(given: LoadOptions): LoadOptions {
  checkOptions(given, Object.keys(optionNames), 'load');
  const options: { -readonly [name in keyof LoadOptions]: unknown } = { ...given };
  const { tied, threads, maxMemory, seed, wasmURL, onProgress, precision, tune } = options;
  const { memory, tuneBudget, tuning, wasmModule, log, cacheSize } = options;
  const { shapes, maxShapes, signal, deadline } = options;
  const wrong = (name: string, value: unknown, expected: string): never =>
    fail('invalid_argument', `load: ${name} is ${show(value)}, expected ${expected}`);
  const check = (name: keyof LoadOptions, right: boolean, expected: string) => {
    if (options[name] !== undefined && !right) wrong(name, options[name], expected);
  };
  check('tune', ['off', 'idle', 'load'].includes(tune as string), "'off', 'idle' or 'load'");
  check('memory', memory === 'low', "'low'");
  check('tuneBudget', typeof tuneBudget === 'number' && tuneBudget >= 0, 'milliseconds');
  check('tuning', isRecord(tuning) || isArray(tuning), 'what model.tuned answered');
  check('precision', precisions.includes(precision as Precision), precisions.join(', '));
  check('log', logLevels.includes(log as LogLevel), logLevels.join(', '));
  check('threads', isInteger(threads, 1, 64), '1 to 64');
  check(
    'maxMemory',
    typeof maxMemory === 'number' && maxMemory >= 2 ** 21,
    'bytes, at least 2 MiB',
  );
  check('seed', isInteger(seed, 0), 'an integer, 0 or more');
  check(
    'wasmURL',
    typeof wasmURL === 'string' || kindOf(Object(wasmURL) as object) === 'URL',
    'a string or a URL',
  );
  check('onProgress', typeof onProgress === 'function', 'a function');
  check('cacheSize', typeof cacheSize === 'number' && cacheSize >= 0, 'bytes');
  check('maxShapes', isInteger(maxShapes, 1, 1024), '1 to 1024');
  for (const name of ['profile', 'revec', 'tuneCache', 'cache', 'worker', 'transfer'] as const) {
    check(name, typeof options[name] === 'boolean', 'true or false');
  }
  if (wasmModule !== undefined) {
    if (wasmURL !== undefined) fail('invalid_argument', 'load: wasmModule or wasmURL, not both');
    if (!isRecord(wasmModule)) wrong('wasmModule', wasmModule, '{ simd: WebAssembly.Module }');
    for (const [name, module] of Object.entries(wasmModule as Record<string, unknown>)) {
      if (!wasmNames.includes(name as WasmName)) {
        const names = wasmNames.join(', ');
        fail('invalid_argument', `load: wasmModule has ${show(name)}; there are ${names}`);
      }
      if (kindOf(Object(module) as object) !== 'WebAssembly.Module') {
        wrong(`wasmModule.${name}`, module, 'a WebAssembly.Module');
      }
    }
    options.wasmModule = { ...(wasmModule as WasmModules) };
  }
  options.donate = checkNames(options.donate, 'load: donate');
  if (shapes !== undefined) {
    const all: unknown[] = isArray(shapes) ? Array.from(shapes) : [shapes];
    options.shapes = all.map((given) => {
      if (!isRecord(given)) return wrong('shapes', given, '{ input: shape }');
      const copied = Object.entries(given).map(([name, shape]) => {
        const sizes: unknown[] = isArray(shape) ? Array.from(shape) : [NaN];
        if (!sizes.every((size) => isInteger(size, 0))) {
          wrong(`shapes.${name}`, shape, 'sizes');
        }
        return [name, sizes];
      });
      return Object.fromEntries(copied) as ShapesByName;
    });
  }
  checkSignal(signal, 'load');
  checkDeadline(deadline, 'load');
  if (tied !== undefined) {
    if (!isRecord(tied)) wrong('tied', tied, '{ argument: tensor }');
    for (const [argument, tensor] of Object.entries(tied as Record<string, unknown>)) {
      if (typeof tensor !== 'string') wrong(`tied.${argument}`, tensor, 'the name of a tensor');
    }
    options.tied = { ...(tied as Record<string, string>) };
  }
  return options as LoadOptions;
}

export function checkPrograms(source: unknown): Readonly<Record<string, Source>> {
  if (isSource(source)) return { main: source };
  const expected = 'expected a URL, path, Response, Blob, bytes, or a record of those by name';
  if (!isRecord(source)) {
    fail('invalid_argument', `load: ${expected}; got ${show(source)}${notYet(source)}`);
  }
  const programs = { ...source };
  if (Object.keys(programs).length === 0) {
    fail('invalid_argument', `load: ${expected}; got ${show(source)} that names none`);
  }
  for (const [name, value] of Object.entries(programs)) {
    if (isSource(value)) continue;
    fail(
      'invalid_argument',
      `load: program ${show(name)} is ${show(value)}${notYet(value)}; ${expected}`,
    );
  }
  return programs as Record<string, Source>;
}

/** What `weights` gives: files, or tensors by name. */
export function checkWeights(given: unknown): {
  files: readonly Source[];
  tensors: Readonly<Record<string, Tensor>>;
} {
  if (given === undefined) return { files: [], tensors: {} };
  if (isSource(given)) return { files: [given], tensors: {} };
  if (isArray(given)) {
    const files: unknown[] = Array.from(given);
    files.forEach((file, i) => {
      if (isSource(file)) return;
      fail('invalid_argument', `load: weights[${i}] is ${show(file)}${notYet(file)}, no source`);
    });
    return { files: files as Source[], tensors: {} };
  }
  if (!isRecord(given)) {
    fail(
      'invalid_argument',
      `load: weights is ${show(given)}${notYet(given)}, expected one or several sources, ` +
        'or Tensors by name',
    );
  }
  const tensors = Object.entries(given).map(([name, value]): [string, Tensor] => {
    const tensor =
      Tensor.from(value) ?? fail('invalid_argument', `weights: "${name}" is no Tensor`);
    // Its values as they are now: it may be disposed of before its turn comes.
    return [name, new Tensor(tensor.data(), { dtype: tensor.dtype, shape: tensor.shape })];
  });
  return { files: [], tensors: Object.fromEntries(tensors) };
}
