// SPDX-License-Identifier: Apache-2.0
// TensorFlow.js on its wasm backend, for those programs of ops/export.py that it has the ops for, in its
// words. Operands and results stay in its memory. Its types are f32, i32 and bool.

const call =
  (name) =>
  (tf, ...operands) =>
    tf[name](...operands);
const along =
  (name, ...rest) =>
  (tf, x) =>
    tf[name](x, ...rest);
const transpose =
  (...permutation) =>
  (tf, x) =>
    tf.transpose(x, permutation);
const cast = (type) => (tf, x) => tf.cast(x, type);
const pool = (name, size, stride, padding) => (tf, x) => tf[name](x, size, stride, padding);
const conv =
  (name, ...rest) =>
  (tf, x, w) =>
    tf[name](x, w, ...rest);

const oneHot = (tf, i) => tf.cast(tf.oneHot(i, 1000), 'float32');

/** The program's name to what computes it, given the library and the operands. */
export const ops = {
  sort_f32_1e6: (tf, x) => tf.reverse(tf.topk(x, 1e6).values),
  sort_rows_1000x1000: (tf, x) => tf.reverse(tf.topk(x, 1000).values, 1),
  argsort_f32_1e6: (tf, x) => tf.topk(tf.neg(x), 1e6).indices,
  top_k_50_of_131072: (tf, x) => Object.values(tf.topk(x, 50)),
  top_k_5_of_64x1000: (tf, x) => Object.values(tf.topk(x, 5)),
  searchsorted_1e4_in_1e5: call('searchSorted'),

  argmax_40x6625: along('argMax', 1),
  argmax_1x51864: along('argMax', 1),
  argmax_first_axis_1000x1000: along('argMax', 0),
  cumsum_1e6: call('cumsum'),
  cumsum_i32_1e6: call('cumsum'),
  cumprod_1e6: call('cumprod'),
  cumsum_rows_1000x1000: along('cumsum', 1),
  cumsum_columns_1000x1000: along('cumsum', 0),
  sum_all_1e6: call('sum'),
  sum_i32_1e6: call('sum'),
  sum_rows_1000x1000: along('sum', 1),
  sum_columns_1000x1000: along('sum', 0),
  sum_middle_64x256x64: along('sum', 1),
  sum_outer_64x256x64: along('sum', [0, 2]),
  sum_short_100000x8: along('sum', 1),
  max_images_8x56x56x64: along('max', [1, 2]),
  max_channels_8x64x56x56: along('max', 1),
  prod_rows_1000x1000: along('prod', 1),
  any_columns_1000x1000: along('any', 0),
  logsumexp_1000x1000: along('logSumExp', 1),
  softmax_1000x1000: along('softmax', 1),
  variance_1000x1000: (tf, x) => tf.moments(x, 1).variance,

  max_pool_2d: pool('maxPool', 3, 2, 'same'),
  avg_pool_2d: (tf, x) => tf.mul(tf.avgPool(x, 2, 2, 'valid'), 4),
  max_pool_3d: pool('maxPool3d', 2, 2, 'valid'),

  embedding_512_of_50000x384: call('gather'),
  take_1e6_of_1e6: call('gather'),
  take_columns_1000_of_1000x1000: (tf, x, i) => tf.gather(x, i, 1),
  gather_pairs_1e5: (tf, x, i, j) => tf.gatherND(x, tf.stack([i, j], 1)),
  scatter_set_1e5_of_1e6: (tf, x, i, v) => tf.tensorScatterUpdate(x, tf.expandDims(i, 1), v),
  histogram_1e6_of_256: (tf, i) => tf.denseBincount(i, tf.zeros([0], 'int32'), 256),
  one_hot_4096_of_1000: oneHot,
  one_hot_product_512_of_1000x128: (tf, i, t) => tf.matMul(oneHot(tf, i), t),

  transpose_1000x1000: transpose(1, 0),
  transpose_100000x8: transpose(1, 0),
  transpose_64x128x128_021: transpose(0, 2, 1),
  transpose_64x128x128_102: transpose(1, 0, 2),
  transpose_8x128x12x64_0213: transpose(0, 2, 1, 3),
  transpose_8x64x56x56_0231: transpose(0, 2, 3, 1),
  transpose_8x56x56x64_0312: transpose(0, 3, 1, 2),
  transpose_16x16x16x16x16_04213: transpose(0, 4, 2, 1, 3),
  concatenate_first_axis: (tf, a, b) => tf.concat([a, b], 0),
  concatenate_last_axis: (tf, a, b) => tf.concat([a, b], 1),
  concatenate_pairs: (tf, a, b) => tf.stack([a, b], 1),
  pad_1000x1000: along('pad', [[3, 3], [3, 3]]), // prettier-ignore
  pad_reflect_1000x1000: along('mirrorPad', [[3, 3], [3, 3]], 'reflect'), // prettier-ignore
  reverse_rows_1000x1000: along('reverse', 0),
  reverse_columns_1000x1000: along('reverse', 1),
  slice_1000x1000: along('slice', [100, 100], [800, 800]),
  slice_strided_1000x1000: along('stridedSlice', [0, 0], [1000, 1000], [2, 2]),
  tile_1000_by_1000: along('tile', [1000]),
  broadcast_rows_1000x1000: along('broadcastTo', [1000, 1000]),
  select_1e6: call('where'),
  triangle_1000x1000: (tf, x) => tf.linalg.bandPart(x, -1, 0),
  convert_f32_i32: cast('int32'),
  convert_i32_f32: cast('float32'),

  conv_1d_3000x80x384: conv('conv1d', 1, 'same'),
  conv_2d_56x56x64: conv('conv2d', 1, 'same'),
  conv_2d_56x56x64_runtime_filter: conv('conv2d', 1, 'same'),
  conv_2d_depthwise_56x56x144: (tf, x, w) =>
    tf.depthwiseConv2d(x, tf.reshape(w, [3, 3, 144, 1]), 1, 'same'),
  conv_2d_dilated_56x56x64: conv('conv2d', 1, 'same', 'NHWC', 2),
  conv_3d_16x28x28x16: conv('conv3d', 1, 'same'),
  matmul_f32_512: call('matMul'),
  matmul_f32_512_weights: call('matMul'),
  matmul_transposed_512: (tf, a, b) => tf.matMul(a, b, false, true),
  matmul_batched_12x128x64: call('matMul'),
  matvec_2048: call('matMul'),
  outer_1000: call('outerProduct'),
  dot_1e6: call('dot'),

  add_f32_1: call('add'),
  add_f32_1e6: call('add'),
  add_i32_1e6: call('add'),
  multiply_f32_1e6: call('mul'),
  divide_f32_1e6: call('div'),
  maximum_f32_1e6: call('maximum'),
  power_f32_1e6: call('pow'),
  atan2_f32_1e6: call('atan2'),
  exp_f32_1e6: call('exp'),
  log_f32_1e6: call('log'),
  tanh_f32_1e6: call('tanh'),
  sin_f32_1e6: call('sin'),
  sqrt_f32_1e6: call('sqrt'),
  negate_f32_1e6: call('neg'),
  round_f32_1e6: call('round'),
  erf_f32_1e6: call('erf'),
};

const dtypes = { f32: 'float32', i32: 'int32', i1: 'bool' };

export async function create({ peers, name, inputs, types, imported }) {
  const packages = `${peers}/@tensorflow`;
  const { default: tf } = await import(`${packages}/tfjs-core/dist/tf-core.node.js`);
  await import(`${packages}/tfjs-backend-wasm/dist/tf-backend-wasm.node.js`);
  await tf.setBackend('wasm');
  imported();
  const operands = types.map((dtype, i) =>
    tf.tensor(inputs[i].data, inputs[i].shape, dtypes[dtype]),
  );
  const compute = () => tf.tidy(() => ops[name](tf, ...operands));
  return {
    async answer() {
      const results = [compute()].flat();
      return { ...results.map((result) => result.dataSync()) };
    },
    run: () => tf.dispose(compute()),
  };
}
