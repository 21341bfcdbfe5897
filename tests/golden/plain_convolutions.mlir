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

// -----

// Batch groups are feature groups, a reversal is one of the filter, and halves are computed in f32.
//
// stage: plain-convolutions
func.func @main(%x: tensor<4x5x3xf16>, %w: tensor<3x3x2xf16>) -> tensor<2x3x2xf16> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {reverse = [true]} {batch_group_count = 2 : i64, feature_group_count = 1 : i64} : (tensor<4x5x3xf16>, tensor<3x3x2xf16>) -> tensor<2x3x2xf16>
  return %0 : tensor<2x3x2xf16>
}
// ---->

// -----

// A plain one stays.
//
// stage: plain-convolutions
func.func @main(%x: tensor<1x5x3xf32>, %w: tensor<3x3x2xf32>) -> tensor<1x3x2xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x3xf32>, tensor<3x3x2xf32>) -> tensor<1x3x2xf32>
  return %0 : tensor<1x3x2xf32>
}
// ---->
