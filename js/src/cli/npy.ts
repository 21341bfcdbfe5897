// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy arrays and .npz archives. Both are untrusted: sizes are checked against the bytes at
// hand before anything is allocated, and inflation stops at the size that the archive announces.

import { inflateRawSync } from 'node:zlib';

import { dtypeInfo, elementCount } from '../dtype.js';
import type { DType, TypedArray } from '../dtype.js';
import { fail, messageOf } from '../errors.js';
import { maxAddressable } from '../sources.js';
import { Tensor } from '../tensor.js';

const dtypes: Record<string, DType> = {
  '|b1': 'i1',
  '|i1': 'i8',
  '<i2': 'i16',
  '<i4': 'i32',
  '<i8': 'i64',
  '|u1': 'u8',
  '<u2': 'u16',
  '<u4': 'u32',
  '<u8': 'u64',
  '<f2': 'f16',
  '<f4': 'f32',
  '<f8': 'f64',
  '<c8': 'c64',
  '<c16': 'c128',
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** A tensor of these bytes, which need not be aligned. */
export function tensorFromBytes(bytes: Uint8Array, dtype: DType, shape: readonly number[]): Tensor {
  const info = dtypeInfo(dtype);
  const data: TypedArray = new info.array(elementCount(shape) * info.slots);
  new Uint8Array(data.buffer).set(bytes);
  return new Tensor(data, { dtype, shape });
}

export function decodeNpy(bytes: Uint8Array, name: string): Tensor {
  const wrong = (what: string) => fail('invalid_model', `${name}: ${what}`);
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) wrong('not an .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = bytes[6] === 1 ? 10 : 12;
  const headerBytes = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + headerBytes > bytes.length) wrong(`its header would have ${headerBytes} bytes`);
  const header = new TextDecoder().decode(bytes.subarray(start, start + headerBytes));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined) {
    return wrong('its header lacks descr, fortran_order or shape');
  }
  const dtype = dtypes[descr] ?? fail('unsupported', `${name}: NumPy type ${descr}`);
  const shape = sizes.split(',').flatMap((size) => (size.trim() ? [Number(size)] : []));
  if (order === 'True' && shape.length > 1) fail('unsupported', `${name}: Fortran order`);
  const size = elementCount(shape) * dtypeInfo(dtype).bytes;
  const data = bytes.subarray(start + headerBytes);
  if (data.length !== size)
    wrong(`${descr} (${sizes}) needs ${size} bytes, the file has ${data.length}`);
  return tensorFromBytes(data, dtype, shape);
}

export function encodeNpy(tensor: Tensor): Uint8Array {
  const data = tensor.data();
  // NumPy knows no bf16 or f8: their bits.
  const bits = { 1: '|u1', 2: '<u2', 4: '<f4', 8: '<f8' }[data.BYTES_PER_ELEMENT] ?? '|u1';
  const descr = Object.entries(dtypes).find(([, dtype]) => dtype === tensor.dtype)?.[0] ?? bits;
  const shape = tensor.shape.map((size) => `${size},`).join(' ');
  let header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  header += ' '.repeat(63 - ((10 + header.length) % 64)) + '\n';
  const out = new Uint8Array(10 + header.length + data.byteLength);
  out.set([...magic, 1, 0, header.length & 255, header.length >> 8]);
  out.set(new TextEncoder().encode(header), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return out;
}

/** More than the header of any .npy file that NumPy writes. */
const npyHeaderBytes = 2 ** 16;

/**
 * The arrays of an .npz archive. `wanted` answers how many bytes an array may have; one that is not wanted
 * (undefined) is not inflated, and is there as 0, by its key alone.
 */
export function decodeNpz(
  bytes: Uint8Array,
  name: string,
  wanted: (key: string) => number | undefined = () => maxAddressable,
): Map<string, Tensor | number> {
  const wrong = (what: string) => fail('invalid_model', `${name}: ${what}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) wrong('not an .npz file: no end of central directory');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const tensors = new Map<string, Tensor | number>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) wrong(`no directory entry ${i}`);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameBytes = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const entry = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes));
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const key = entry.replace(/\.npy$/, '');
    // Each at most once, so that all together stay within what is wanted.
    if (tensors.has(key)) wrong(`${entry} is there twice`);
    const most = wanted(key);
    if (most === undefined) {
      tensors.set(key, 0);
      continue;
    }
    if (size > most + npyHeaderBytes) {
      fail('invalid_argument', `${name}: ${entry} has ${size} bytes, more than the model can take`);
    }
    if (local + 30 > end || view.getUint32(local, true) !== 0x04034b50) {
      wrong(`${entry} is not where the directory says`);
    }
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (begin + packed > end) wrong(`${entry} ends behind the file`);
    const content = inflate(
      bytes.subarray(begin, begin + packed),
      method,
      size,
      `${name}: ${entry}`,
    );
    tensors.set(key, decodeNpy(content, `${name}: ${entry}`));
  }
  return tensors;
}

function inflate(packed: Uint8Array, method: number, size: number, place: string): Uint8Array {
  let content = packed;
  if (method === 8) {
    try {
      content = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
    } catch (error) {
      fail('invalid_model', `${place}: ${messageOf(error)}`, error);
    }
  } else if (method !== 0) {
    fail('unsupported', `${place}: compression method ${method}`);
  }
  if (content.length !== size) {
    fail('invalid_model', `${place}: ${content.length} bytes, the directory says ${size}`);
  }
  return content;
}

/** An uncompressed archive, as np.savez writes. */
export function encodeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, tensor] of tensors) {
    const content = encodeNpy(tensor);
    const entry = new TextEncoder().encode(`${name}.npy`);
    const crc = crc32(content);
    const fields = (view: DataView, to: number) => {
      view.setUint16(to, 20, true);
      view.setUint32(to + 10, crc, true);
      view.setUint32(to + 14, content.length, true);
      view.setUint32(to + 18, content.length, true);
      view.setUint16(to + 22, entry.length, true);
    };
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    fields(local, 4);
    const central = new DataView(new ArrayBuffer(46));
    central.setUint32(0, 0x02014b50, true);
    central.setUint16(4, 20, true);
    fields(central, 6);
    central.setUint32(42, at, true);
    parts.push(new Uint8Array(local.buffer), entry, content);
    directory.push(new Uint8Array(central.buffer), entry);
    at += 30 + entry.length + content.length;
    if (at >= 2 ** 32) fail('unsupported', 'an .npz file over 4 GiB; write .safetensors');
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, tensors.size, true);
  end.setUint16(10, tensors.size, true);
  end.setUint32(12, directoryBytes, true);
  end.setUint32(16, at, true);
  return [...parts, ...directory, new Uint8Array(end.buffer)];
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}
