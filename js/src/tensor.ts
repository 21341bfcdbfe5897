// SPDX-License-Identifier: Apache-2.0
/// <reference lib="esnext.disposable" preserve="true" />
// Tensor: values with a dtype and a shape, either in JavaScript or kept in a model's wasm memory.

import { dtypeInfo, dtypeOf, elementCount, fromNumbers, holds, isDType } from './dtype.js';
import { isTypedArray, nesting, toFloat32, typeText } from './dtype.js';
import type { DType, DTypeInfo, NumberArray, TypedArray } from './dtype.js';
import { fail } from './errors.js';

/** Where the bytes of kept tensors are: the instance that ran the program. */
export interface TensorStore {
  copyOut(handle: number, info: DTypeInfo, slots: number): TypedArray;
  release(handle: number): void;
}

/** A result that stays in wasm memory. */
export class Kept {
  constructor(
    readonly store: TensorStore,
    readonly handle: number,
    readonly dtype: DType,
    readonly shape: readonly number[],
  ) {}
}

export interface TensorOptions {
  /** Default: what the array holds; `f32` for plain numbers. Needed for i1, bf16, f8, complex, ... */
  dtype?: DType;
  /** Default: one dimension, or the nesting of plain arrays. */
  shape?: readonly number[];
}

/**
 * Values with a dtype and a shape: `new Tensor([1, 2, 3, 4], { shape: [2, 2] })`. The ones that
 * `run(inputs, { keep })` answers stay in wasm memory and are accepted as inputs there.
 */
export class Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly #info: DTypeInfo;
  #value: TypedArray | Kept | undefined;

  /** Takes a typed array as it is, without a copy, or converts plain numbers. */
  constructor(data: TypedArray | NumberArray, options?: TensorOptions);
  /** @internal */
  constructor(data: Kept);
  constructor(data: TypedArray | NumberArray | Kept, options: TensorOptions = {}) {
    if (data instanceof Kept) {
      this.dtype = data.dtype;
      this.#info = dtypeInfo(data.dtype);
      this.shape = data.shape;
      this.#value = data;
      return;
    }
    const { dtype, shape } = options;
    if (dtype !== undefined && !isDType(dtype)) {
      fail('invalid_argument', `dtype ${JSON.stringify(dtype)} is not known`);
    }
    const typed = isTypedArray(data);
    this.dtype = dtype ?? (typed ? dtypeOf(data) : 'f32');
    const info = (this.#info = dtypeInfo(this.dtype));
    if (typed) {
      this.shape = Object.freeze([...(shape ?? [data.length / info.slots])]);
      checkArray(data, info, this.shape, 'tensor');
      this.#value = data;
    } else {
      const nested = nesting(data);
      if (info.slots === 2) nested.pop();
      this.shape = Object.freeze([...(shape ?? nested)]);
      this.#value = fromNumbers(data, info, this.shape, 'tensor');
    }
  }

  /** The values: the array given to the constructor, or a fresh copy out of wasm memory. */
  data(): TypedArray {
    const value = this.#live();
    if (!(value instanceof Kept)) return value;
    return value.store.copyOut(
      value.handle,
      this.#info,
      elementCount(this.shape) * this.#info.slots,
    );
  }

  /** The values as f32, whatever the dtype; complex numbers interleaved. */
  toFloat32(): Float32Array {
    return toFloat32(this.data(), this.#info);
  }

  /** Gives the memory back. The tensor cannot be used afterwards; a second call does nothing. */
  dispose(): void {
    const value = this.#value;
    this.#value = undefined;
    if (value instanceof Kept) value.store.release(value.handle);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal The handle in `store`, or undefined when the bytes are elsewhere. */
  handleIn(store: TensorStore): number | undefined {
    const value = this.#live();
    return value instanceof Kept && value.store === store ? value.handle : undefined;
  }

  #live(): TypedArray | Kept {
    return (
      this.#value ??
      fail('invalid_argument', `tensor ${typeText(this.dtype, this.shape)} was disposed or donated`)
    );
  }
}

/** Throws unless a typed array holds exactly this type; `place` names the array. */
export function checkArray(
  data: TypedArray,
  info: DTypeInfo,
  shape: readonly number[],
  place: string,
): void {
  const length = elementCount(shape) * info.slots;
  if (holds(data, info) && data.length === length) return;
  fail(
    'invalid_argument',
    `${place}: expected ${typeText(info.dtype, shape)}, a ${info.array.name} of length ${length}; ` +
      `got a ${data.constructor.name} of length ${data.length}`,
  );
}
