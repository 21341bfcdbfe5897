// SPDX-License-Identifier: Apache-2.0
// Files of named tensors: .safetensors, .npz, .npy and .json, read whole and written whole.

import { open, readFile } from 'node:fs/promises';

import { dtypeInfo, elementCount, isDType } from '../dtype.js';
import type { DType, NumberArray } from '../dtype.js';
import { fail, messageOf } from '../errors.js';
import { foreignWeights } from '../foreign.js';
import { encodeHeader, headerLength, parseHeader } from '../safetensors.js';
import { Tensor } from '../tensor.js';
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz, tensorFromBytes } from './npy.js';

/** Values of a .json file may leave their dtype to the model. */
export type Values = Map<string, Tensor | NumberArray>;

/**
 * A single unnamed array, of an .npy file, has the name ''. `wanted` bounds the bytes of an archive's
 * arrays by their keys; what nobody wants is there by its key alone.
 */
export async function readTensors(
  path: string,
  wanted?: (key: string) => number | undefined,
): Promise<Values> {
  const bytes = await readFile(path).catch((error: unknown) =>
    fail('invalid_argument', `cannot read ${path}: ${messageOf(error)}`, error),
  );
  if (path.endsWith('.safetensors')) return decodeSafetensors(bytes, path);
  if (path.endsWith('.npz')) return decodeNpz(bytes, path, wanted);
  if (path.endsWith('.npy')) return new Map([['', decodeNpy(bytes, path)]]);
  if (path.endsWith('.json')) return decodeJson(bytes.toString(), path);
  return fail('invalid_argument', `${path}: expected .safetensors, .npz, .npy or .json`);
}

export async function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
): Promise<void> {
  const file = await open(path, 'w').catch((error: unknown) =>
    fail('invalid_argument', `cannot write ${path}: ${messageOf(error)}`, error),
  );
  try {
    for (const part of encode(path, tensors)) await file.writeFile(part);
  } finally {
    await file.close();
  }
}

function encode(path: string, tensors: ReadonlyMap<string, Tensor>): (Uint8Array | string)[] {
  if (path.endsWith('.npz')) return encodeNpz(tensors);
  if (path.endsWith('.json')) return [JSON.stringify(tensorsToJson(tensors)) + '\n'];
  if (path.endsWith('.npy')) {
    const [only, more] = [...tensors.values()];
    if (!only || more)
      fail('invalid_argument', `${path}: .npy holds one array, there are ${tensors.size}`);
    return [encodeNpy(only)];
  }
  if (!path.endsWith('.safetensors')) {
    fail('invalid_argument', `${path}: expected .safetensors, .npz, .npy or .json`);
  }
  // The order that the format's own writer has: aligned however the widths mix.
  const ordered = [...tensors].sort(
    ([, a], [, b]) => b.data().BYTES_PER_ELEMENT - a.data().BYTES_PER_ELEMENT,
  );
  const arrays = ordered.map(([, tensor]) => tensor.data());
  const header = encodeHeader(
    ordered.map(([name, { dtype, shape }], i) => ({
      name,
      dtype,
      shape,
      size: arrays[i]?.byteLength ?? 0,
    })),
  );
  return [header, ...arrays.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength))];
}

/** Keys may end in a dtype that safetensors lacks: `x:c64` is F32 pairs, `x:f8e5m2` is U8 bits. */
export function decodeSafetensors(bytes: Uint8Array, path: string): Values {
  const foreign = foreignWeights(bytes.subarray(0, 64));
  if (foreign !== undefined) fail('invalid_model', `${path}: ${foreign}`);
  if (bytes.length < 8)
    fail('invalid_model', `${path}: a safetensors file of ${bytes.length} bytes`);
  const length = headerLength(bytes, path, bytes.length);
  const values: Values = new Map();
  for (const entry of parseHeader(bytes.subarray(8, 8 + length), path, bytes.length)) {
    const content = bytes.subarray(entry.offset, entry.offset + entry.size);
    const colon = entry.name.lastIndexOf(':');
    const dtype = colon < 0 ? undefined : spelledDType(entry.name.slice(colon + 1));
    if (dtype === undefined) {
      values.set(entry.name, tensorFromBytes(content, entry.dtype, entry.shape));
    } else {
      const shape = dtypeInfo(dtype).slots === 2 ? entry.shape.slice(0, -1) : entry.shape;
      if (elementCount(shape) * dtypeInfo(dtype).bytes !== entry.size) {
        fail('invalid_model', `${path}: "${entry.name}" has ${entry.size} bytes`);
      }
      values.set(entry.name.slice(0, colon), tensorFromBytes(content, dtype, shape));
    }
  }
  return values;
}

function spelledDType(text: string): DType | undefined {
  const [head = '', exponent] = text.toLowerCase().split(/(?=e\dm\d)/);
  const name = head + (exponent ?? '').toUpperCase();
  return isDType(name) ? name : undefined;
}

/** `{"x": [[1, 2]], "y": {"dtype": "i32", "shape": [2], "data": [1, 2]}}` */
function decodeJson(text: string, path: string): Values {
  let json: unknown;
  try {
    json = JSON.parse(text, (_, value: unknown) => specials.get(value) ?? value);
  } catch (error) {
    fail('invalid_model', `${path}: ${messageOf(error)}`, error);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    fail('invalid_model', `${path}: expected an object of arrays by name`);
  }
  const values: Values = new Map();
  for (const [name, value] of Object.entries(json) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const { dtype, shape, data } = value as {
        dtype?: DType;
        shape?: number[];
        data?: NumberArray;
      };
      if (data === undefined) fail('invalid_model', `${path}: "${name}" has no data`);
      values.set(
        name,
        dtype || shape
          ? new Tensor(data, { ...(dtype && { dtype }), ...(shape && { shape }) })
          : data,
      );
    } else {
      values.set(name, value as NumberArray);
    }
  }
  return values;
}

const specials = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

export function tensorsToJson(tensors: ReadonlyMap<string, Tensor>): Record<string, unknown> {
  const plain = (value: number | bigint): unknown => {
    if (typeof value === 'bigint') {
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    }
    return Number.isFinite(value) ? value : String(value);
  };
  return Object.fromEntries(
    [...tensors].map(([name, tensor]) => {
      const { dtype, shape } = tensor;
      // Numbers, where the array may hold bits: that is what is read back.
      const data = dtypeInfo(dtype).float ? tensor.toFloat32() : tensor.data();
      return [name, { dtype, shape, data: Array.from(data as Float32Array, plain) }];
    }),
  );
}
