// SPDX-License-Identifier: Apache-2.0
// What Tensor's helpers compute of values in JavaScript: parts, nested arrays, and what goes along one
// dimension. For what a page does with results; what a model computes belongs into its program.

import { isArray, show } from './arguments.js';
import { elementCount, toFloat32, typeText } from './dtype.js';
import type { DTypeInfo, NestedNumbers, TypedArray } from './dtype.js';
import { allocate, fail } from './errors.js';

type Shape = readonly number[];

/** Element k of a line is at `begin(line) + k * step`. */
interface Lines {
  /** Elements of each. */
  readonly size: number;
  readonly count: number;
  readonly step: number;
  readonly axis: number;
  begin(line: number): number;
}

/** The lines of a tensor along a dimension, which counts from the end if it is negative. */
function linesAlong(shape: Shape, axis: unknown, place: string): Lines {
  const rank = shape.length;
  const at = Number.isInteger(axis) ? Number(axis) + (Number(axis) < 0 ? rank : 0) : -1;
  const size = shape[at];
  if (size === undefined) {
    fail('invalid_argument', `${place}: axis ${show(axis)} of a tensor of ${rank} dimensions`);
  }
  const step = elementCount(shape.slice(at + 1));
  const count = elementCount(shape.slice(0, at)) * step;
  const begin = (line: number) => Math.floor(line / step) * size * step + (line % step);
  return { size, count, step, axis: at, begin };
}

/** Floats that are stored as bits become what they are. */
function numbersOf(data: TypedArray, info: DTypeInfo): ArrayLike<number | bigint> {
  return info.float ? toFloat32(data, info) : data;
}

/** The same of values that compare as numbers do. */
function ordered(data: TypedArray, info: DTypeInfo, place: string): ArrayLike<number | bigint> {
  if (info.slots === 2) fail('invalid_argument', `${place}: ${info.dtype} has no order`);
  return numbersOf(data, info);
}

/** Whether `a` goes before `b`, the greatest first; NaN before all, as NumPy and PyTorch have it. */
function goesBefore(a: number | bigint, b: number | bigint): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}

/** Where the greatest value of all is; the first of equals. */
export function argmax(data: TypedArray, info: DTypeInfo): number {
  const values = ordered(data, info, 'argmax');
  if (values.length === 0) fail('invalid_argument', 'argmax: the tensor is empty');
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (goesBefore(values[i] as number, values[best] as number)) best = i;
  }
  return best;
}

export function topk(
  data: TypedArray,
  info: DTypeInfo,
  shape: Shape,
  k: unknown,
  axis: unknown,
): { values: TypedArray; indices: Int32Array; shape: Shape } {
  const values = ordered(data, info, 'topk');
  const lines = linesAlong(shape, axis, 'topk');
  if (!Number.isInteger(k) || Number(k) < 0 || Number(k) > lines.size) {
    fail('invalid_argument', `topk: k is ${show(k)}, expected an integer from 0 to ${lines.size}`);
  }
  const count = Number(k);
  const to = shape.map((size, d) => (d === lines.axis ? count : size));
  const out = linesAlong(to, lines.axis, 'topk');
  const found = {
    values: allocate(() => new info.array(elementCount(to)), 'topk'),
    indices: allocate(() => new Int32Array(elementCount(to)), 'topk'),
    shape: to,
  };
  for (let line = 0; line < lines.count; line++) {
    const begin = lines.begin(line);
    const at = (i: number) => values[begin + i * lines.step] as number;
    const best = greatest(lines.size, count, at);
    for (const [i, index] of best.entries()) {
      const target = out.begin(line) + i * out.step;
      found.indices[target] = index;
      found.values[target] = data[begin + index * lines.step] as number;
    }
  }
  return found;
}

/** The indices of the `count` greatest of `size` values, the greatest first. */
function greatest(size: number, count: number, at: (i: number) => number): number[] {
  // Of few, most values are looked at once and go before none of those found.
  const few = 64;
  if (count > few) {
    const all = Array.from({ length: size }, (_, i) => i);
    all.sort((a, b) => Number(goesBefore(at(b), at(a))) - Number(goesBefore(at(a), at(b))));
    return all.slice(0, count);
  }
  const best: number[] = [];
  for (let i = 0; i < size && count > 0; i++) {
    const last = best[count - 1];
    if (last !== undefined && !goesBefore(at(i), at(last))) continue;
    if (last !== undefined) best.pop();
    let place = best.length;
    while (place > 0 && goesBefore(at(i), at(best[place - 1] as number))) place--;
    best.splice(place, 0, i);
  }
  return best;
}

/** exp(x - max) / sum(exp(x - max)) of each line; added up in double precision. */
export function softmax(
  data: TypedArray,
  info: DTypeInfo,
  shape: Shape,
  axis: unknown,
): Float32Array | Float64Array {
  const values = ordered(data, info, 'softmax');
  const lines = linesAlong(shape, axis, 'softmax');
  const ArrayType = info.dtype === 'f64' ? Float64Array : Float32Array;
  const out = allocate(() => new ArrayType(values.length), 'softmax');
  const line = new Float64Array(lines.size);
  for (let n = 0; n < lines.count; n++) {
    const begin = lines.begin(n);
    let max = -Infinity;
    for (let i = 0; i < lines.size; i++) {
      const value = Number(values[begin + i * lines.step]);
      line[i] = value;
      max = Math.max(max, value);
    }
    let sum = 0;
    for (let i = 0; i < lines.size; i++) {
      const e = Math.exp((line[i] as number) - max);
      line[i] = e;
      sum += e;
    }
    for (let i = 0; i < lines.size; i++) out[begin + i * lines.step] = (line[i] as number) / sum;
  }
  return out;
}

/** A shape in which one size may be -1: what is left. */
export function newShape(shape: Shape, wanted: unknown): Shape {
  const place = `reshape of [${shape.join(', ')}]`;
  if (!isArray(wanted)) {
    fail('invalid_argument', `${place}: expected a list of sizes, got ${show(wanted)}`);
  }
  const sizes: unknown[] = Array.from(wanted);
  const free = sizes.indexOf(-1);
  const count = elementCount(shape);
  const known = elementCount(sizes.map((size, d) => (d === free ? 1 : Number(size))));
  if (free >= 0) sizes[free] = count / known;
  const whole = sizes.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
  if (!whole || elementCount(sizes as number[]) !== count) {
    fail(
      'invalid_argument',
      `${place}: [${wanted.map(String).join(', ')}] has not as many elements`,
    );
  }
  return Object.freeze(sizes as number[]);
}

/** From `begin` to before `end` in each dimension, as Array.slice has it: negative ones count from the end,
 * those left out are the whole dimension. */
export function slice(
  data: TypedArray,
  info: DTypeInfo,
  shape: Shape,
  begin: unknown,
  end: unknown,
): { values: TypedArray; shape: Shape } {
  const bound = (list: unknown, d: number, otherwise: number): number => {
    if (!isArray(list) || list.length > shape.length) {
      fail('invalid_argument', `slice of ${typeText(info.dtype, shape)}: got ${show(list)}`);
    }
    const value = list[d] ?? otherwise;
    if (!Number.isInteger(value)) {
      fail('invalid_argument', `slice: ${show(value)} in dimension ${d}, expected an integer`);
    }
    const size = shape[d] as number;
    return Math.min(Math.max(Number(value) + (Number(value) < 0 ? size : 0), 0), size);
  };
  const from = shape.map((_, d) => bound(begin, d, 0));
  const to = shape.map((size, d) => Math.max(bound(end, d, size) - (from[d] as number), 0));
  const values = allocate(() => new info.array(elementCount(to) * info.slots), 'slice');
  const run = (to.at(-1) ?? 1) * info.slots;
  let written = 0;
  const walk = (d: number, at: number): void => {
    if (d >= shape.length - 1) {
      const first = (at + (from[d] ?? 0)) * info.slots;
      values.set(data.subarray(first, first + run) as never, written);
      written += run;
      return;
    }
    const inner = elementCount(shape.slice(d + 1));
    const first = from[d] as number;
    for (let i = 0; i < (to[d] as number); i++) walk(d + 1, at + (first + i) * inner);
  };
  if (values.length > 0) walk(0, 0);
  return { values, shape: Object.freeze(to) };
}

/** Nested as the shape is: numbers, bigints of 64-bit integers, booleans of i1, pairs of complex numbers. */
export function toArray(data: TypedArray, info: DTypeInfo, shape: Shape): NestedNumbers {
  const values = numbersOf(data, info);
  const dims = info.slots === 2 ? [...shape, 2] : shape;
  let next = 0;
  const walk = (depth: number): NestedNumbers => {
    if (depth < dims.length)
      return Array.from({ length: dims[depth] as number }, () => walk(depth + 1));
    const value = values[next++] as number | bigint;
    return info.dtype === 'i1' ? Boolean(value) : value;
  };
  return walk(0);
}

/** Numbers that JSON can write and `new Tensor` reads, or an error that says which it cannot. */
export function toNumbers(data: TypedArray, info: DTypeInfo, shape: Shape): number[] {
  const type = typeText(info.dtype, shape);
  if (info.float && info.bytes === 1) {
    fail('unsupported', `JSON of a tensor ${type}: its dtype is bits; write those of data()`);
  }
  return Array.from(numbersOf(data, info), (value, i) => {
    const number = Number(value);
    if (Number.isFinite(number) && (typeof value === 'number' || Number.isSafeInteger(number))) {
      return number;
    }
    return fail('unsupported', `JSON of a tensor ${type}: element ${i} is ${show(value)}`);
  });
}
