// SPDX-License-Identifier: Apache-2.0
//
// Matrix products in all forms, checked against stablehlo.dot_general.

func.func @transposed_rhs_bias() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %1 = stablehlo.constant dense<[[1.0, -1.0], [0.5, 2.0]]> : tensor<2x2xf32>
  %2 = stablehlo.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %3 = "webhlo.matmul"(%0, %1, %2) {transpose_rhs = true} : (tensor<3x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %3, dense<[[9.0, 24.5], [9.0, 29.5], [9.0, 34.5]]> : tensor<3x2xf32>
  return
}

// -----

func.func @batched() {
  %0 = stablehlo.iota dim = 0 : tensor<24xf32>
  %1 = stablehlo.reshape %0 : (tensor<24xf32>) -> tensor<2x4x3xf32>
  %2 = stablehlo.reshape %0 : (tensor<24xf32>) -> tensor<2x3x4xf32>
  %3 = stablehlo.dot_general %1, %2, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x4x3xf32>, tensor<2x3x4xf32>) -> tensor<2x4x4xf32>
  %4 = "webhlo.matmul"(%1, %2) : (tensor<2x4x3xf32>, tensor<2x3x4xf32>) -> tensor<2x4x4xf32>
  %5 = stablehlo.dot_general %1, %1, batching_dims = [0] x [0], contracting_dims = [1] x [1] : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x3x3xf32>
  %6 = "webhlo.matmul"(%1, %1) {transpose_lhs = true} : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x3x3xf32>
  check.expect_eq %4, %3 : tensor<2x4x4xf32>
  check.expect_eq %6, %5 : tensor<2x3x3xf32>
  return
}

// -----

func.func @one_rhs_clamped() {
  %0 = stablehlo.constant dense<[[[1.0, 2.0]], [[-3.0, 4.0]]]> : tensor<2x1x2xf32>
  %1 = stablehlo.constant dense<[[1.0, 0.0], [0.0, 1.0]]> : tensor<2x2xf32>
  %2 = "webhlo.matmul"(%0, %1) {clamp_min = 0.0 : f32, clamp_max = 3.0 : f32} : (tensor<2x1x2xf32>, tensor<2x2xf32>) -> tensor<2x1x2xf32>
  check.expect_eq_const %2, dense<[[[1.0, 2.0]], [[0.0, 3.0]]]> : tensor<2x1x2xf32>
  return
}

// -----

// Wider than a panel of packed columns.
func.func @wide() {
  %0 = stablehlo.iota dim = 1 : tensor<5x4xf32>
  %1 = stablehlo.iota dim = 1 : tensor<4x19xf32>
  %2 = "webhlo.matmul"(%0, %1) : (tensor<5x4xf32>, tensor<4x19xf32>) -> tensor<5x19xf32>
  %3 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<5x4xf32>, tensor<4x19xf32>) -> tensor<5x19xf32>
  check.expect_eq %2, %3 : tensor<5x19xf32>
  return
}
