// SPDX-License-Identifier: Apache-2.0
// What runs take and answer, here and in workers: types, and checks that need no program.

import {
  checkDeadline,
  checkNames,
  checkOptions,
  checkSignal,
  isRecord,
  show,
} from './arguments.js';
import type { NumberArray, NumericArray, TypedArray } from './dtype.js';
import { fail } from './errors.js';
import type { PortInfo } from './ports.js';
import type { Tensor } from './tensor.js';

export type Inputs = Readonly<Record<string, TypedArray | NumberArray | Tensor>>;
/** What results can be. */
export type Outputs = Record<string, TypedArray | Tensor>;

/**
 * Fresh typed arrays, and Tensors for the names in `keep`. i64 and ui64 come as BigInt64Array and
 * BigUint64Array: whoever has such results says so, as in `run<{ ids: BigInt64Array }>(...)`.
 */
export type Results<Name extends string> = string extends Name
  ? Outputs
  : Record<Name, Tensor> & Record<string, NumericArray>;

export interface RunSyncOptions<Name extends string = string> {
  /** Results to leave in wasm memory, as Tensors. */
  keep?: readonly Name[];
  /** Results to answer besides those in `keep`. Default: all. */
  outputs?: readonly string[];
  /**
   * Inputs whose Tensor the run uses up, from when it begins to compute, even if it fails then. Where the
   * exporter donated the argument, too, a result takes its memory.
   */
  donate?: readonly string[];
  /** Milliseconds that the run may take; past them it stops with code `cancelled`. */
  deadline?: number;
}

export interface RunOptions<Name extends string = string> extends RunSyncOptions<Name> {
  /** Of a model in a worker: inputs whose arrays move there and are not copied; they are empty afterwards. */
  transfer?: readonly string[];
  /** Stops the run with code `cancelled`. */
  signal?: AbortSignal;
}

export const runSyncOptions = ['keep', 'outputs', 'donate', 'deadline'];
export const runOptions = [...runSyncOptions, 'signal', 'transfer'];

export const warmupOptions = ['runs', 'shapes', 'signal', 'deadline'];

export interface WarmupOptions {
  /** How many. Default: 3, after which engines have compiled most of what is worth it. */
  runs?: number;
  /** Of inputs whose sizes the program leaves free. */
  shapes?: Readonly<Record<string, readonly number[]>>;
  signal?: AbortSignal;
  deadline?: number;
}

/** Of `profile`; its module is fetched later. */
export const profileOptions = ['runs', 'signal', 'deadline'];

export const runsItself = 'a custom call cannot run the model that waits for its answer';

/** As an assignment makes it. */
const anyProperty = { enumerable: true, configurable: true, writable: true };

/** What a run was told, checked and copied. */
export interface CheckedOptions {
  readonly keep: ReadonlySet<string>;
  /** Those to be answered; undefined: all. */
  readonly outputs: ReadonlySet<string> | undefined;
  readonly donate: readonly string[];
  readonly transfer: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** Milliseconds, or Infinity. */
  readonly deadline: number;
}

export const noOptions: CheckedOptions = {
  keep: new Set(),
  outputs: undefined,
  donate: [],
  transfer: [],
  signal: undefined,
  deadline: Infinity,
};

/** As far as that goes without the program; `names` are those of `run` or of `runSync`. */
export function checkRunOptions(
  options: RunOptions,
  names: readonly string[],
  place: string,
): CheckedOptions {
  checkOptions(options, names, place);
  const { signal, deadline, outputs } = options;
  checkSignal(signal, place);
  return {
    keep: new Set(checkNames(options.keep, `${place}: keep`)),
    outputs: outputs && new Set(checkNames(outputs, `${place}: outputs`)),
    donate: checkNames(options.donate, `${place}: donate`),
    transfer: checkNames(options.transfer, `${place}: transfer`),
    signal,
    deadline: checkDeadline(deadline, place),
  };
}

export function checkCount(runs: unknown, least: number, place: string): void {
  if (Number.isInteger(runs) && Number(runs) >= least) return;
  fail('invalid_argument', `${place}: runs is ${show(runs)}, expected a count`);
}

/** What a run was given, by name. */
export function inputsOf(
  program: { readonly name: string; readonly inputs: readonly PortInfo[] },
  inputs: unknown,
): Readonly<Record<string, unknown>> {
  if (inputs === undefined) return {};
  if (isRecord(inputs)) return inputs;
  return fail(
    'invalid_argument',
    `program "${program.name}": expected an object of inputs by name, ` +
      `{ ${program.inputs.map((port) => port.name).join(', ')} }, got ${show(inputs)}`,
  );
}

export function setResult(results: Outputs, name: string, value: TypedArray | Tensor): void {
  // An assignment to `__proto__` would make no property.
  if (name !== '__proto__') results[name] = value;
  else Object.defineProperty(results, name, { value, ...anyProperty });
}
