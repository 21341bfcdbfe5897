// SPDX-License-Identifier: Apache-2.0
//
// A product with weights, a bias and a bound is one kernel over packed weights.
//
// stage: plan
// weights: 1 2
func.func @main(%x: tensor<16x32xf32>, %w: tensor<32x8xf32>, %b: tensor<8xf32>) -> tensor<16x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<16x8xf32>
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<16x32xf32>, tensor<32x8xf32>) -> tensor<16x8xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<8xf32>) -> tensor<16x8xf32>
  %a = stablehlo.add %y, %bb : tensor<16x8xf32>
  %r = stablehlo.maximum %a, %zero : tensor<16x8xf32>
  return %r : tensor<16x8xf32>
}
// ---->
0: matmul.tiled 16x32x8 bias relu input0, packed, packed -> arena+2048; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
arena 2560 bytes (lower bound 2560), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// So are the weights that a loop carries along, transposed on every trip, as JAX writes a scan.
//
// stage: plan
// weights: 1
func.func @main(%x: tensor<16x32xf32>, %w: tensor<32x32xf32>, %n: tensor<i32>) -> tensor<16x32xf32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %r:3 = stablehlo.while(%i = %zero, %a = %x, %v = %w) : tensor<i32>, tensor<16x32xf32>, tensor<32x32xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.add %i, %one : tensor<i32>
      %t = stablehlo.transpose %v, dims = [1, 0] : (tensor<32x32xf32>) -> tensor<32x32xf32>
      %b = stablehlo.dot_general %a, %t, contracting_dims = [1] x [0] : (tensor<16x32xf32>, tensor<32x32xf32>) -> tensor<16x32xf32>
      stablehlo.return %next, %b, %v : tensor<i32>, tensor<16x32xf32>, tensor<32x32xf32>
    }
  return %r#1 : tensor<16x32xf32>
}
// ---->
0: copy 4 bytes literal+0 -> arena+4160
1: copy 2048 bytes input0 -> arena+0
2: tile fusion compare arena+4160, input1 -> arena+2048
3: jump 8 unless arena+2048
4: tile fusion add arena+4160 -> arena+4160
5: matmul.tiled 16x32x32 arena+0, packed -> arena+2048; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
6: copy 2048 bytes arena+2048 -> arena+0
7: jump 2
arena 4224 bytes (lower bound 4224), literals 4 bytes, 0 jit functions in 0 bytes
// -----
// A small convolutional network: two convolutions, a pool, a mean.
//
// stage: plan
// weights: 1 2
func.func @main(%x: tensor<1x3x16x16xf32>, %v: tensor<8x3x3x3xf32>, %w: tensor<16x8x1x1xf32>) -> tensor<1x16xf32> {
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zeros = stablehlo.constant dense<0.0> : tensor<1x8x16x16xf32>
  %count = stablehlo.constant dense<64.0> : tensor<1x16xf32>
  %a = stablehlo.convolution(%x, %v) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x3x16x16xf32>, tensor<8x3x3x3xf32>) -> tensor<1x8x16x16xf32>
  %b = stablehlo.maximum %a, %zeros : tensor<1x8x16x16xf32>
  %c = "stablehlo.reduce_window"(%b, %lowest) ({
  ^bb0(%p: tensor<f32>, %q: tensor<f32>):
    %m = stablehlo.maximum %p, %q : tensor<f32>
    stablehlo.return %m : tensor<f32>
  }) {window_dimensions = array<i64: 1, 1, 2, 2>, window_strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x16x16xf32>, tensor<f32>) -> tensor<1x8x8x8xf32>
  %d = stablehlo.convolution(%c, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x8xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x8x8xf32>
  %e = stablehlo.reduce(%d init: %zero) applies stablehlo.add across dimensions = [2, 3] : (tensor<1x16x8x8xf32>, tensor<f32>) -> tensor<1x16xf32>
  %f = stablehlo.divide %e, %count : tensor<1x16xf32>
  return %f : tensor<1x16xf32>
}
// ---->
0: move.transpose tensor<1x3x16x16xf32> -> tensor<1x16x16x3xf32> input0 -> arena+17792
1: convolution.tiled 1x16x16x3 filter 3x3x8 padding 1,1,1,1 relu arena+17792, packed -> arena+9600 scratch arena+0; first of convolution.tiled, convolution.patches
2: max_pool2d tensor<1x16x16x8xf32> window 2x2 arena+9600 -> arena+17792
3: matmul.tiled 64x8x16 arena+17792, packed -> arena+0; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected, convolution.patches
4: reduce add tensor<1x8x8x16xf32> over 1, 2 arena+0, literal+0 -> arena+4096
5: tile fusion multiply arena+4096 -> arena+4096
arena 20864 bytes (lower bound 20864), literals 4 bytes, 0 jit functions in 0 bytes
// -----
// Attention: products of what is computed, softmax between them.
//
// stage: plan
func.func @main(%q: tensor<2x8x16xf32>, %k: tensor<2x8x16xf32>, %v: tensor<2x8x16xf32>) -> tensor<2x8x16xf32> {
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %quarter = stablehlo.constant dense<0.25> : tensor<2x8x8xf32>
  %s = stablehlo.dot_general %q, %k, batching_dims = [0] x [0], contracting_dims = [2] x [2] : (tensor<2x8x16xf32>, tensor<2x8x16xf32>) -> tensor<2x8x8xf32>
  %t = stablehlo.multiply %s, %quarter : tensor<2x8x8xf32>
  %m = stablehlo.reduce(%t init: %lowest) applies stablehlo.maximum across dimensions = [2] : (tensor<2x8x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %mb = stablehlo.broadcast_in_dim %m, dims = [0, 1] : (tensor<2x8xf32>) -> tensor<2x8x8xf32>
  %d = stablehlo.subtract %t, %mb : tensor<2x8x8xf32>
  %e = stablehlo.exponential %d : tensor<2x8x8xf32>
  %n = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [2] : (tensor<2x8x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %nb = stablehlo.broadcast_in_dim %n, dims = [0, 1] : (tensor<2x8xf32>) -> tensor<2x8x8xf32>
  %p = stablehlo.divide %e, %nb : tensor<2x8x8xf32>
  %y = stablehlo.dot_general %p, %v, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x8x8xf32>, tensor<2x8x16xf32>) -> tensor<2x8x16xf32>
  return %y : tensor<2x8x16xf32>
}
// ---->
0: matmul.tiled_batch 2x8x16x8 transposed then tiles multiply input0, input1 -> arena+4160 scratch arena+0; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
1: softmax 16x8 arena+4160 -> arena+4160
2: matmul.tiled_batch 2x8x8x16 arena+4160, input2 -> arena+0 scratch arena+2112; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
arena 4672 bytes (lower bound 4672), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// Two layers: the first one's clamp is the product's, the second has none.
//
// stage: plan
// weights: 1 2 3
func.func @main(%x: tensor<1x64xf32>, %v: tensor<64x32xf32>, %b: tensor<32xf32>, %w: tensor<32x10xf32>) -> tensor<1x10xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<1x32xf32>
  %0 = stablehlo.dot_general %x, %v, contracting_dims = [1] x [0] : (tensor<1x64xf32>, tensor<64x32xf32>) -> tensor<1x32xf32>
  %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<32xf32>) -> tensor<1x32xf32>
  %2 = stablehlo.add %0, %1 : tensor<1x32xf32>
  %3 = stablehlo.maximum %2, %zero : tensor<1x32xf32>
  %4 = stablehlo.dot_general %3, %w, contracting_dims = [1] x [0] : (tensor<1x32xf32>, tensor<32x10xf32>) -> tensor<1x10xf32>
  return %4 : tensor<1x10xf32>
}
// ---->
0: matmul.rows 1x64x32 bias relu input0, packed, packed -> arena+256; first of matmul.rows, matmul.tiled, xnnpack.fully_connected
1: matmul.rows 1x32x10 arena+256, packed -> arena+0; first of matmul.rows, matmul.tiled, xnnpack.fully_connected
arena 384 bytes (lower bound 384), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A depthwise convolution, then a batch normalization that goes into its weights.
//
// stage: plan
// weights: 1 2 3
func.func @main(%x: tensor<1x8x8x8xf32>, %v: tensor<3x3x1x8xf32>, %s: tensor<8xf32>, %o: tensor<8xf32>) -> tensor<1x8x8x8xf32> {
  %0 = stablehlo.convolution(%x, %v) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 8 : i64} : (tensor<1x8x8x8xf32>, tensor<3x3x1x8xf32>) -> tensor<1x8x8x8xf32>
  %1 = stablehlo.broadcast_in_dim %s, dims = [3] : (tensor<8xf32>) -> tensor<1x8x8x8xf32>
  %2 = stablehlo.multiply %0, %1 : tensor<1x8x8x8xf32>
  %3 = stablehlo.broadcast_in_dim %o, dims = [3] : (tensor<8xf32>) -> tensor<1x8x8x8xf32>
  %4 = stablehlo.add %2, %3 : tensor<1x8x8x8xf32>
  return %4 : tensor<1x8x8x8xf32>
}
// ---->
0: jump 4 unless constant0
1: depthwise 1x8x8x8 filter 3x3x8 padding 1,1,1,1 groups 8 bias input0, packed, packed -> arena+0; first of depthwise, convolution.patches
2: rescale *+ 64x8 arena+0, constant3, constant4, constant5 -> arena+0
3: jump 5
4: depthwise 1x8x8x8 filter 3x3x8 padding 1,1,1,1 groups 8 bias input0, packed, packed -> arena+0; first of depthwise, convolution.patches
arena 4096 bytes (lower bound 4096), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A masked softmax: the mask is a select before it.
//
// stage: plan
func.func @main(%s: tensor<2x8x8xf32>, %mask: tensor<8x8xi1>, %v: tensor<2x8x16xf32>) -> tensor<2x8x16xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %never = stablehlo.constant dense<-1.0e9> : tensor<2x8x8xf32>
  %m = stablehlo.broadcast_in_dim %mask, dims = [1, 2] : (tensor<8x8xi1>) -> tensor<2x8x8xi1>
  %0 = stablehlo.select %m, %s, %never : tensor<2x8x8xi1>, tensor<2x8x8xf32>
  %1 = stablehlo.reduce(%0 init: %lowest) applies stablehlo.maximum across dimensions = [2] : (tensor<2x8x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<2x8xf32>) -> tensor<2x8x8xf32>
  %3 = stablehlo.subtract %0, %2 : tensor<2x8x8xf32>
  %4 = stablehlo.exponential %3 : tensor<2x8x8xf32>
  %5 = stablehlo.reduce(%4 init: %zero) applies stablehlo.add across dimensions = [2] : (tensor<2x8x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %6 = stablehlo.broadcast_in_dim %5, dims = [0, 1] : (tensor<2x8xf32>) -> tensor<2x8x8xf32>
  %7 = stablehlo.divide %4, %6 : tensor<2x8x8xf32>
  %8 = stablehlo.dot_general %7, %v, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x8x8xf32>, tensor<2x8x16xf32>) -> tensor<2x8x16xf32>
  return %8 : tensor<2x8x16xf32>
}
// ---->
0: tile fusion select input1, input0 -> arena+3200
1: softmax 16x8 arena+3200 -> arena+3200
2: matmul.tiled_batch 2x8x8x16 arena+3200, input2 -> arena+2176 scratch arena+0; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
arena 3712 bytes (lower bound 3712), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// What follows a product is its epilogue. Its kernel takes the bias; a loop over the result does
// the rest, a residual and relu.
//
// stage: plan
// weights: 1 2
func.func @main(%x: tensor<16x32xf32>, %w: tensor<32x8xf32>, %b: tensor<8xf32>, %r: tensor<16x8xf32>) -> tensor<16x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<16x8xf32>
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<16x32xf32>, tensor<32x8xf32>) -> tensor<16x8xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<8xf32>) -> tensor<16x8xf32>
  %a = stablehlo.add %y, %bb : tensor<16x8xf32>
  %s = stablehlo.add %a, %r : tensor<16x8xf32>
  %t = stablehlo.maximum %s, %zero : tensor<16x8xf32>
  return %t : tensor<16x8xf32>
}
// ---->
0: matmul.tiled 16x32x8 bias then tiles add maximum input0, packed, packed, input1 -> arena+2048; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
arena 3072 bytes (lower bound 3072), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// Where the result is larger than a cache, the product does some rows, then the rest on these.
//
// stage: plan
// weights: 1
func.func @main(%x: tensor<4096x32xf32>, %w: tensor<32x64xf32>, %r: tensor<4096x64xf32>) -> tensor<4096x64xf32> {
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4096x32xf32>, tensor<32x64xf32>) -> tensor<4096x64xf32>
  %s = stablehlo.add %y, %r : tensor<4096x64xf32>
  return %s : tensor<4096x64xf32>
}
// ---->
0: matmul.tiled 4096x32x64 with tiles add input0, packed, input1 -> arena+0; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
arena 2621440 bytes (lower bound 2621440), literals 0 bytes, 0 jit functions in 0 bytes
