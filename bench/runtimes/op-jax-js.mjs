// SPDX-License-Identifier: Apache-2.0
// jax-js on its wasm backend, for those programs of ops/export.py that it has the ops for, in its words.
// Operands and results stay in its memory. A function consumes its operands, hence `ref`.

const call =
  (name) =>
  (jax, ...operands) =>
    jax.numpy[name](...operands);
const along = (name, axis) => (jax, x) => jax.numpy[name](x, axis);
const neural = (name) => (jax, x) => jax.nn[name](x, 1);
const cast = (type) => (jax, x) => x.astype(type);
const transpose =
  (...permutation) =>
  (jax, x) =>
    jax.numpy.transpose(x, permutation);
const random = (name, count) => (jax, key) => jax.random[name](key, [count]);

/** The program's name to what computes it, given the library and the operands. */
export const ops = {
  sort_f32_1e6: call('sort'),
  sort_i32_1e6: call('sort'),
  sort_rows_1000x1000: along('sort', 1),
  argsort_f32_1e6: call('argsort'),
  top_k_50_of_131072: ({ lax }, x) => lax.topK(x, 50),
  top_k_5_of_64x1000: ({ lax }, x) => lax.topK(x, 5),

  argmax_40x6625: along('argmax', 1),
  argmax_1x51864: along('argmax', 1),
  argmax_first_axis_1000x1000: along('argmax', 0),
  cumsum_rows_1000x1000: along('cumsum', 1),
  cumsum_columns_1000x1000: along('cumsum', 0),
  sum_all_1e6: call('sum'),
  sum_i32_1e6: call('sum'),
  sum_f64_1e6: call('sum'),
  sum_rows_1000x1000: along('sum', 1),
  sum_columns_1000x1000: along('sum', 0),
  sum_middle_64x256x64: along('sum', 1),
  sum_outer_64x256x64: along('sum', [0, 2]),
  sum_short_100000x8: along('sum', 1),
  max_images_8x56x56x64: along('max', [1, 2]),
  max_channels_8x64x56x56: along('max', 1),
  prod_rows_1000x1000: along('prod', 1),
  logsumexp_1000x1000: neural('logsumexp'),
  softmax_1000x1000: neural('softmax'),
  variance_1000x1000: along('var_', 1),

  embedding_512_of_50000x384: (jax, table, i) => jax.numpy.take(table, i, 0),
  take_1e6_of_1e6: (jax, x, i) => jax.numpy.take(x, i, 0),
  take_columns_1000_of_1000x1000: (jax, x, i) => jax.numpy.take(x, i, 1),
  take_along_axis_1000x1000: (jax, x, i) => jax.numpy.takeAlongAxis(x, i, 1),
  one_hot_4096_of_1000: ({ nn }, i) => nn.oneHot(i, 1000),
  one_hot_product_512_of_1000x128: ({ nn, numpy }, i, t) => numpy.matmul(nn.oneHot(i, 1000), t),

  transpose_1000x1000: transpose(1, 0),
  transpose_100000x8: transpose(1, 0),
  transpose_64x128x128_021: transpose(0, 2, 1),
  transpose_8x128x12x64_0213: transpose(0, 2, 1, 3),
  transpose_8x64x56x56_0231: transpose(0, 2, 3, 1),
  transpose_8x56x56x64_0312: transpose(0, 3, 1, 2),
  concatenate_first_axis: (jax, a, b) => jax.numpy.concatenate([a, b], 0),
  concatenate_last_axis: (jax, a, b) => jax.numpy.concatenate([a, b], 1),
  concatenate_pairs: (jax, a, b) => jax.numpy.stack([a, b], -1),
  pad_1000x1000: (jax, x) => jax.numpy.pad(x, 3),
  reverse_rows_1000x1000: along('flip', 0),
  reverse_columns_1000x1000: along('flip', 1),
  roll_1e6: along('roll', 1000),
  tile_1000_by_1000: along('tile', 1000),
  select_1e6: call('where'),
  triangle_1000x1000: call('tril'),

  convert_f32_f64: cast('float64'),
  convert_f64_f32: cast('float32'),
  convert_f32_i32: cast('int32'),
  convert_i32_f32: cast('float32'),
  convert_i32_f64: cast('float64'),

  threefry_1e7: random('bits', 1e7),
  uniform_1e6: random('uniform', 1e6),
  cholesky_512: ({ lax }, x) => lax.linalg.cholesky(x),

  conv_1d_channels_first_384x1500: ({ lax }, x, w) => lax.convGeneralDilated(x, w, [1], 'SAME'),
  conv_2d_channels_first_64x56x56: ({ lax }, x, w) => lax.convGeneralDilated(x, w, [1, 1], 'SAME'),
  matmul_f32_512: call('matmul'),
  matmul_f32_512_weights: call('matmul'),
  matmul_f64_512: call('matmul'),
  matmul_i32_256: call('matmul'),
  matmul_batched_12x128x64: call('matmul'),
  matvec_2048: call('matmul'),
  outer_1000: call('outer'),
  dot_1e6: call('vdot'),

  add_f32_1: call('add'),
  add_f32_1e6: call('add'),
  add_f64_1e6: call('add'),
  add_i32_1e6: call('add'),
  multiply_f32_1e6: call('multiply'),
  divide_f32_1e6: call('divide'),
  divide_f64_1e6: call('divide'),
  maximum_f32_1e6: call('maximum'),
  power_f32_1e6: call('power'),
  atan2_f32_1e6: call('atan2'),
  exp_f32_1e6: call('exp'),
  exp_f64_1e6: call('exp'),
  log_f32_1e6: call('log'),
  tanh_f32_1e6: call('tanh'),
  sin_f32_1e6: call('sin'),
  sqrt_f32_1e6: call('sqrt'),
  negate_f32_1e6: call('negative'),
  round_f32_1e6: call('round'),
  erf_f32_1e6: ({ lax }, x) => lax.erf(x),
  gelu_1e6: ({ nn }, x) => nn.gelu(x, { approximate: false }),
};

export async function create({ peers, name, inputs, types, imported }) {
  const jax = await import(`${peers}/@jax-js/jax/dist/index.js`);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  imported();
  const operands = types.map((dtype, i) => {
    const { data, shape } = inputs[i];
    const array = jax.numpy.array(dtype === 'i1' ? Int32Array.from(data) : data).reshape(shape);
    return dtype === 'i1' ? array.astype('bool') : array;
  });
  const compiled = jax.jit((...given) => ops[name](jax, ...given));
  const compute = () => compiled(...operands.map((operand) => operand.ref));
  return {
    async answer() {
      const results = await Promise.all([compute()].flat().map((result) => result.data()));
      return { ...results };
    },
    async run() {
      const results = compute();
      await jax.blockUntilReady(results);
      jax.tree.dispose(results);
    },
  };
}
