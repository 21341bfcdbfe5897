// SPDX-License-Identifier: Apache-2.0
//
// Matrix products in all forms, checked against stablehlo.dot_general.

func.func @transposed_rhs_with_bias() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %1 = stablehlo.constant dense<[[1.0, -1.0], [0.5, 2.0]]> : tensor<2x2xf32>
  %2 = stablehlo.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %3 = "webhlo.matmul"(%0, %1, %2) <{transpose_rhs = true}> ({
  ^bb0(%y: tensor<3x2xf32>, %v: tensor<2xf32>):
    %b = stablehlo.broadcast_in_dim %v, dims = [1] : (tensor<2xf32>) -> tensor<3x2xf32>
    %a = stablehlo.add %y, %b : tensor<3x2xf32>
    stablehlo.return %a : tensor<3x2xf32>
  }) : (tensor<3x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
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
  %2 = "webhlo.matmul"(%0, %1) ({
  ^bb0(%y: tensor<2x1x2xf32>):
    %low = stablehlo.constant dense<0.0> : tensor<2x1x2xf32>
    %high = stablehlo.constant dense<3.0> : tensor<2x1x2xf32>
    %a = stablehlo.maximum %y, %low : tensor<2x1x2xf32>
    %b = stablehlo.minimum %a, %high : tensor<2x1x2xf32>
    stablehlo.return %b : tensor<2x1x2xf32>
  }) : (tensor<2x1x2xf32>, tensor<2x2xf32>) -> tensor<2x1x2xf32>
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

// -----

// A mask, a residual, and the product seen twice: y * y + r where the mask is set, else y.
func.func @any_epilogue() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %1 = stablehlo.constant dense<[[1.0, 0.0], [0.0, -1.0]]> : tensor<2x2xf32>
  %2 = stablehlo.constant dense<[[10.0, 20.0], [0x7FC00000, -0.0]]> : tensor<2x2xf32>
  %3 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %4 = "webhlo.matmul"(%0, %1, %2, %3) ({
  ^bb0(%y: tensor<2x2xf32>, %r: tensor<2x2xf32>, %m: tensor<2xi1>):
    %b = stablehlo.broadcast_in_dim %m, dims = [1] : (tensor<2xi1>) -> tensor<2x2xi1>
    %s = stablehlo.multiply %y, %y : tensor<2x2xf32>
    %a = stablehlo.add %s, %r : tensor<2x2xf32>
    %c = stablehlo.select %b, %a, %y : tensor<2x2xi1>, tensor<2x2xf32>
    stablehlo.return %c : tensor<2x2xf32>
  }) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2xi1>) -> tensor<2x2xf32>
  check.expect_eq_const %4, dense<[[11.0, -2.0], [0x7FC00000, -4.0]]> : tensor<2x2xf32>
  return
}

// -----

// Weights that are large enough to be stored in fewer bits, for few rows and for many.
func.func @large_weights() {
  %0 = stablehlo.iota dim = 1 : tensor<1x130xf32>
  %1 = stablehlo.iota dim = 0 : tensor<6x130xf32>
  %2 = stablehlo.iota dim = 0 : tensor<130x35xf32>
  %3 = "webhlo.matmul"(%0, %2) : (tensor<1x130xf32>, tensor<130x35xf32>) -> tensor<1x35xf32>
  %4 = stablehlo.dot_general %0, %2, contracting_dims = [1] x [0] : (tensor<1x130xf32>, tensor<130x35xf32>) -> tensor<1x35xf32>
  %5 = "webhlo.matmul"(%1, %2) : (tensor<6x130xf32>, tensor<130x35xf32>) -> tensor<6x35xf32>
  %6 = stablehlo.dot_general %1, %2, contracting_dims = [1] x [0] : (tensor<6x130xf32>, tensor<130x35xf32>) -> tensor<6x35xf32>
  check.expect_eq %3, %4 : tensor<1x35xf32>
  check.expect_eq %5, %6 : tensor<6x35xf32>
  return
}
