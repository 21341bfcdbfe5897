// SPDX-License-Identifier: Apache-2.0
// Custom calls that JavaScript answers: a program's `custom_call @target` becomes a call of `fn`.

import { isArray, isThenable, show } from './arguments.js';
import { dtypeInfo, elementCount, isTypedArray, typeText } from './dtype.js';
import type { DType, DTypeInfo, TypedArray } from './dtype.js';
import { fail } from './errors.js';
import type { NativeCall, NativeHostCall } from './native.js';
import { checkArray, Tensor } from './tensor.js';
import type { WasmPlace } from './variants.js';

/** A value of an attribute; an integer that a number cannot hold is a bigint, and what is of no such kind
 * (a type, a tensor) is its text. */
export type AttributeValue =
  | boolean
  | number
  | bigint
  | string
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

export interface CustomCall {
  readonly target: string;
  /** The text of `backend_config`. */
  readonly backendConfig: string;
  /** By name, where `backend_config` (or `mhlo.backend_config`) is a dictionary. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Types that the results must have. */
  readonly outputs: readonly { readonly dtype: DType; readonly shape: readonly number[] }[];
}

type Values = TypedArray | Tensor | readonly (TypedArray | Tensor)[];

/** Answers the results, in order. A promise needs `run`; in `runSync` it is an error. */
export type CustomCallFunction = (inputs: Tensor[], call: CustomCall) => Values | Promise<Values>;

/** What linear_algebra.js answers. */
const linearAlgebra =
  /^lapack_[sdcz](potrf|getrf|geqrf|orgqr|ungqr|gehrd|sytrd|hetrd|trsm|gtsv|syevd|heevd|gees|geev|gesdd)_ffi$/;

const registered = new Map<string, CustomCallFunction>();

/**
 * Lets `fn` answer every `custom_call @target` that WebHLO's core does not know, in models that are loaded
 * from then on.
 */
export function registerCustomCall(target: string, fn: CustomCallFunction): void {
  if (typeof target !== 'string') {
    fail('invalid_argument', `registerCustomCall: target is ${show(target)}, expected a name`);
  }
  if (typeof fn !== 'function') {
    fail(
      'invalid_argument',
      `registerCustomCall: @${target} got ${show(fn)}, expected a function that answers it`,
    );
  }
  registered.set(target, fn);
}

/** Those that were registered so far, by target. */
export function registeredCalls(): Map<string, CustomCallFunction> {
  return new Map(registered);
}

/** A host call under way: what its function answered, and how to give that to the program. */
export interface HostCall {
  readonly target: string;
  readonly answer: unknown;
  /** Checks the results and writes them where the program reads them. */
  readonly write: (results: unknown) => void;
}

/** The functions that a model calls: those that were registered when it was loaded, and else our own. */
export class HostFunctions {
  readonly #functions = new Map<string, CustomCallFunction>();

  /** Finds those of the calls that programs make or may make; one error names all that are certain to miss. */
  static async find(calls: readonly NativeCall[], place: WasmPlace): Promise<HostFunctions> {
    const own = new HostFunctions();
    const ours: string[] = [];
    for (const { target } of calls) {
      const fn = registered.get(target);
      if (fn) own.#functions.set(target, fn);
      else if (linearAlgebra.test(target)) ours.push(target);
    }
    own.check(calls.filter(({ certain, target }) => certain && !ours.includes(target)));
    if (ours.length > 0) {
      const { loadLinearAlgebra } = await import('./linear_algebra.js');
      const { functionOf } = await loadLinearAlgebra(place);
      for (const target of ours) own.#functions.set(target, functionOf(target));
    }
    return own;
  }

  check(calls: readonly NativeCall[]): void {
    const missing = new Map<string, { count: number; where: string }>();
    for (const { target, count, where } of calls) {
      if (this.#functions.has(target)) continue;
      const known = missing.get(target);
      missing.set(target, { where, ...known, count: count + (known?.count ?? 0) });
    }
    if (missing.size === 0) return;
    const list = [...missing].map(([target, { count, where }]) => {
      return `@${target} (${count === 1 ? 'once' : `${count} times, first`} ${where})`;
    });
    fail(
      'unsupported',
      `no function answers custom_call ${list.join(', ')}; registerCustomCall gives a target its ` +
        'function, before the load',
    );
  }

  of(target: string): CustomCallFunction {
    return this.#functions.get(target) ?? fail('internal', `@${target} was not looked for`);
  }
}

/** Where the values of a host call lie: an Instance. */
interface Memory {
  copy(pointer: number, info: DTypeInfo, slots: number): TypedArray;
  write(pointer: number, data: TypedArray): void;
  inHostCall: boolean;
}

/**
 * Calls the function of the host call that a session has paused at, as it describes it. What the function
 * throws is thrown on as it is. A promise is left to the caller: its results may come when the run has long
 * ended, and must not be written then.
 */
export function callHost(memory: Memory, functions: HostFunctions, description: string): HostCall {
  const call = JSON.parse(description, revive) as NativeHostCall;
  const { target, backendConfig } = call;
  const attributes = call.attributes as CustomCall['attributes'];
  const fn = functions.of(target);
  const inputs = call.inputs.map(({ ptr, dtype, shape }) => {
    const info = dtypeInfo(dtype);
    const data = memory.copy(ptr, info, elementCount(shape) * info.slots);
    return new Tensor(data, { dtype: info.dtype, shape });
  });
  const outputs = call.outputs.map(({ dtype, shape }) => ({
    dtype: dtypeInfo(dtype).dtype,
    shape,
  }));
  let answer: unknown;
  memory.inHostCall = true;
  try {
    answer = fn(inputs, { target, backendConfig, attributes, outputs });
  } finally {
    memory.inHostCall = false;
  }
  const write = (results: unknown): void => {
    const list = isArray(results) ? results : [results];
    const expected = call.outputs.length;
    if (list.length !== expected) {
      const got = isArray(results) ? `a list of ${results.length}` : show(results);
      fail('invalid_argument', `custom_call @${target}: expected ${expected} results, got ${got}`);
    }
    call.outputs.forEach(({ ptr, dtype, shape }, i) => {
      memory.write(ptr, resultData(list[i], dtype, shape, `custom_call @${target}, result ${i}`));
    });
  };
  return { target, answer, write };
}

/** The numbers that JSON has not are texts under an empty name, which no attribute has. */
function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('' in value)) return value;
  const text = String(value['']);
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
}

function resultData(
  result: unknown,
  dtype: string,
  shape: readonly number[],
  place: string,
): TypedArray {
  const info = dtypeInfo(dtype);
  const tensor = Tensor.from(result);
  if (tensor && (tensor.dtype !== info.dtype || String(tensor.shape) !== String(shape))) {
    fail(
      'invalid_argument',
      `${place}: expected ${typeText(info.dtype, shape)}, got ${typeText(tensor.dtype, tensor.shape)}`,
    );
  }
  const data = tensor ? tensor.data() : result;
  if (!isTypedArray(data)) {
    const hint = isThenable(data) ? `${show(data)}; await it` : show(data);
    fail(
      'invalid_argument',
      `${place}: expected ${typeText(info.dtype, shape)} as a ${info.array.name} or a Tensor, got ${hint}`,
    );
  }
  checkArray(data, info, shape, place);
  return data;
}
