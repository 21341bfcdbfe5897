// SPDX-License-Identifier: Apache-2.0
// Custom calls that JavaScript answers: a program's `custom_call @target` becomes a call of `fn`.

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
  functions.set(target, fn);
}

/** Calls the function of the host call that the session has paused at; then writes its results. */
export function answerHostCall(instance: Instance): undefined | Promise<void> {
  const call = JSON.parse(instance.session.hostCall()) as NativeHostCall;
  const fn = functions.get(call.target);
  if (!fn) {
    fail(
      'unsupported',
      `custom_call @${call.target} has no function; registerCustomCall gives it one`,
    );
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
  const write = (results: Values): void => {
    const list = isTypedArray(results) || results instanceof Tensor ? [results] : results;
    if (!Array.isArray(list) || list.length !== call.outputs.length) {
      fail(
        'invalid_argument',
        `custom_call @${call.target}: expected ${call.outputs.length} results`,
      );
    }
    call.outputs.forEach(({ ptr, dtype, shape }, i) => {
      const result = list[i] as TypedArray | Tensor;
      const place = `custom_call @${call.target}, result ${i}`;
      const info = dtypeInfo(dtype);
      if (result instanceof Tensor && result.dtype !== info.dtype) {
        fail(
          'invalid_argument',
          `${place}: expected ${typeText(info.dtype, shape)}, got ${result.dtype}`,
        );
      }
      const data = result instanceof Tensor ? result.data() : result;
      checkArray(data, info, shape, place);
      instance.write(ptr, data);
    });
  };
  const results = fn(inputs, { target: call.target, backendConfig: call.backendConfig, outputs });
  if (results instanceof Promise) return results.then(write);
  write(results);
  return undefined;
}
