// SPDX-License-Identifier: Apache-2.0
// The safetensors header: 8 bytes of length, that much JSON, then the tensors' bytes. The header is
// untrusted: everything that a reader would act on is checked here, and nothing is repaired.

import { isRecord } from './arguments.js';
import { dtypeInfo, elementCount } from './dtype.js';
import type { DType } from './dtype.js';
import { fail, messageOf } from './errors.js';

export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Place in the file, from its first byte. */
  readonly offset: number;
  readonly size: number;
}

/** As in the format's own implementation. */
export const maxHeaderBytes = 100_000_000;

const dtypes: Record<string, DType> = {
  BOOL: 'i1',
  I8: 'i8',
  I16: 'i16',
  I32: 'i32',
  I64: 'i64',
  U8: 'u8',
  U16: 'u16',
  U32: 'u32',
  U64: 'u64',
  F8_E4M3: 'f8E4M3FN',
  F8_E5M2: 'f8E5M2',
  F8_E8M0: 'f8E8M0FNU',
  BF16: 'bf16',
  F16: 'f16',
  F32: 'f32',
  F64: 'f64',
  C64: 'c64',
};

const spelling = new Map(Object.entries(dtypes).map(([name, dtype]) => [dtype, name]));

/** The length of the header that these first 8 bytes announce. */
export function headerLength(first: Uint8Array, fileName: string, fileSize?: number): number {
  const view = new DataView(first.buffer, first.byteOffset, 8);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length < 2 || length > maxHeaderBytes || (fileSize !== undefined && 8 + length > fileSize)) {
    fail(
      'invalid_model',
      `${fileName}: not a safetensors file: its header would have ${length} bytes` +
        (fileSize === undefined ? '' : `, the file has ${fileSize}`),
    );
  }
  return length;
}

/** Checks the header's JSON and answers the tensors in file order. */
export function parseHeader(
  header: Uint8Array,
  fileName: string,
  fileSize?: number,
): TensorEntry[] {
  const place = `${fileName}: safetensors header`;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch (error) {
    fail('invalid_model', `${place}: ${messageOf(error)}`);
  }
  if (!isRecord(json)) fail('invalid_model', `${place} is no JSON object`);
  const start = 8 + header.length;
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name !== '__metadata__') entries.push(parseEntry(name, value, start, place));
  }
  entries.sort((a, b) => a.offset - b.offset || a.size - b.size);
  let end = start;
  for (const { name, offset, size } of entries) {
    if (offset < end)
      fail('invalid_model', `${place}: tensor "${name}" overlaps the one before it`);
    end = offset + size;
    if (fileSize !== undefined && end > fileSize) {
      fail(
        'invalid_model',
        `${place}: tensor "${name}" ends at byte ${end}, the file at ${fileSize}`,
      );
    }
  }
  return entries;
}

function parseEntry(name: string, value: unknown, start: number, place: string): TensorEntry {
  const wrong = (what: string): never =>
    fail('invalid_model', `${place}: tensor "${name}": ${what}`);
  if (!isRecord(value)) return wrong('is no JSON object');
  const { dtype: spelled, shape, data_offsets: offsets } = value;
  const dtype =
    typeof spelled === 'string' && Object.hasOwn(dtypes, spelled) ? dtypes[spelled] : undefined;
  if (dtype === undefined) {
    return fail(
      'unsupported',
      `${place}: tensor "${name}": dtype ${JSON.stringify(spelled)} is not known`,
    );
  }
  if (!isSizes(shape)) return wrong('shape is no list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) return wrong('data_offsets are no two offsets');
  const [begin = 0, end = 0] = offsets;
  const size = elementCount(shape) * dtypeInfo(dtype).bytes;
  if (!Number.isSafeInteger(size) || end - begin !== size) {
    return wrong(
      `${String(spelled)} [${shape.join(', ')}] has ${size} bytes, data_offsets give ${end - begin}`,
    );
  }
  return { name, dtype, shape, offset: start + begin, size };
}

/** The header bytes of a file with these tensors in this order, padded so that data is aligned. */
export function encodeHeader(
  tensors: readonly { name: string; dtype: DType; shape: readonly number[]; size: number }[],
): Uint8Array {
  let at = 0;
  const json = tensors.map(({ name, dtype, shape, size }) => {
    // What the format has no name for is stored as its bits.
    const bits = ({ 1: 'U8', 2: 'U16', 4: 'U32', 8: 'U64' } as Record<number, string>)[
      dtypeInfo(dtype).bytes
    ];
    const known = spelling.get(dtype);
    const extra = dtype === 'c128' ? [2] : [];
    const entry = {
      dtype: known ?? (dtype === 'c128' ? 'F64' : (bits ?? 'U8')),
      shape: [...shape, ...extra],
      data_offsets: [at, (at += size)],
    };
    return [name, entry] as const;
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(json)));
  const length = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + length).fill(0x20);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.set(text, 8);
  return out;
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 64 &&
    value.every((v) => Number.isSafeInteger(v) && v >= 0)
  );
}
