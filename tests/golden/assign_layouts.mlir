// SPDX-License-Identifier: Apache-2.0
//
// Convolutions run on NHWC, and the transposes between them vanish.
//
// stage: assign-layouts
// weights: 1 2
func.func @main(%x: tensor<1x2x8x8xf32>, %v: tensor<3x2x1x1xf32>, %w: tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32> {
  %y = stablehlo.convolution(%x, %v) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x2x8x8xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x8x8xf32>
  %a = stablehlo.abs %y : tensor<1x3x8x8xf32>
  %z = stablehlo.convolution(%a, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32>
  return %z : tensor<1x4x8x8xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x2x8x8xf32>, %arg1: tensor<3x2x1x1xf32>, %arg2: tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32> {
    %0 = stablehlo.transpose %arg0, dims = [0, 2, 3, 1] : (tensor<1x2x8x8xf32>) -> tensor<1x8x8x2xf32>
    %1 = stablehlo.reshape %arg1 : (tensor<3x2x1x1xf32>) -> tensor<3x1x1x2xf32>
    %2 = "webhlo.conv2d"(%0, %1) : (tensor<1x8x8x2xf32>, tensor<3x1x1x2xf32>) -> tensor<1x8x8x3xf32>
    %3 = stablehlo.abs %2 : tensor<1x8x8x3xf32>
    %4 = stablehlo.reshape %arg2 : (tensor<4x3x1x1xf32>) -> tensor<4x1x1x3xf32>
    %5 = "webhlo.conv2d"(%3, %4) : (tensor<1x8x8x3xf32>, tensor<4x1x1x3xf32>) -> tensor<1x8x8x4xf32>
    %6 = stablehlo.transpose %5, dims = [0, 3, 1, 2] : (tensor<1x8x8x4xf32>) -> tensor<1x4x8x8xf32>
    return %6 : tensor<1x4x8x8xf32>
  }
}
// -----
// A transposed right operand is read as it lies.
//
// stage: assign-layouts
func.func @main(%x: tensor<4x8xf32>, %w: tensor<3x8xf32>) -> tensor<4x3xf32> {
  %t = stablehlo.transpose %w, dims = [1, 0] : (tensor<3x8xf32>) -> tensor<8x3xf32>
  %y = stablehlo.dot_general %x, %t, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x8xf32>, %arg1: tensor<3x8xf32>) -> tensor<4x3xf32> {
    %0 = "webhlo.matmul"(%arg0, %arg1) <{transpose_rhs = true}> : (tensor<4x8xf32>, tensor<3x8xf32>) -> tensor<4x3xf32>
    return %0 : tensor<4x3xf32>
  }
}
// -----
// A reshape that merges neighbours in memory keeps the layout.
//
// stage: assign-layouts
func.func @main(%x: tensor<2x3x4x5xf32>) -> tensor<20x6xf32> {
  %t = stablehlo.transpose %x, dims = [2, 3, 0, 1] : (tensor<2x3x4x5xf32>) -> tensor<4x5x2x3xf32>
  %r = stablehlo.reshape %t : (tensor<4x5x2x3xf32>) -> tensor<20x6xf32>
  %y = stablehlo.negate %r : tensor<20x6xf32>
  return %y : tensor<20x6xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x3x4x5xf32>) -> tensor<20x6xf32> {
    %0 = stablehlo.reshape %arg0 : (tensor<2x3x4x5xf32>) -> tensor<6x20xf32>
    %1 = stablehlo.negate %0 : tensor<6x20xf32>
    %2 = stablehlo.transpose %1, dims = [1, 0] : (tensor<6x20xf32>) -> tensor<20x6xf32>
    return %2 : tensor<20x6xf32>
  }
}
// -----
// F64 products and dilated inputs stay as they are.
//
// stage: assign-layouts
func.func @main(%x: tensor<4x8xf64>, %w: tensor<8x3xf64>) -> tensor<4x3xf64> {
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x8xf64>, tensor<8x3xf64>) -> tensor<4x3xf64>
  return %y : tensor<4x3xf64>
}
// ----> the same
// -----
// A pool takes the pad before it, also what is between elements, unless that is not what it begins with.
//
// stage: assign-layouts
func.func @main(%x: tensor<1x8x4xf32>) -> (tensor<1x16x4xf32>, tensor<1x16x4xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %one = stablehlo.constant dense<1.0> : tensor<f32>
  %a = stablehlo.pad %x, %zero, low = [0, 2, 0], high = [0, 1, 0], interior = [0, 1, 0] : (tensor<1x8x4xf32>, tensor<f32>) -> tensor<1x18x4xf32>
  %b = stablehlo.pad %x, %one, low = [0, 2, 0], high = [0, 1, 0], interior = [0, 1, 0] : (tensor<1x8x4xf32>, tensor<f32>) -> tensor<1x18x4xf32>
  %c = "stablehlo.reduce_window"(%a, %zero) <{window_dimensions = array<i64: 1, 3, 1>}> ({
  ^bb0(%p: tensor<f32>, %q: tensor<f32>):
    %s = stablehlo.add %p, %q : tensor<f32>
    stablehlo.return %s : tensor<f32>
  }) : (tensor<1x18x4xf32>, tensor<f32>) -> tensor<1x16x4xf32>
  %d = "stablehlo.reduce_window"(%b, %zero) <{window_dimensions = array<i64: 1, 3, 1>}> ({
  ^bb0(%p: tensor<f32>, %q: tensor<f32>):
    %s = stablehlo.add %p, %q : tensor<f32>
    stablehlo.return %s : tensor<f32>
  }) : (tensor<1x18x4xf32>, tensor<f32>) -> tensor<1x16x4xf32>
  return %c, %d : tensor<1x16x4xf32>, tensor<1x16x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x8x4xf32>) -> (tensor<1x16x4xf32>, tensor<1x16x4xf32>) {
    %0 = stablehlo.constant dense<1.0> : tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [0, 2, 0], high = [0, 1, 0], interior = [0, 1, 0] : (tensor<1x8x4xf32>, tensor<f32>) -> tensor<1x18x4xf32>
    %2 = stablehlo.reshape %arg0 : (tensor<1x8x4xf32>) -> tensor<1x8x1x4xf32>
    %3 = "webhlo.sum_pool2d"(%2) <{base_dilations = array<i64: 2, 1>, padding = dense<[[2, 1], [0, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 3, 1>}> : (tensor<1x8x1x4xf32>) -> tensor<1x16x1x4xf32>
    %4 = stablehlo.reshape %3 : (tensor<1x16x1x4xf32>) -> tensor<1x16x4xf32>
    %5 = stablehlo.reshape %1 : (tensor<1x18x4xf32>) -> tensor<1x18x1x4xf32>
    %6 = "webhlo.sum_pool2d"(%5) <{window_dimensions = array<i64: 3, 1>}> : (tensor<1x18x1x4xf32>) -> tensor<1x16x1x4xf32>
    %7 = stablehlo.reshape %6 : (tensor<1x16x1x4xf32>) -> tensor<1x16x4xf32>
    return %4, %7 : tensor<1x16x4xf32>, tensor<1x16x4xf32>
  }
}
