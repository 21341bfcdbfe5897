// SPDX-License-Identifier: Apache-2.0
// Element types: their width, the typed array that holds them, and conversions of single values.
// Sub-byte types and i1 take one byte a value, here as in wasm memory.

import { isArray, show } from './arguments.js';
import { allocate, fail } from './errors.js';

const names = [
  ...([
    'i1',
    'i2',
    'i4',
    'i8',
    'i16',
    'i32',
    'i64',
    'u2',
    'u4',
    'u8',
    'u16',
    'u32',
    'u64',
  ] as const),
  ...(['f4E2M1FN', 'f6E2M3FN', 'f6E3M2FN', 'f8E3M4', 'f8E4M3', 'f8E4M3FN', 'f8E4M3FNUZ'] as const),
  ...(['f8E4M3B11FNUZ', 'f8E5M2', 'f8E5M2FNUZ', 'f8E8M0FNU'] as const),
  ...(['bf16', 'f16', 'tf32', 'f32', 'f64', 'c64', 'c128'] as const),
] as const;

export type DType = (typeof names)[number];

/** Float16Array, where the compiler's library knows it. */
type HalfFloatArray = typeof globalThis extends { Float16Array: new (length: number) => infer T }
  ? T
  : never;

/** f16 is a Float16Array where the engine has one, else a Uint16Array of its bits. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | HalfFloatArray;

/** The typed arrays of all dtypes but the 64-bit integers. */
export type NumericArray = Exclude<TypedArray, BigInt64Array | BigUint64Array>;

export interface TypedArrayConstructor {
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

const HalfArray = (globalThis as { Float16Array?: Float16ArrayConstructor }).Float16Array;

interface Integer {
  readonly min: bigint;
  readonly max: bigint;
}

/** Layout of a float narrower than f32: exponent and mantissa bits, bias, and its special values. */
interface SmallFloat {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** `ieee`: infinities and NaN; `fn`: NaN only where all bits are set; `fnuz`: NaN is minus zero;
   * `finite`: neither. */
  readonly special: 'ieee' | 'fn' | 'fnuz' | 'finite';
}

export interface DTypeInfo {
  readonly dtype: DType;
  /** Bytes of one element. */
  readonly bytes: number;
  readonly array: TypedArrayConstructor;
  /** Array slots of one element: 2 for complex types, else 1. */
  readonly slots: 1 | 2;
  readonly integer?: Integer;
  readonly float?: SmallFloat;
}

function describe(dtype: DType): DTypeInfo {
  const width = Number(/^[a-z]+(\d+)/.exec(dtype)?.[1]);
  if (dtype === 'i1')
    return { dtype, bytes: 1, array: Uint8Array, slots: 1, integer: { min: 0n, max: 1n } };
  if (dtype.startsWith('i') || dtype.startsWith('u')) {
    const signed = dtype.startsWith('i');
    const bytes = Math.max(width, 8) / 8;
    const integer = signed
      ? { min: -(1n << BigInt(width - 1)), max: (1n << BigInt(width - 1)) - 1n }
      : { min: 0n, max: (1n << BigInt(width)) - 1n };
    const arrays = signed
      ? { 1: Int8Array, 2: Int16Array, 4: Int32Array, 8: BigInt64Array }
      : { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };
    return { dtype, bytes, array: arrays[bytes as 1 | 2 | 4 | 8], slots: 1, integer };
  }
  switch (dtype) {
    case 'c64':
      return { dtype, bytes: 8, array: Float32Array, slots: 2 };
    case 'c128':
      return { dtype, bytes: 16, array: Float64Array, slots: 2 };
    case 'f64':
      return { dtype, bytes: 8, array: Float64Array, slots: 1 };
    case 'f32':
    case 'tf32':
      return { dtype, bytes: 4, array: Float32Array, slots: 1 };
    case 'f16':
      return {
        dtype,
        bytes: 2,
        array: HalfArray ?? Uint16Array,
        slots: 1,
        float: { exponent: 5, mantissa: 10, bias: 15, special: 'ieee' },
      };
    case 'bf16':
      return {
        dtype,
        bytes: 2,
        array: Uint16Array,
        slots: 1,
        float: { exponent: 8, mantissa: 7, bias: 127, special: 'ieee' },
      };
  }
  const [, exponent, mantissa, bias, kind] = /E(\d)M(\d)(?:B(\d+))?(\w*)$/.exec(dtype) ?? [];
  const e = Number(exponent);
  const special = kind === '' ? 'ieee' : kind === 'FNUZ' ? 'fnuz' : width < 8 ? 'finite' : 'fn';
  return {
    dtype,
    bytes: 1,
    array: Uint8Array,
    slots: 1,
    float: {
      exponent: e,
      mantissa: Number(mantissa),
      bias: bias ? Number(bias) : 2 ** (e - 1) - (special === 'fnuz' ? 0 : 1),
      special,
    },
  };
}

/** Those that were asked for: describing them all was half of what importing the package took a page's thread. */
const infos = new Map<string, DTypeInfo>();

export function dtypeInfo(name: string): DTypeInfo {
  const known = infos.get(name);
  if (known) return known;
  if (!isDType(name)) fail('unsupported', `dtype ${JSON.stringify(name)} is not known`);
  const info = describe(name);
  infos.set(name, info);
  return info;
}

export function isDType(name: unknown): name is DType {
  return (names as readonly unknown[]).includes(name);
}

/** A shape as a caller gave it, copied. */
export function checkShape(shape: unknown, place: string): readonly number[] {
  if (!isArray(shape)) {
    fail('invalid_argument', `${place}: shape is ${show(shape)}, expected a list of sizes`);
  }
  const sizes: unknown[] = Array.from(shape);
  const wrong = sizes.findIndex((size) => !Number.isSafeInteger(size) || Number(size) < 0);
  if (wrong >= 0) {
    fail('invalid_argument', `${place}: shape[${wrong}] is ${show(sizes[wrong])}, expected a size`);
  }
  if (!Number.isSafeInteger(elementCount(sizes as number[]))) {
    fail('invalid_argument', `${place}: shape [${sizes.join(', ')}] has too many elements`);
  }
  return Object.freeze(sizes as number[]);
}

/** `Float32Array`, ...; undefined for what is no typed array. Works across realms. */
function arrayName(data: unknown): string | undefined {
  return ArrayBuffer.isView(data) && !(data instanceof DataView)
    ? (data as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]
    : undefined;
}

export function isTypedArray(data: unknown): data is TypedArray {
  return arrayName(data) !== undefined;
}

/** Whether a typed array is one that holds this dtype. */
export function holds(data: TypedArray, info: DTypeInfo): boolean {
  const name = arrayName(data);
  return (
    name === info.array.name ||
    (info.dtype === 'f16' && name === 'Uint16Array') ||
    (info.array === Uint8Array && name === 'Uint8ClampedArray')
  );
}

/** The dtype that a typed array holds when nobody says otherwise. */
export function dtypeOf(data: TypedArray): DType {
  return (
    plainDTypes.find((dtype) => holds(data, dtypeInfo(dtype))) ??
    fail('unsupported', `a ${String(arrayName(data))} holds no dtype that is known`)
  );
}

const plainDTypes = [
  'f32',
  'i32',
  'u8',
  'i64',
  'f64',
  'i8',
  'u16',
  'i16',
  'u32',
  'u64',
  'f16',
] as const;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Sizes, null where the program leaves one free. */
export type PortShape = readonly (number | null)[];

/** `f32[1,28,28]`, `f32[?,784]` */
export function typeText(dtype: string, shape: PortShape): string {
  return `${dtype}[${shape.map((size) => size ?? '?').join(',')}]`;
}

const scratch = new DataView(new ArrayBuffer(8));

function decodeSmallFloat(bits: number, f: SmallFloat): number {
  const { exponent: e, mantissa: m, bias, special } = f;
  const sign = bits >> (e + m) ? -1 : 1;
  const exponent = (bits >> m) & ((1 << e) - 1);
  const mantissa = bits & ((1 << m) - 1);
  const top = (1 << e) - 1;
  if (special === 'ieee' && exponent === top) return mantissa ? NaN : sign * Infinity;
  if (special === 'fn' && exponent === top && mantissa === (1 << m) - 1) return NaN;
  if (special === 'fnuz' && bits === 1 << (e + m)) return NaN;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - m);
  return sign * (1 + mantissa * 2 ** -m) * 2 ** (exponent - bias);
}

/** Rounds to nearest, ties to even. */
function encodeHalf(value: number, f: SmallFloat): number {
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  const sign = (high >>> 31) << (f.exponent + f.mantissa);
  const infinity = ((1 << f.exponent) - 1) << f.mantissa;
  if (Number.isNaN(value)) return sign | infinity | (1 << (f.mantissa - 1));
  const magnitude = Math.abs(value);
  // The value in units of the last place of its binade; a rounded-up mantissa carries into the
  // exponent by plain addition.
  const binade = Math.max(((high >>> 20) & 0x7ff) - 1023, 1 - f.bias);
  const units = magnitude * 2 ** (f.mantissa - binade);
  if (units === Infinity) return sign | infinity;
  let rounded = Math.floor(units);
  const rest = units - rounded;
  if (rest > 0.5 || (rest === 0.5 && rounded % 2 === 1)) rounded++;
  const bits = rounded + (binade + f.bias - 1) * 2 ** f.mantissa;
  return sign | Math.min(bits, infinity);
}

/** A number, or arrays of them nested as the shape is. */
export type NumberArray = number | bigint | boolean | readonly NumberArray[];

/** The same as a fresh value, to be changed. */
export type NestedNumbers = number | bigint | boolean | NestedNumbers[];

/** The shape that nested arrays have by their first elements. */
export function nesting(data: NumberArray): number[] {
  const shape: number[] = [];
  for (
    let level: NumberArray | undefined = data;
    Array.isArray(level);
    level = level[0] as NumberArray
  ) {
    shape.push(level.length);
    if (shape.length > 64) fail('invalid_argument', 'arrays are nested more than 64 deep');
  }
  return shape;
}

/** Plain numbers, flat or nested as `shape`, as a fresh array of the dtype. `place` names them. */
export function fromNumbers(
  data: NumberArray,
  info: DTypeInfo,
  shape: readonly number[],
  place: string,
): TypedArray {
  const dims = info.slots === 2 ? [...shape, 2] : shape;
  const out = allocate(() => new info.array(elementCount(dims)), place);
  const write = numberWriter(info, out, place);
  let count = 0;
  const walk = (value: NumberArray, depth: number): void => {
    if (!Array.isArray(value)) {
      if (depth === dims.length) write(count++, value);
      else fail('invalid_argument', `${place}: ${show(value)} stands where an array should`);
      return;
    }
    if (value.length !== dims[depth]) {
      fail(
        'invalid_argument',
        `${place}: expected ${typeText(info.dtype, shape)}, ` +
          `got an array of ${value.length} in dimension ${depth}`,
      );
    }
    for (const element of value) walk(element as NumberArray, depth + 1);
  };
  const flat = Array.isArray(data) && !Array.isArray(data[0]) && data.length === out.length;
  // By index, as `walk` does: forEach would pass over the holes of a sparse array.
  if (flat) for (let i = 0; i < data.length; i++) write(i, data[i]);
  else walk(data, 0);
  return out;
}

function numberWriter(info: DTypeInfo, out: TypedArray, place: string) {
  const { dtype, integer, float } = info;
  const wrong = (index: number, value: unknown, expected: string): never =>
    fail('invalid_argument', `${place}: element ${index} is ${show(value)}, expected ${expected}`);
  const target = out as unknown as (number | bigint)[];
  if (float && info.bytes === 1) {
    return (index: number, value: unknown) =>
      wrong(index, value, `a Uint8Array of the bits of ${dtype}`);
  }
  if (integer) {
    const wide = info.bytes === 8;
    return (index: number, value: unknown) => {
      const whole =
        typeof value === 'bigint' || Number.isSafeInteger(value)
          ? BigInt(value as number)
          : typeof value === 'boolean'
            ? BigInt(value)
            : wrong(index, value, `an integer of ${dtype}`);
      if (whole < integer.min || whole > integer.max) {
        wrong(index, value, `${dtype}, ${integer.min} to ${integer.max}`);
      }
      target[index] = wide ? whole : Number(whole);
    };
  }
  const encode = float && out instanceof Uint16Array ? float : undefined;
  return (index: number, value: unknown) => {
    if (typeof value !== 'number') return wrong(index, value, `a number for ${dtype}`);
    target[index] = encode ? encodeHalf(value, encode) : value;
  };
}

/** A copy as f32; complex numbers stay interleaved. */
export function toFloat32(data: TypedArray, info: DTypeInfo): Float32Array {
  const out = allocate(() => new Float32Array(data.length), 'toFloat32');
  // Bits, unless the engine's own halves: by name, since the array may be of another realm.
  if (info.float && arrayName(data) !== 'Float16Array') {
    const { float } = info;
    if (info.bytes === 1) {
      const table = Float32Array.from({ length: 256 }, (_, bits) =>
        info.dtype === 'f8E8M0FNU'
          ? bits === 255
            ? NaN
            : 2 ** (bits - 127)
          : decodeSmallFloat(bits & ((2 << (float.exponent + float.mantissa)) - 1), float),
      );
      for (let i = 0; i < out.length; i++) out[i] = table[Number(data[i])] ?? NaN;
    } else {
      for (let i = 0; i < out.length; i++) out[i] = decodeSmallFloat(Number(data[i]), float);
    }
  } else {
    for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
  }
  return out;
}
