// SPDX-License-Identifier: Apache-2.0
// The operands of the programs that ./dev bench ops times: drawn from a seed, so that all contenders
// and all runs read the same.

/** How the types of programs.json are stored: the name in a .safetensors file, and the array. */
const types = {
  i1: ['BOOL', Uint8Array],
  i8: ['I8', Int8Array],
  u8: ['U8', Uint8Array],
  f8E4M3FN: ['F8_E4M3', Uint8Array],
  f16: ['F16', globalThis.Float16Array],
  bf16: ['BF16', Uint16Array],
  i32: ['I32', Int32Array],
  u32: ['U32', Uint32Array],
  f32: ['F32', Float32Array],
  i64: ['I64', BigInt64Array],
  u64: ['U64', BigUint64Array],
  f64: ['F64', Float64Array],
  c64: ['C64', Float32Array],
  c128: ['C128', Float64Array],
};

/** What `fill` in export.py may say: each draws element `i` of `count` from uniform numbers in [0, 1). */
const fills = {
  normal: (draw) => gauss(draw),
  small: (draw) => 0.05 * gauss(draw),
  'near one': (draw) => 1 + 1e-3 * gauss(draw),
  uniform: (draw) => draw(),
  ascending: (_, i, { whole, count }) => (whole ? 10 * i : (6 * i) / count - 3),
  // A symmetric matrix that is far from singular.
  dominant(_, i, { shape: [n] }) {
    const [row, column] = [Math.floor(i / n), i % n];
    return row === column ? n : uniform((Math.min(row, column) + 1) * n + Math.max(row, column))();
  },
};

/** One operand as a tensor of a .safetensors file. */
export function makeInput({ dtype, shape, fill }, seed) {
  const [name, array] = types[dtype];
  const count = shape.reduce((a, b) => a * b, 1);
  const data = new array(/^c/.test(dtype) ? 2 * count : count);
  const draw = uniform(seed);
  if (fill === 'bits') {
    const bytes = new Uint8Array(data.buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = 256 * draw();
    return { dtype: name, shape, data };
  }
  const [, below, from = 0] = /^below (\d+)(?: from (\d+))?$/.exec(fill) ?? [];
  const whole = /^[iu]/.test(dtype);
  const next = below ? () => +from + (below - from) * draw() : fills[fill];
  for (let i = 0; i < data.length; i++) {
    const value = next(draw, i, { whole, count, shape });
    if (dtype === 'bf16') data[i] = bitsOf(value) >>> 16;
    else data[i] = array === BigInt64Array ? BigInt(Math.floor(value)) : value;
  }
  return { dtype: name, shape, data };
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);
function bitsOf(value) {
  float[0] = value;
  return word[0];
}

function gauss(draw) {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/** Uniform numbers in [0, 1) with 32 bits: a counter times the golden ratio, its bits mixed. */
function uniform(seed) {
  let state = Math.imul(seed, 0x85ebca6b) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
    bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
}
