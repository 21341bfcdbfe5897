// SPDX-License-Identifier: Apache-2.0
// Custom calls that JavaScript answers: a program's `custom_call @target` becomes a call of `fn`.

import { isArray, isThenable, show } from './arguments.js';
import { dtypeInfo, elementCount, isTypedArray, typeText } from './dtype.js';
import type { DType, TypedArray } from './dtype.js';
import { fail } from './errors.js';
import type { Instance } from './instance.js';
import type { NativeHostCall } from './native.js';
import { checkArray, Tensor } from './tensor.js';

export interface CustomCall {
  readonly target: string;
  readonly backendConfig: string;
  /** Types that the results must have. */
  readonly outputs: readonly { readonly dtype: DType; readonly shape: readonly number[] }[];
}

type Values = TypedArray | Tensor | readonly (TypedArray | Tensor)[];

/** Answers the results, in order. A promise needs `run`; in `runSync` it is an error. */
export type CustomCallFunction = (inputs: Tensor[], call: CustomCall) => Values | Promise<Values>;

const functions = new Map<string, CustomCallFunction>();

/** Lets `fn` answer every `custom_call @target` that WebHLO does not know itself, in all models. */
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
  functions.set(target, fn);
}

/** A host call under way: what its function answered, and how to give that to the program. */
export interface HostCall {
  readonly target: string;
  readonly answer: unknown;
  /** Checks the results and writes them where the program reads them. */
  readonly write: (results: unknown) => void;
}

/**
 * Calls the function of the host call that the session has paused at. What the function throws is thrown
 * on as it is. A promise is left to the caller: its results may come when the run has long ended, and
 * must not be written then.
 */
export function callHost(instance: Instance): HostCall {
  const call = JSON.parse(instance.call((session) => session.hostCall())) as NativeHostCall;
  const { target } = call;
  const fn = functions.get(target);
  if (!fn) {
    fail('unsupported', `custom_call @${target} has no function; registerCustomCall gives it one`);
  }
  const inputs = call.inputs.map(({ ptr, dtype, shape }) => {
    const info = dtypeInfo(dtype);
    const data = instance.copy(ptr, info, elementCount(shape) * info.slots);
    return new Tensor(data, { dtype: info.dtype, shape });
  });
  const outputs = call.outputs.map(({ dtype, shape }) => ({
    dtype: dtypeInfo(dtype).dtype,
    shape,
  }));
  let answer: unknown;
  instance.inHostCall = true;
  try {
    answer = fn(inputs, { target, backendConfig: call.backendConfig, outputs });
  } finally {
    instance.inHostCall = false;
  }
  const write = (results: unknown): void => {
    const list = isArray(results) ? results : [results];
    const expected = call.outputs.length;
    if (list.length !== expected) {
      const got = isArray(results) ? `a list of ${results.length}` : show(results);
      fail('invalid_argument', `custom_call @${target}: expected ${expected} results, got ${got}`);
    }
    call.outputs.forEach(({ ptr, dtype, shape }, i) => {
      instance.write(ptr, resultData(list[i], dtype, shape, `custom_call @${target}, result ${i}`));
    });
  };
  return { target, answer, write };
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
