// SPDX-License-Identifier: Apache-2.0
//
// NHWC convolution, checked against stablehlo.convolution; bias, clamps and groups.

func.func @agrees_with_convolution() {
  %0 = stablehlo.iota dim = 0 : tensor<50xf32>
  %1 = stablehlo.reshape %0 : (tensor<50xf32>) -> tensor<1x5x5x2xf32>
  %2 = stablehlo.iota dim = 0 : tensor<54xf32>
  %3 = stablehlo.constant dense<-20.0> : tensor<54xf32>
  %4 = stablehlo.add %2, %3 : tensor<54xf32>
  %5 = stablehlo.reshape %4 : (tensor<54xf32>) -> tensor<3x3x3x2xf32>
  %6 = stablehlo.convolution(%1, %5) dim_numbers = [b, 0, 1, f]x[o, 0, 1, i]->[b, 0, 1, f], window = {stride = [2, 1], pad = [[1, 1], [0, 2]], rhs_dilate = [1, 2]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x5x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x3x3x3xf32>
  %7 = "webhlo.conv2d"(%1, %5) {window_strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 2>, rhs_dilation = array<i64: 1, 2>} : (tensor<1x5x5x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x3x3x3xf32>
  check.expect_eq %7, %6 : tensor<1x3x3x3xf32>
  return
}

// -----

func.func @depthwise_bias_clamp() {
  %0 = stablehlo.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %1 = stablehlo.constant dense<[[[[2.0]]], [[[-3.0]]]]> : tensor<2x1x1x1xf32>
  %2 = stablehlo.constant dense<[0.5, 10.0]> : tensor<2xf32>
  %3 = "webhlo.conv2d"(%0, %1, %2) {feature_group_count = 2 : i64, clamp_min = 0.0 : f32, clamp_max = 6.0 : f32} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x2x2xf32>
  check.expect_eq_const %3, dense<[[[[2.5, 4.0], [6.0, 0.0]]]]> : tensor<1x1x2x2xf32>
  return
}

// -----

// A product of pixels and channels.
func.func @pointwise() {
  %0 = stablehlo.iota dim = 3 : tensor<1x2x3x4xf32>
  %1 = stablehlo.iota dim = 0 : tensor<19x1x1x4xf32>
  %2 = "webhlo.conv2d"(%0, %1) : (tensor<1x2x3x4xf32>, tensor<19x1x1x4xf32>) -> tensor<1x2x3x19xf32>
  %3 = stablehlo.iota dim = 3 : tensor<1x2x3x19xf32>
  %4 = stablehlo.constant dense<6.0> : tensor<1x2x3x19xf32>
  %5 = stablehlo.multiply %3, %4 : tensor<1x2x3x19xf32>
  check.expect_eq %2, %5 : tensor<1x2x3x19xf32>
  return
}
