// SPDX-License-Identifier: Apache-2.0
//
// Rows of a table by their numbers: one gather, whose table is read where it lies.
//
// stage: plan
// weights: 1
func.func @main(%ids: tensor<1x7xi32>, %table: tensor<50x16xf32>) -> tensor<1x7x16xf32> {
  %0 = "stablehlo.gather"(%table, %ids) {dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, indices_are_sorted = false, slice_sizes = array<i64: 1, 16>} : (tensor<50x16xf32>, tensor<1x7xi32>) -> tensor<1x7x16xf32>
  return %0 : tensor<1x7x16xf32>
}
// ---->
0: move.gather tensor<50x16xf32> -> tensor<1x7x16xf32> constant0, input0 -> arena+0
arena 512 bytes (lower bound 512), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A cache of keys takes a new row in its own place when it dies there; contiguous slices are no
// steps.
//
// stage: plan
func.func @main(%cache: tensor<128x32xf32>, %row: tensor<1x32xf32>, %at: tensor<i32>) -> (tensor<128x32xf32>, tensor<64x32xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %doubled = stablehlo.add %cache, %cache : tensor<128x32xf32>
  %0 = stablehlo.dynamic_update_slice %doubled, %row, %at, %zero : (tensor<128x32xf32>, tensor<1x32xf32>, tensor<i32>, tensor<i32>) -> tensor<128x32xf32>
  %1 = stablehlo.slice %0 [64:128, 0:32] : (tensor<128x32xf32>) -> tensor<64x32xf32>
  return %0, %1 : tensor<128x32xf32>, tensor<64x32xf32>
}
// ---->
0: tile fusion add input0 -> arena+0
1: move.dynamic_update_slice tensor<128x32xf32> -> tensor<128x32xf32> arena+0, input1, input2, literal+0 -> arena+0
arena 32960 bytes (lower bound 32960), literals 4 bytes, 0 jit functions in 0 bytes
// -----
// The gradient of such a table: rows are added where they came from, several of them to one.
//
// stage: plan
func.func @main(%ids: tensor<7x1xi32>, %rows: tensor<7x16xf32>) -> tensor<50x16xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<50x16xf32>
  %0 = "stablehlo.scatter"(%zero, %ids, %rows) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %sum = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %sum : tensor<f32>
  }) : (tensor<50x16xf32>, tensor<7x1xi32>, tensor<7x16xf32>) -> tensor<50x16xf32>
  return %0 : tensor<50x16xf32>
}
// ---->
0: reduction tensor<7x16xf32> into tensor<50x16xf32> literal+0, input0, input1 -> arena+0; first of reduction, tiles
arena 3712 bytes (lower bound 3712), literals 3200 bytes, 0 jit functions in 0 bytes
// -----
// What a decoder keeps of its layers: the rows are computed where they are to lie together, though
// others read them first, and no step concatenates them.
//
// stage: plan
func.func @main(%k: tensor<2x1x16xf32>, %new: tensor<1x16xf32>, %q: tensor<16x1xf32>) -> (tensor<2x1x16xf32>, tensor<1x1xf32>) {
  %0 = stablehlo.slice %k [0:1, 0:1, 0:16] : (tensor<2x1x16xf32>) -> tensor<1x1x16xf32>
  %1 = stablehlo.reshape %0 : (tensor<1x1x16xf32>) -> tensor<1x16xf32>
  %2 = stablehlo.add %1, %new : tensor<1x16xf32>
  %3 = stablehlo.dot_general %2, %q, contracting_dims = [1] x [0] : (tensor<1x16xf32>, tensor<16x1xf32>) -> tensor<1x1xf32>
  %4 = stablehlo.slice %k [1:2, 0:1, 0:16] : (tensor<2x1x16xf32>) -> tensor<1x1x16xf32>
  %5 = stablehlo.reshape %4 : (tensor<1x1x16xf32>) -> tensor<1x16xf32>
  %6 = stablehlo.multiply %5, %new : tensor<1x16xf32>
  %7 = stablehlo.reshape %2 : (tensor<1x16xf32>) -> tensor<1x1x16xf32>
  %8 = stablehlo.reshape %6 : (tensor<1x16xf32>) -> tensor<1x1x16xf32>
  %9 = stablehlo.concatenate %7, %8, dim = 0 : (tensor<1x1x16xf32>, tensor<1x1x16xf32>) -> tensor<2x1x16xf32>
  return %9, %3 : tensor<2x1x16xf32>, tensor<1x1xf32>
}
// ---->
0: tile fusion add input0, input1 -> arena+0
1: matmul.few_rows 1x1x16x1 arena+0, input2 -> arena+320; first of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
2: tile fusion multiply input0+64, input1 -> arena+64
arena 448 bytes (lower bound 448), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// What cannot be computed there is copied: an input, and a value that is there once already. Where
// that is most of it, or rows do not begin at multiples of 64 bytes, they are concatenated.
//
// stage: plan
func.func @main(%x: tensor<1x16xf32>, %y: tensor<1x8xf32>, %z: tensor<3x16xf32>) -> (tensor<4x16xf32>, tensor<2x8xf32>, tensor<4x16xf32>) {
  %0 = stablehlo.sine %x : tensor<1x16xf32>
  %5 = stablehlo.tanh %x : tensor<1x16xf32>
  %1 = stablehlo.concatenate %0, %x, %5, %0, dim = 0 : (tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32>) -> tensor<4x16xf32>
  %2 = stablehlo.cosine %y : tensor<1x8xf32>
  %3 = stablehlo.tanh %y : tensor<1x8xf32>
  %4 = stablehlo.concatenate %2, %3, dim = 0 : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<2x8xf32>
  %6 = stablehlo.concatenate %5, %z, dim = 0 : (tensor<1x16xf32>, tensor<3x16xf32>) -> tensor<4x16xf32>
  return %1, %4, %6 : tensor<4x16xf32>, tensor<2x8xf32>, tensor<4x16xf32>
}
// ---->
0: tile fusion sine input0 -> arena+0
1: tile fusion tanh input0 -> arena+128
2: copy 64 bytes input0 -> arena+64
3: copy 64 bytes arena+0 -> arena+192
4: tile fusion cosine input1 -> arena+320
5: tile fusion tanh input1 -> arena+384
6: move.concatenate tensor<1x8xf32> -> tensor<2x8xf32> arena+320, arena+384 -> arena+704
7: move.concatenate tensor<1x16xf32> -> tensor<4x16xf32> arena+128, input2 -> arena+256
arena 768 bytes (lower bound 768), literals 0 bytes, 0 jit functions in 0 bytes
