// SPDX-License-Identifier: Apache-2.0
//
// NHWC pooling.

func.func @max_and_sum() {
  %0 = stablehlo.constant dense<[[[[1.0, -1.0], [2.0, -2.0], [3.0, -3.0]], [[4.0, -4.0], [5.0, -5.0], [6.0, -6.0]]]]> : tensor<1x2x3x2xf32>
  %1 = "webhlo.max_pool2d"(%0) {window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 1, 0>} : (tensor<1x2x3x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = "webhlo.sum_pool2d"(%0) {window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 1, 0>} : (tensor<1x2x3x2xf32>) -> tensor<1x1x2x2xf32>
  %3 = "webhlo.max_pool2d"(%0) {window_dimensions = array<i64: 1, 2>, window_dilations = array<i64: 1, 2>} : (tensor<1x2x3x2xf32>) -> tensor<1x2x1x2xf32>
  check.expect_eq_const %1, dense<[[[[4.0, -1.0], [6.0, -2.0]]]]> : tensor<1x1x2x2xf32>
  check.expect_eq_const %2, dense<[[[[5.0, -5.0], [16.0, -16.0]]]]> : tensor<1x1x2x2xf32>
  check.expect_eq_const %3, dense<[[[[3.0, -1.0]], [[6.0, -4.0]]]]> : tensor<1x2x1x2xf32>
  return
}

// -----

func.func @holes_between_elements() {
  %0 = stablehlo.constant dense<[[[[1.0], [2.0]], [[3.0], [4.0]]]]> : tensor<1x2x2x1xf32>
  %1 = "webhlo.sum_pool2d"(%0) {window_dimensions = array<i64: 2, 2>, base_dilations = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>} : (tensor<1x2x2x1xf32>) -> tensor<1x4x4x1xf32>
  %2 = stablehlo.constant dense<[[[[1.0], [-2.0], [3.0]]]]> : tensor<1x1x3x1xf32>
  %3 = "webhlo.max_pool2d"(%2) {window_dimensions = array<i64: 1, 2>, base_dilations = array<i64: 1, 3>, window_dilations = array<i64: 1, 2>} : (tensor<1x1x3x1xf32>) -> tensor<1x1x5x1xf32>
  check.expect_eq_const %1, dense<[[[[1.0], [1.0], [2.0], [2.0]], [[1.0], [1.0], [2.0], [2.0]], [[3.0], [3.0], [4.0], [4.0]], [[3.0], [3.0], [4.0], [4.0]]]]> : tensor<1x4x4x1xf32>
  check.expect_eq_const %3, dense<[[[[1.0], [-2.0], [0xFF800000], [-2.0], [3.0]]]]> : tensor<1x1x5x1xf32>
  return
}
