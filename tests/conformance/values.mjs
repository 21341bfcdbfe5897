// SPDX-License-Identifier: Apache-2.0
// Values of test data: .safetensors files with key suffixes for the dtypes that the format lacks, and
// the comparison that index.tsv's tolerances mean.

/** { key: { dtype, shape, bytes } }; keys lose their suffix (`in.0:c64`), dtype is the suffix or the file's. */
export function parseSafetensors(file) {
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  const tensors = {};
  for (const [key, { dtype, shape, data_offsets: [begin, end] = [] }] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    const [name, suffix] = key.split(':');
    tensors[name] = {
      dtype: suffix ?? dtype.toLowerCase(),
      // The file's has pairs of numbers.
      shape: suffix?.startsWith('c') ? shape.slice(0, -1) : shape,
      bytes: file.subarray(start + begin, start + end),
    };
  }
  return tensors;
}

// Exponent bits, mantissa bits, and how the format spends its last codes: `ieee` has infinities;
// `fn` has NaN with all ones only; `fnuz` has NaN in the place of -0; `finite` has neither.
const formats = {
  f16: [5, 10, 'ieee'],
  bf16: [8, 7, 'ieee'],
  f8e3m4: [3, 4, 'ieee'],
  f8e4m3: [4, 3, 'ieee'],
  f8e5m2: [5, 2, 'ieee'],
  f8e4m3fn: [4, 3, 'fn'],
  f8e4m3fnuz: [4, 3, 'fnuz'],
  f8e5m2fnuz: [5, 2, 'fnuz'],
  f8e4m3b11fnuz: [4, 3, 'fnuz', 11],
  f6e2m3fn: [2, 3, 'finite'],
  f6e3m2fn: [3, 2, 'finite'],
  f4e2m1fn: [2, 1, 'finite'],
};

const arrays = {
  bool: Uint8Array, i1: Uint8Array, i2: Int8Array, u2: Uint8Array, i4: Int8Array, u4: Uint8Array,
  i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array,
  i64: BigInt64Array, u64: BigUint64Array, f32: Float32Array, f64: Float64Array, c64: Float32Array, c128: Float64Array,
}; // prettier-ignore

/** Bytes as an array of numbers, or of bigints for 64-bit integers; complex numbers as pairs. */
export function decode(dtype, bytes) {
  const copy = new Uint8Array(bytes).buffer;
  if (dtype in arrays) return new arrays[dtype](copy);
  if (dtype === 'f8e8m0fnu')
    return Array.from(new Uint8Array(copy), (e) => (e === 255 ? NaN : 2 ** (e - 127)));
  const format = formats[dtype];
  if (!format) throw new Error(`no values of dtype ${dtype}`);
  const [exponentBits, mantissaBits] = format;
  const words = exponentBits + mantissaBits > 7 ? new Uint16Array(copy) : new Uint8Array(copy);
  return Array.from(words, (word) =>
    decodeFloat(word, exponentBits, mantissaBits, format[2], format[3]),
  );
}

function decodeFloat(word, exponentBits, mantissaBits, kind, givenBias) {
  const top = 2 ** exponentBits - 1;
  const bias = givenBias ?? 2 ** (exponentBits - 1) - (kind === 'fnuz' ? 0 : 1);
  const mantissa = word % 2 ** mantissaBits;
  const exponent = Math.floor(word / 2 ** mantissaBits) % (top + 1);
  const negative = word >= 2 ** (exponentBits + mantissaBits);
  if (kind === 'fnuz' && negative && exponent === 0 && mantissa === 0) return NaN;
  if (kind === 'fn' && exponent === top && mantissa === 2 ** mantissaBits - 1) return NaN;
  let value;
  if (kind === 'ieee' && exponent === top) value = mantissa === 0 ? Infinity : NaN;
  else if (exponent === 0) value = mantissa * 2 ** (1 - bias - mantissaBits);
  else value = (1 + mantissa / 2 ** mantissaBits) * 2 ** (exponent - bias);
  return negative ? -value : value;
}

/**
 * '' when `got` agrees with `expected` (both bytes of `dtype`), else what differs first. Tolerance:
 * 'exact', or a number times the largest finite |expected|; undefined means the dtype's own.
 */
export function difference(dtype, expected, got, tolerance) {
  if (expected.length !== got.length) return `${got.length} bytes, expected ${expected.length}`;
  const want = decode(dtype, expected);
  const have = decode(dtype, got);
  const relative = tolerance ?? defaultTolerance(dtype);
  let allowed = 0;
  if (relative !== 'exact') {
    const finite = Array.from(want, Number).filter(Number.isFinite);
    const scale = finite.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
    allowed = Number(relative) * scale;
  }
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [want[i], have[i]];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    // NaN and infinities fail this comparison, as they must.
    if (allowed > 0 && Math.abs(Number(b) - Number(a)) <= allowed && Number.isFinite(a)) continue;
    return `${dtype} at ${i}: ${b}, expected ${a} within ${allowed}`;
  }
  return '';
}

function defaultTolerance(dtype) {
  if (/^([iu]\d+|bool)$/.test(dtype)) return 'exact';
  return dtype === 'f64' || dtype === 'c128' ? 1e-12 : 1e-5;
}
