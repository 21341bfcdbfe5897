// SPDX-License-Identifier: Apache-2.0
// Reads a .safetensors file into { name: { dtype, shape, data } }, for the tensors of the benchmarks:
// data is a typed array over the file's bytes, or a copy where they are not aligned.

const arrays = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
};

export function parseSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const piece = new Uint8Array(bytes.subarray(start + offsets[0], start + offsets[1]));
    tensors[name] = { dtype, shape, data: new arrays[dtype](piece.buffer) };
  }
  return tensors;
}
