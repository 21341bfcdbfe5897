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
