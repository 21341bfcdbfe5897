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
  %3 = "webhlo.conv2d"(%0, %1, %2) <{feature_group_count = 2 : i64}> ({
  ^bb0(%y: tensor<1x1x2x2xf32>, %v: tensor<2xf32>):
    %b = stablehlo.broadcast_in_dim %v, dims = [3] : (tensor<2xf32>) -> tensor<1x1x2x2xf32>
    %a = stablehlo.add %y, %b : tensor<1x1x2x2xf32>
    %low = stablehlo.constant dense<0.0> : tensor<1x1x2x2xf32>
    %c = stablehlo.maximum %a, %low : tensor<1x1x2x2xf32>
    %high = stablehlo.constant dense<6.0> : tensor<1x1x2x2xf32>
    %d = stablehlo.minimum %c, %high : tensor<1x1x2x2xf32>
    stablehlo.return %d : tensor<1x1x2x2xf32>
  }) : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x2x2xf32>
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

// -----

// A residual, then relu: what is not a number stays so.
func.func @residual_and_relu() {
  %0 = stablehlo.constant dense<[[[[1.0], [2.0], [-3.0]]]]> : tensor<1x1x3x1xf32>
  %1 = stablehlo.constant dense<2.0> : tensor<1x1x1x1xf32>
  %2 = stablehlo.constant dense<[[[[-4.0], [0x7FC00000], [0x7F800000]]]]> : tensor<1x1x3x1xf32>
  %3 = "webhlo.conv2d"(%0, %1, %2) ({
  ^bb0(%y: tensor<1x1x3x1xf32>, %r: tensor<1x1x3x1xf32>):
    %zero = stablehlo.constant dense<0.0> : tensor<1x1x3x1xf32>
    %a = stablehlo.add %y, %r : tensor<1x1x3x1xf32>
    %b = stablehlo.maximum %a, %zero : tensor<1x1x3x1xf32>
    stablehlo.return %b : tensor<1x1x3x1xf32>
  }) : (tensor<1x1x3x1xf32>, tensor<1x1x1x1xf32>, tensor<1x1x3x1xf32>) -> tensor<1x1x3x1xf32>
  check.expect_eq_const %3, dense<[[[[0.0], [0x7FC00000], [0x7F800000]]]]> : tensor<1x1x3x1xf32>
  return
}

// -----

// Channels enough for Winograd's form, over all kinds of borders.
func.func @many_channels() {
  %0 = stablehlo.constant dense<1.0> : tensor<1x8x8x32xf32>
  %1 = stablehlo.constant dense<1.0> : tensor<32x3x3x32xf32>
  %2 = "webhlo.conv2d"(%0, %1) {padding = array<i64: 1, 1, 1, 1>} : (tensor<1x8x8x32xf32>, tensor<32x3x3x32xf32>) -> tensor<1x8x8x32xf32>
  %3 = stablehlo.constant dense<[[[128.0, 192.0, 192.0, 192.0, 192.0, 192.0, 192.0, 128.0],
    [192.0, 288.0, 288.0, 288.0, 288.0, 288.0, 288.0, 192.0],
    [192.0, 288.0, 288.0, 288.0, 288.0, 288.0, 288.0, 192.0],
    [192.0, 288.0, 288.0, 288.0, 288.0, 288.0, 288.0, 192.0],
    [192.0, 288.0, 288.0, 288.0, 288.0, 288.0, 288.0, 192.0],
    [192.0, 288.0, 288.0, 288.0, 288.0, 288.0, 288.0, 192.0],
    [192.0, 288.0, 288.0, 288.0, 288.0, 288.0, 288.0, 192.0],
    [128.0, 192.0, 192.0, 192.0, 192.0, 192.0, 192.0, 128.0]]]> : tensor<1x8x8xf32>
  %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1, 2] : (tensor<1x8x8xf32>) -> tensor<1x8x8x32xf32>
  check.expect_close %2, %4, max_ulp_difference = 8 : tensor<1x8x8x32xf32>, tensor<1x8x8x32xf32>
  return
}
