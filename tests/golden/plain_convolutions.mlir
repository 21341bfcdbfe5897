// SPDX-License-Identifier: Apache-2.0
//
// Convolutions become ones that kernels have. A transposed convolution falls into phases of its
// result: the even places see one tap, the odd ones two.
//
// stage: plain-convolutions
func.func @main(%x: tensor<1x5x3xf32>, %w: tensor<3x3x2xf32>) -> tensor<1x9x2xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {pad = [[1, 1]], lhs_dilate = [2]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x3xf32>, tensor<3x3x2xf32>) -> tensor<1x9x2xf32>
  return %0 : tensor<1x9x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x5x3xf32>, %arg1: tensor<3x3x2xf32>) -> tensor<1x9x2xf32> {
    %0 = stablehlo.transpose %arg1, dims = [2, 0, 1] : (tensor<3x3x2xf32>) -> tensor<2x3x3xf32>
    %1 = stablehlo.slice %0 [0:2, 1:2:2, 0:3] : (tensor<2x3x3xf32>) -> tensor<2x1x3xf32>
    %2 = stablehlo.convolution(%arg0, %1) dim_numbers = [b, 0, f]x[o, 0, i]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x3xf32>, tensor<2x1x3xf32>) -> tensor<1x5x2xf32>
    %3 = stablehlo.slice %0 [0:2, 0:3:2, 0:3] : (tensor<2x3x3xf32>) -> tensor<2x2x3xf32>
    %4 = stablehlo.convolution(%arg0, %3) dim_numbers = [b, 0, f]x[o, 0, i]->[b, 0, f], window = {pad = [[0, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x3xf32>, tensor<2x2x3xf32>) -> tensor<1x5x2xf32>
    %5 = stablehlo.reshape %2 : (tensor<1x5x2xf32>) -> tensor<1x5x1x2xf32>
    %6 = stablehlo.reshape %4 : (tensor<1x5x2xf32>) -> tensor<1x5x1x2xf32>
    %7 = stablehlo.concatenate %5, %6, dim = 2 : (tensor<1x5x1x2xf32>, tensor<1x5x1x2xf32>) -> tensor<1x5x2x2xf32>
    %8 = stablehlo.reshape %7 : (tensor<1x5x2x2xf32>) -> tensor<1x10x2xf32>
    %9 = stablehlo.slice %8 [0:1, 0:9, 0:2] : (tensor<1x10x2xf32>) -> tensor<1x9x2xf32>
    return %9 : tensor<1x9x2xf32>
  }
}
// -----
// Batch groups are feature groups, a reversal is one of the filter, and halves are computed in f32.
//
// stage: plain-convolutions
func.func @main(%x: tensor<4x5x3xf16>, %w: tensor<3x3x2xf16>) -> tensor<2x3x2xf16> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {reverse = [true]} {batch_group_count = 2 : i64, feature_group_count = 1 : i64} : (tensor<4x5x3xf16>, tensor<3x3x2xf16>) -> tensor<2x3x2xf16>
  return %0 : tensor<2x3x2xf16>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x5x3xf16>, %arg1: tensor<3x3x2xf16>) -> tensor<2x3x2xf16> {
    %0 = stablehlo.convert %arg0 : (tensor<4x5x3xf16>) -> tensor<4x5x3xf32>
    %1 = stablehlo.convert %arg1 : (tensor<3x3x2xf16>) -> tensor<3x3x2xf32>
    %2 = stablehlo.transpose %1, dims = [2, 0, 1] : (tensor<3x3x2xf32>) -> tensor<2x3x3xf32>
    %3 = stablehlo.reverse %2, dims = [1] : tensor<2x3x3xf32>
    %4 = stablehlo.reshape %0 : (tensor<4x5x3xf32>) -> tensor<2x2x5x3xf32>
    %5 = stablehlo.transpose %4, dims = [1, 2, 0, 3] : (tensor<2x2x5x3xf32>) -> tensor<2x5x2x3xf32>
    %6 = stablehlo.reshape %5 : (tensor<2x5x2x3xf32>) -> tensor<2x5x6xf32>
    %7 = stablehlo.convolution(%6, %3) dim_numbers = [b, 0, f]x[o, 0, i]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 2 : i64} : (tensor<2x5x6xf32>, tensor<2x3x3xf32>) -> tensor<2x3x2xf32>
    %8 = stablehlo.convert %7 : (tensor<2x3x2xf32>) -> tensor<2x3x2xf16>
    return %8 : tensor<2x3x2xf16>
  }
}
// -----
// A plain one stays.
//
// stage: plain-convolutions
func.func @main(%x: tensor<1x5x3xf32>, %w: tensor<3x3x2xf32>) -> tensor<1x3x2xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x3xf32>, tensor<3x3x2xf32>) -> tensor<1x3x2xf32>
  return %0 : tensor<1x3x2xf32>
}
// ----> the same
