// SPDX-License-Identifier: Apache-2.0
//
// A scale, an offset and a bound move into a convolution, as far as its channels allow.
//
// stage: fold-scales
// weights: 1 2 3
func.func @main(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x6x6x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<1x6x6x4xf32>
  %y = "webhlo.conv2d"(%x, %w) : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>) -> tensor<1x6x6x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [3] : (tensor<4xf32>) -> tensor<1x6x6x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<1x6x6x4xf32>
  %bt = stablehlo.broadcast_in_dim %t, dims = [3] : (tensor<4xf32>) -> tensor<1x6x6x4xf32>
  %b = stablehlo.subtract %bt, %a : tensor<1x6x6x4xf32>
  %c = stablehlo.maximum %zero, %b : tensor<1x6x6x4xf32>
  return %c : tensor<1x6x6x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x8x8x2xf32>, %arg1: tensor<4x3x3x2xf32>, %arg2: tensor<4xf32>, %arg3: tensor<4xf32>) -> tensor<1x6x6x4xf32> {
    %0:4 = "webhlo.fold_scales"(%arg1, %arg2, %arg3) <{dimension = 0 : i64, steps = "*~"}> : (tensor<4x3x3x2xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xi1>, tensor<i1>)
    %1 = stablehlo.broadcast_in_dim %0#0, dims = [0] : (tensor<4xf32>) -> tensor<4x3x3x2xf32>
    %2 = stablehlo.multiply %arg1, %1 : tensor<4x3x3x2xf32>
    %3 = "stablehlo.if"(%0#3) ({
      %4 = "webhlo.conv2d"(%arg0, %2, %0#1) ({
      ^bb0(%arg4: tensor<1x6x6x4xf32>, %arg5: tensor<4xf32>):
        %5 = stablehlo.broadcast_in_dim %arg5, dims = [3] : (tensor<4xf32>) -> tensor<1x6x6x4xf32>
        %6 = stablehlo.add %arg4, %5 : tensor<1x6x6x4xf32>
        stablehlo.return %6 : tensor<1x6x6x4xf32>
      }) : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
      %7 = "webhlo.rescale"(%4, %0#2, %arg2, %arg3) <{clamp_min = 0.0 : f32, steps = "*~"}> : (tensor<1x6x6x4xf32>, tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
      stablehlo.return %7 : tensor<1x6x6x4xf32>
    }, {
      %8 = "webhlo.conv2d"(%arg0, %2, %0#1) ({
      ^bb0(%arg6: tensor<1x6x6x4xf32>, %arg7: tensor<4xf32>):
        %9 = stablehlo.broadcast_in_dim %arg7, dims = [3] : (tensor<4xf32>) -> tensor<1x6x6x4xf32>
        %10 = stablehlo.add %arg6, %9 : tensor<1x6x6x4xf32>
        %11 = stablehlo.constant dense<0.0> : tensor<1x6x6x4xf32>
        %12 = stablehlo.maximum %10, %11 : tensor<1x6x6x4xf32>
        stablehlo.return %12 : tensor<1x6x6x4xf32>
      }) : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
      stablehlo.return %8 : tensor<1x6x6x4xf32>
    }) : (tensor<i1>) -> tensor<1x6x6x4xf32>
    return %3 : tensor<1x6x6x4xf32>
  }
}
// -----
// Literal weights are folded here.
//
// stage: fold-scales
func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = stablehlo.constant dense<[2.0, -1.0]> : tensor<2xf32>
  %t = stablehlo.constant dense<1.0> : tensor<2x2xf32>
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32>
  %a = stablehlo.multiply %y, %bs : tensor<2x2xf32>
  %b = stablehlo.add %a, %t : tensor<2x2xf32>
  return %b : tensor<2x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %0 = stablehlo.constant dense<[[2.0, -2.0], [6.0, -4.0]]> : tensor<2x2xf32>
    %1 = stablehlo.constant dense<1.0> : tensor<2xf32>
    %2 = "webhlo.matmul"(%arg0, %0, %1) ({
    ^bb0(%arg1: tensor<2x2xf32>, %arg2: tensor<2xf32>):
      %3 = stablehlo.broadcast_in_dim %arg2, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32>
      %4 = stablehlo.add %arg1, %3 : tensor<2x2xf32>
      stablehlo.return %4 : tensor<2x2xf32>
    }) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
    return %2 : tensor<2x2xf32>
  }
}
// -----
// Literal weights stay as they are written where a channel would overflow.
//
// stage: fold-scales
func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = stablehlo.constant dense<[2.0, 1.0e38]> : tensor<2xf32>
  %t = stablehlo.constant dense<1.0> : tensor<2x2xf32>
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32>
  %a = stablehlo.multiply %y, %bs : tensor<2x2xf32>
  %b = stablehlo.add %a, %t : tensor<2x2xf32>
  return %b : tensor<2x2xf32>
}
// ----> the same
// -----
// A scale along another dimension than the channels stays.
//
// stage: fold-scales
// weights: 1 2 3
func.func @main(%x: tensor<1x4x4x2xf32>, %w: tensor<4x1x1x2xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
  %y = "webhlo.conv2d"(%x, %w) : (tensor<1x4x4x2xf32>, tensor<4x1x1x2xf32>) -> tensor<1x4x4x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [2] : (tensor<4xf32>) -> tensor<1x4x4x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<1x4x4x4xf32>
  return %a : tensor<1x4x4x4xf32>
}
// ----> the same
// -----
// An unscaled product that somebody else uses stays.
//
// stage: fold-scales
// weights: 1 2 3
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<2x4xf32>
  return %y, %a : tensor<2x4xf32>, tensor<2x4xf32>
}
// ----> the same
// -----
// A scale of what stands outside a branch stays in the branch.
//
// stage: fold-scales
// weights: 1 2
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %s: tensor<4xf32>, %p: tensor<i1>) -> tensor<2x4xf32> {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %r = "stablehlo.if"(%p) ({
    %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
    %a = stablehlo.multiply %y, %bs : tensor<2x4xf32>
    stablehlo.return %a : tensor<2x4xf32>
  }, {
    %zero = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    stablehlo.return %zero : tensor<2x4xf32>
  }) : (tensor<i1>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}
// ----> the same
// -----
// An offset of what stands outside a branch stays in the branch.
//
// stage: fold-scales
// weights: 1 2
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %s: tensor<4xf32>, %p: tensor<i1>) -> tensor<2x4xf32> {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %r = "stablehlo.if"(%p) ({
    %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
    %a = stablehlo.add %y, %bs : tensor<2x4xf32>
    stablehlo.return %a : tensor<2x4xf32>
  }, {
    %zero = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    stablehlo.return %zero : tensor<2x4xf32>
  }) : (tensor<i1>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}
// ----> the same
