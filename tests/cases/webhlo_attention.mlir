// SPDX-License-Identifier: Apache-2.0
//
// Attention, checked against the two products and the softmax that it stands for.

func.func @one_query() {
  %q = stablehlo.constant dense<[[1.0, 0.0]]> : tensor<1x2xf32>
  %k = stablehlo.constant dense<[[0.0, 0.0, 0.0], [5.0, 6.0, 7.0]]> : tensor<2x3xf32>
  %v = stablehlo.constant dense<[[1.0, 10.0], [2.0, 20.0], [6.0, 30.0]]> : tensor<3x2xf32>
  %y = "webhlo.attention"(%q, %k, %v) : (tensor<1x2xf32>, tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<1x2xf32>
  check.expect_almost_eq_const %y, dense<[[3.0, 20.0]]> : tensor<1x2xf32>
  return
}

// -----

// A mask of each query, a scale; rows of which nothing is left are zeros.
func.func @masked() {
  %q = stablehlo.constant dense<[[[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]]]> : tensor<2x3x1xf32>
  %k = stablehlo.constant dense<0.0> : tensor<2x2x1xf32>
  %v = stablehlo.constant dense<[[[4.0, 8.0]], [[1.0, 2.0]]]> : tensor<2x1x2xf32>
  %mask = stablehlo.constant dense<[[0.0, 0.0], [0xFF800000, 0.0], [0xFF800000, 0xFF800000]]> : tensor<3x2xf32>
  %y = "webhlo.attention"(%q, %k, %v, %mask) <{transpose_keys = true, transpose_values = true, zero_masked_rows = true}> ({
  ^bb0(%s: tensor<2x3x2xf32>, %m: tensor<3x2xf32>):
    %half = stablehlo.constant dense<0.5> : tensor<2x3x2xf32>
    %a = stablehlo.multiply %s, %half : tensor<2x3x2xf32>
    %b = stablehlo.broadcast_in_dim %m, dims = [1, 2] : (tensor<3x2xf32>) -> tensor<2x3x2xf32>
    %c = stablehlo.add %a, %b : tensor<2x3x2xf32>
    stablehlo.return %c : tensor<2x3x2xf32>
  }) : (tensor<2x3x1xf32>, tensor<2x2x1xf32>, tensor<2x1x2xf32>, tensor<3x2xf32>) -> tensor<2x3x1xf32>
  check.expect_eq_const %y, dense<[[[6.0], [8.0], [0.0]], [[1.5], [2.0], [0.0]]]> : tensor<2x3x1xf32>
  return
}

// -----

// Rows of -infinity are NaN otherwise, as softmax of them is.
func.func @masked_rows_are_nan() {
  %q = stablehlo.constant dense<[[1.0], [0.0]]> : tensor<2x1xf32>
  %k = stablehlo.constant dense<0xFF800000> : tensor<1x2xf32>
  %v = stablehlo.constant dense<1.0> : tensor<2x1xf32>
  %y = "webhlo.attention"(%q, %k, %v) : (tensor<2x1xf32>, tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  check.expect_eq_const %y, dense<0x7FC00000> : tensor<2x1xf32>
  return
}

// -----

// More keys than a panel, more queries than a tile, two batches.
func.func @sizes() {
  %0 = stablehlo.iota dim = 0 : tensor<570xf32>
  %1 = stablehlo.constant dense<0.37> : tensor<570xf32>
  %2 = stablehlo.multiply %0, %1 : tensor<570xf32>
  %3 = stablehlo.sine %2 : tensor<570xf32>
  %q = stablehlo.reshape %3 : (tensor<570xf32>) -> tensor<2x57x5xf32>
  %4 = stablehlo.slice %3 [0:350] : (tensor<570xf32>) -> tensor<350xf32>
  %k = stablehlo.reshape %4 : (tensor<350xf32>) -> tensor<2x35x5xf32>
  %5 = stablehlo.slice %3 [80:570] : (tensor<570xf32>) -> tensor<490xf32>
  %v = stablehlo.reshape %5 : (tensor<490xf32>) -> tensor<2x35x7xf32>
  %y = "webhlo.attention"(%q, %k, %v) {transpose_keys = true} : (tensor<2x57x5xf32>, tensor<2x35x5xf32>, tensor<2x35x7xf32>) -> tensor<2x57x7xf32>
  %s = "webhlo.matmul"(%q, %k) {transpose_rhs = true} : (tensor<2x57x5xf32>, tensor<2x35x5xf32>) -> tensor<2x57x35xf32>
  %p = "webhlo.softmax"(%s) : (tensor<2x57x35xf32>) -> tensor<2x57x35xf32>
  %w = "webhlo.matmul"(%p, %v) : (tensor<2x57x35xf32>, tensor<2x35x7xf32>) -> tensor<2x57x7xf32>
  check.expect_almost_eq %y, %w, tolerance = 1.0e-5 : tensor<2x57x7xf32>
  return
}

// -----

func.func @half_precision() {
  %q = stablehlo.constant dense<[[0.0]]> : tensor<1x1xf16>
  %k = stablehlo.constant dense<[[1.0, 2.0]]> : tensor<1x2xf16>
  %v = stablehlo.constant dense<[[1.0], [3.0]]> : tensor<2x1xf16>
  %y = "webhlo.attention"(%q, %k, %v) : (tensor<1x1xf16>, tensor<1x2xf16>, tensor<2x1xf16>) -> tensor<1x1xf16>
  check.expect_eq_const %y, dense<[[2.0]]> : tensor<1x1xf16>
  return
}
