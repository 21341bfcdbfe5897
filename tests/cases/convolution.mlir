// SPDX-License-Identifier: Apache-2.0
//
// Convolutions: layouts, strides, dilations, groups, reversal, element types.

func.func @nhwc() {
  %0 = stablehlo.iota dim = 0 : tensor<32xf32>
  %1 = stablehlo.reshape %0 : (tensor<32xf32>) -> tensor<1x4x4x2xf32>
  %2 = stablehlo.constant dense<[[[[1.0], [2.0]], [[0.5], [-1.0]]], [[[3.0], [0.0]], [[-2.0], [1.0]]]]> : tensor<2x2x2x1xf32>
  %3 = stablehlo.convolution(%1, %2) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 1], pad = [[0, 1], [1, 0]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4x4x2xf32>, tensor<2x2x2x1xf32>) -> tensor<1x2x4x1xf32>
  check.expect_eq_const %3, dense<[[[[-8.0], [15.0], [24.0], [33.0]], [[-32.0], [87.0], [96.0], [105.0]]]]> : tensor<1x2x4x1xf32>
  return
}

// -----

func.func @nchw_dilated() {
  %0 = stablehlo.iota dim = 0 : tensor<18xf64>
  %1 = stablehlo.reshape %0 : (tensor<18xf64>) -> tensor<2x1x3x3xf64>
  %2 = stablehlo.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]], [[[-1.0, 0.0], [0.0, 1.0]]]]> : tensor<2x1x2x2xf64>
  %3 = stablehlo.convolution(%1, %2) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {pad = [[1, 0], [0, -1]], lhs_dilate = [1, 2], rhs_dilate = [2, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x1x3x3xf64>, tensor<2x1x2x2xf64>) -> tensor<2x2x2x3xf64>
  check.expect_eq_const %3, dense<[[[[9.0, 16.0, 12.0], [18.0, 30.0, 22.0]], [[0.0, 4.0, 0.0], [0.0, 7.0, -1.0]]], [[[36.0, 52.0, 39.0], [54.0, 84.0, 58.0]], [[0.0, 13.0, 0.0], [-9.0, 16.0, -10.0]]]]> : tensor<2x2x2x3xf64>
  return
}

// -----

func.func @depthwise() {
  %0 = stablehlo.iota dim = 0 : tensor<12xf32>
  %1 = stablehlo.reshape %0 : (tensor<12xf32>) -> tensor<1x6x2xf32>
  %2 = stablehlo.constant dense<[[[1.0, 10.0]], [[2.0, 20.0]], [[3.0, 30.0]]]> : tensor<3x1x2xf32>
  %3 = stablehlo.convolution(%1, %2) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 2 : i64} : (tensor<1x6x2xf32>, tensor<3x1x2xf32>) -> tensor<1x4x2xf32>
  check.expect_eq_const %3, dense<[[[16.0, 220.0], [28.0, 340.0], [40.0, 460.0], [52.0, 580.0]]]> : tensor<1x4x2xf32>
  return
}

// -----

func.func @batch_groups() {
  %0 = stablehlo.iota dim = 0 : tensor<8xf32>
  %1 = stablehlo.reshape %0 : (tensor<8xf32>) -> tensor<2x4x1xf32>
  %2 = stablehlo.constant dense<[[[1.0, 10.0]], [[2.0, 20.0]]]> : tensor<2x1x2xf32>
  %3 = stablehlo.convolution(%1, %2) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 2 : i64, feature_group_count = 1 : i64} : (tensor<2x4x1xf32>, tensor<2x1x2xf32>) -> tensor<1x3x2xf32>
  check.expect_eq_const %3, dense<[[[2.0, 140.0], [5.0, 170.0], [8.0, 200.0]]]> : tensor<1x3x2xf32>
  return
}

// -----

func.func @reversed() {
  %0 = stablehlo.constant dense<[[[1, 2, 3, 4]]]> : tensor<1x1x4xi32>
  %1 = stablehlo.constant dense<[[[1, 10, 100]]]> : tensor<1x1x3xi32>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, f, 0]x[o, i, 0]->[b, f, 0], window = {reverse = [true]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x1x4xi32>, tensor<1x1x3xi32>) -> tensor<1x1x2xi32>
  check.expect_eq_const %2, dense<[[[123, 234]]]> : tensor<1x1x2xi32>
  return
}

// -----

func.func @complex() {
  %0 = stablehlo.constant dense<[[[(1.0, 1.0), (2.0, 0.0), (0.0, 3.0)]]]> : tensor<1x1x3xcomplex<f32>>
  %1 = stablehlo.constant dense<[[[(0.0, 1.0), (1.0, 0.0)]]]> : tensor<1x1x2xcomplex<f32>>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, f, 0]x[o, i, 0]->[b, f, 0], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x1x3xcomplex<f32>>, tensor<1x1x2xcomplex<f32>>) -> tensor<1x1x2xcomplex<f32>>
  check.expect_eq_const %2, dense<[[[(1.0, 1.0), (0.0, 5.0)]]]> : tensor<1x1x2xcomplex<f32>>
  return
}

// -----

func.func @no_spatial_dimensions() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xbf16>
  %1 = stablehlo.constant dense<[[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]]> : tensor<2x3xbf16>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, f]x[i, o]->[b, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x2xbf16>, tensor<2x3xbf16>) -> tensor<2x3xbf16>
  check.expect_eq_const %2, dense<[[1.0, 2.0, 8.0], [3.0, 4.0, 18.0]]> : tensor<2x3xbf16>
  return
}

// -----

// Integers whose result is a float are summed as integers, wider than theirs.
func.func @integers_to_floats() {
  %0 = stablehlo.constant dense<[[[100], [-100], [50]]]> : tensor<1x3x1xi8>
  %1 = stablehlo.constant dense<[[[100]], [[-100]]]> : tensor<2x1x1xi8>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x3x1xi8>, tensor<2x1x1xi8>) -> tensor<1x2x1xf32>
  check.expect_eq_const %2, dense<[[[20000.0], [-15000.0]]]> : tensor<1x2x1xf32>
  return
}

// -----

func.func @transposed() {
  %0 = stablehlo.constant dense<[[[[2.0, 4.0], [3.0, 0.0]], [[4.0, 4.0], [4.0, -4.0]], [[0.0, 1.0], [-2.0, -1.0]]]]> : tensor<1x3x2x2xf32>
  %1 = stablehlo.constant dense<[[[[1.0, 2.0], [1.0, -2.0]], [[1.0, 3.0], [-2.0, 0.0]], [[-1.0, 3.0], [-3.0, 0.0]]]]> : tensor<1x3x2x2xf32>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[o, 0, 1, i]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[2, 1], [1, 1]], lhs_dilate = [2, 3], rhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) -> tensor<1x6x5x1xf32>
  check.expect_eq_const %2, dense<[[[[-6.0], [10.0], [0.0], [-9.0], [-3.0]], [[-4.0], [14.0], [0.0], [-6.0], [3.0]], [[-18.0], [18.0], [0.0], [-9.0], [-13.0]], [[-8.0], [16.0], [0.0], [-8.0], [-8.0]], [[-4.0], [15.0], [0.0], [18.0], [-5.0]], [[0.0], [3.0], [0.0], [4.0], [-5.0]]]]> : tensor<1x6x5x1xf32>
  return
}

// -----

func.func @transposed_in_groups() {
  %0 = stablehlo.constant dense<[[[4.0, -1.0, -3.0, 3.0], [4.0, 4.0, 4.0, -1.0], [2.0, 4.0, 1.0, 4.0], [1.0, -3.0, 0.0, 1.0]]]> : tensor<1x4x4xf32>
  %1 = stablehlo.constant dense<[[[-1.0, 1.0], [-1.0, 3.0], [-2.0, 1.0]], [[-3.0, -3.0], [0.0, 0.0], [0.0, 0.0]]]> : tensor<2x3x2xf32>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, f]x[o, 0, i]->[b, 0, f], window = {stride = [1], pad = [[1, 2]], lhs_dilate = [2], rhs_dilate = [1]} {batch_group_count = 1 : i64, feature_group_count = 2 : i64} : (tensor<1x4x4xf32>, tensor<2x3x2xf32>) -> tensor<1x8x2xf32>
  check.expect_eq_const %2, dense<[[[-7.0, 0.0], [-9.0, 0.0], [8.0, 0.0], [0.0, -9.0], [10.0, 0.0], [-3.0, -15.0], [-10.0, 0.0], [-4.0, -3.0]]]> : tensor<1x8x2xf32>
  return
}

// -----

func.func @dilated_by_what_divides() {
  %0 = stablehlo.constant dense<[[[3.0], [0.0], [-1.0], [4.0]]]> : tensor<1x4x1xf32>
  %1 = stablehlo.constant dense<[[[3.0], [-1.0]]]> : tensor<1x2x1xf32>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, f]x[o, 0, i]->[b, 0, f], window = {stride = [2], pad = [[2, 2]], lhs_dilate = [2], rhs_dilate = [2]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4x1xf32>, tensor<1x2x1xf32>) -> tensor<1x5x1xf32>
  check.expect_eq_const %2, dense<[[[-3.0], [9.0], [1.0], [-7.0], [12.0]]]> : tensor<1x5x1xf32>
  return
}

// -----

func.func @three_dimensions() {
  %0 = stablehlo.constant dense<[[[[[-3.0, -2.0], [-3.0, 0.0]], [[1.0, 1.0], [4.0, 4.0]], [[0.0, 1.0], [-4.0, -2.0]]], [[[4.0, 4.0], [-4.0, 0.0]], [[0.0, 2.0], [-3.0, 0.0]], [[-1.0, -3.0], [3.0, 2.0]]], [[[-3.0, 2.0], [0.0, -3.0]], [[1.0, 0.0], [0.0, -1.0]], [[4.0, -3.0], [4.0, -3.0]]]]]> : tensor<1x3x3x2x2xf32>
  %1 = stablehlo.constant dense<[[[[[2.0], [3.0]], [[-3.0], [3.0]]], [[[-3.0], [-1.0]], [[0.0], [2.0]]]], [[[[-2.0], [-3.0]], [[-1.0], [3.0]]], [[[-1.0], [0.0]], [[-3.0], [2.0]]]]]> : tensor<2x2x2x2x1xf32>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, 1, 2, f]x[o, 0, 1, 2, i]->[b, 0, 1, 2, f], window = {stride = [1, 1, 1], pad = [[1, 0], [0, 1], [0, 0]], lhs_dilate = [1, 1, 1], rhs_dilate = [1, 1, 1]} {batch_group_count = 1 : i64, feature_group_count = 2 : i64} : (tensor<1x3x3x2x2xf32>, tensor<2x2x2x2x1xf32>) -> tensor<1x3x3x1x2xf32>
  check.expect_eq_const %2, dense<[[[[[20.0, 7.0]], [[-15.0, -8.0]], [[4.0, -1.0]]], [[[-20.0, 5.0]], [[11.0, -10.0]], [[-12.0, 7.0]]], [[[-4.0, -14.0]], [[8.0, 8.0]], [[-9.0, 3.0]]]]]> : tensor<1x3x3x1x2xf32>
  return
}
