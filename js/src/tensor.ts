// SPDX-License-Identifier: Apache-2.0
/// <reference lib="esnext.disposable" preserve="true" />
// Tensor: values with a dtype and a shape, either in JavaScript or kept in a model's wasm memory.

import { behind, checkOptions, isArray, isDetached, isNumeric } from './arguments.js';
import { find, knowItself, show } from './arguments.js';
import { argmax, newShape, slice, softmax, toArray, toNumbers, topk } from './along.js';
import { checkShape, dtypeInfo, dtypeOf, elementCount, fromNumbers, holds } from './dtype.js';
import { isDType, isTypedArray, nesting, toFloat32, typeText } from './dtype.js';
import type { DType, DTypeInfo, NestedNumbers, NumberArray, TypedArray } from './dtype.js';
import { fail } from './errors.js';

/** Where the bytes of kept tensors are: the instance that ran the program. */
export interface TensorStore {
  copyOut(handle: number, info: DTypeInfo, slots: number): TypedArray;
  /** The same, where the caller's thread cannot see them. */
  readOut?(handle: number): Promise<TypedArray>;
  release(handle: number): void;
}

/** A result that stays in wasm memory until it is disposed and no run that was given it goes on. */
export class Kept {
  #runs = 0;
  #disposed = false;

  constructor(
    readonly store: TensorStore,
    readonly handle: number,
    readonly dtype: DType,
    readonly shape: readonly number[],
  ) {}

  /** Not `instanceof`, which asks a Proxy of the caller's for its prototype. */
  static is(value: unknown): value is Kept {
    return typeof value === 'object' && value !== null && #runs in value;
  }

  hold(): void {
    this.#runs++;
  }
  /** Whether one input of one run holds it. */
  get isOneRuns(): boolean {
    return this.#runs === 1;
  }
  letGo(): void {
    if (--this.#runs === 0 && this.#disposed) this.store.release(this.handle);
  }
  dispose(): void {
    this.#disposed = true;
    if (this.#runs === 0) this.store.release(this.handle);
  }
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
  /** What `data()` answers, as a property: so structuredClone and postMessage copy `{ dtype, shape, values }`. */
  declare readonly values: TypedArray;
  readonly #info: DTypeInfo;
  #value: TypedArray | Kept | undefined;

  /** Takes a typed array as it is, without a copy, or converts plain numbers. */
  constructor(data: TypedArray | NumberArray, options?: TensorOptions);
  /** @internal */
  constructor(data: Kept);
  constructor(data: TypedArray | NumberArray | Kept, options?: TensorOptions) {
    knowItself(this, 'Tensor');
    Object.defineProperty(this, 'values', { enumerable: true, get: () => this.data() });
    if (Kept.is(data)) {
      this.dtype = data.dtype;
      this.#info = dtypeInfo(data.dtype);
      this.shape = data.shape;
      this.#value = data;
      return;
    }
    const { dtype, shape } = checkTensorOptions(options);
    const typed = isTypedArray(data);
    if (!typed && !isNumeric(data)) {
      const hint = bufferHint(data);
      fail('invalid_argument', `new Tensor: expected a typed array or numbers, got ${hint}`);
    }
    this.dtype = dtype ?? (typed ? dtypeOf(data) : 'f32');
    const info = (this.#info = dtypeInfo(this.dtype));
    if (typed) {
      // Of a complex array of odd length the last number is no element.
      this.shape = shape ?? Object.freeze([Math.floor(data.length / info.slots)]);
      checkArray(data, info, this.shape, 'tensor');
      this.#value = data;
    } else {
      const nested = nesting(data);
      if (info.slots === 2) nested.pop();
      this.shape = shape ?? Object.freeze(nested);
      this.#value = fromNumbers(data, info, this.shape, 'tensor');
    }
  }

  /** The values: the array given to the constructor, or a fresh copy out of wasm memory. */
  data(): TypedArray {
    const own = behind<Tensor>(this, 'Tensor');
    const value = own.#live();
    const slots = elementCount(own.shape) * own.#info.slots;
    if (value instanceof Kept) return value.store.copyOut(value.handle, own.#info, slots);
    if (value.length !== slots) checkArray(value, own.#info, own.shape, 'tensor');
    return value;
  }

  /** The same of every tensor, one that a worker keeps, too, whose values come by message. */
  async read(): Promise<TypedArray> {
    const own = behind<Tensor>(this, 'Tensor');
    const value = own.#live();
    const far = value instanceof Kept ? value.store.readOut?.(value.handle) : undefined;
    return far ?? own.data();
  }

  /** The values as f32, whatever the dtype; complex numbers interleaved. */
  toFloat32(): Float32Array {
    const own = behind<Tensor>(this, 'Tensor');
    return toFloat32(own.data(), own.#info);
  }

  /** The values as nested arrays: bigints of 64-bit integers, booleans of i1, pairs of complex numbers. */
  toArray(): NestedNumbers {
    const own = behind<Tensor>(this, 'Tensor');
    return toArray(own.data(), own.#info, own.shape);
  }

  /** `{ dtype, shape, values }` with plain numbers, of which `new Tensor(values, { dtype, shape })` is the same
   * tensor again (but for the sign of zero). What JSON cannot write (NaN, infinities, large integers) is an error. */
  toJSON(): { dtype: DType; shape: readonly number[]; values: number[] } {
    const own = behind<Tensor>(this, 'Tensor');
    const { dtype, shape } = own;
    return { dtype, shape, values: toNumbers(own.data(), own.#info, shape) };
  }

  /** Other sizes for as many elements; one may be -1, for what is left. Shares the values. */
  reshape(shape: readonly number[]): Tensor {
    const own = behind<Tensor>(this, 'Tensor');
    return new Tensor(own.data(), { dtype: own.dtype, shape: newShape(own.shape, shape) });
  }

  /** A copy of the part from `begin` to before `end` in each dimension. As in Array.slice, negative ones count
   * from the end, and what is left out is the whole. */
  slice(begin: readonly number[], end: readonly number[] = []): Tensor {
    const own = behind<Tensor>(this, 'Tensor');
    const part = slice(own.data(), own.#info, own.shape, begin, end);
    return new Tensor(part.values, { dtype: own.dtype, shape: part.shape });
  }

  /** Where the greatest value is, counted through all; the first of equals, a NaN before numbers. */
  argmax(): number;
  /** The same along a dimension (negative: from the end), as i32. */
  argmax(axis: number): Tensor;
  argmax(axis?: number): number | Tensor {
    const own = behind<Tensor>(this, 'Tensor');
    if (axis === undefined) return argmax(own.data(), own.#info);
    const { indices, shape } = topk(own.data(), own.#info, own.shape, 1, axis);
    const at = axis < 0 ? axis + shape.length : axis;
    return new Tensor(indices, { shape: shape.filter((_, d) => d !== at) });
  }

  /** The k greatest values along a dimension, the greatest first, and where they are, as i32. */
  topk(k: number, axis = -1): { values: Tensor; indices: Tensor } {
    const own = behind<Tensor>(this, 'Tensor');
    const { values, indices, shape } = topk(own.data(), own.#info, own.shape, k, axis);
    return {
      values: new Tensor(values, { dtype: own.dtype, shape }),
      indices: new Tensor(indices, { shape }),
    };
  }

  /** exp(x) / sum(exp(x)) along a dimension, as f32; f64 of f64. */
  softmax(axis = -1): Tensor {
    const own = behind<Tensor>(this, 'Tensor');
    return new Tensor(softmax(own.data(), own.#info, own.shape, axis), { shape: own.shape });
  }

  /** Gives the memory back, once no run reads it any more. The tensor cannot be used afterwards; a
   * second call does nothing. */
  dispose(): void {
    const own = behind<Tensor>(this, 'Tensor');
    const value = own.#value;
    own.#value = undefined;
    if (value instanceof Kept) value.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal The tensor that a caller gave, out of what wraps it. */
  static from(value: unknown): Tensor | undefined {
    return find<Tensor>(value, 'Tensor');
  }

  /** @internal Whether it was disposed of, or a run has used it up. */
  get isGone(): boolean {
    return this.#value === undefined;
  }

  /** @internal What a run in `store` reads: what is kept there, or the values. */
  valueFor(store: TensorStore): TypedArray | Kept {
    const value = this.#live();
    return value instanceof Kept && value.store === store ? value : this.data();
  }

  #live(): TypedArray | Kept {
    return (
      this.#value ??
      fail('invalid_argument', `tensor ${typeText(this.dtype, this.shape)} was disposed or donated`)
    );
  }
}

function checkTensorOptions(options: unknown): {
  dtype?: DType;
  shape?: readonly number[];
} {
  const instead =
    isArray(options) && options.every(Number.isInteger)
      ? `{ shape: [${options.join(', ')}] }`
      : isDType(options)
        ? `{ dtype: '${options}' }`
        : undefined;
  if (instead) fail('invalid_argument', `write it as new Tensor(data, ${instead})`);
  checkOptions(options, ['dtype', 'shape'], 'new Tensor');
  const { dtype, shape } = (options ?? {}) as { dtype?: unknown; shape?: unknown };
  if (dtype !== undefined && !isDType(dtype)) {
    fail('invalid_argument', `new Tensor: dtype ${show(dtype)} is not known`);
  }
  return {
    ...(dtype !== undefined && { dtype }),
    ...(shape !== undefined && { shape: checkShape(shape, 'new Tensor') }),
  };
}

/** For messages: what was given in place of values, and what to do with it. */
export function bufferHint(data: unknown): string {
  const text = show(data);
  return /(Buffer|DataView)$/.test(text) ? `${text}; make a typed array of it` : text;
}

/** Throws unless a typed array holds exactly this type; `place` names the array. */
export function checkArray(
  data: TypedArray,
  info: DTypeInfo,
  shape: readonly number[],
  place: string,
): void {
  const length = elementCount(shape) * info.slots;
  if (holds(data, info) && data.length === length && !isDetached(data.buffer)) return;
  const gone = isDetached(data.buffer) ? ', whose buffer was transferred away' : '';
  fail(
    'invalid_argument',
    `${place}: expected ${typeText(info.dtype, shape)}, a ${info.array.name} of length ${length}; ` +
      `got ${show(data)} of length ${data.length}${gone}`,
  );
}
