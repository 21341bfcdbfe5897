// SPDX-License-Identifier: Apache-2.0
//
// A scale of what stands outside a branch stays in the branch.
//
// stage: fuse-epilogues
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
// So does an offset.
//
// stage: fuse-epilogues
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
// -----
// Bias and relu move into the product.
//
// stage: fuse-epilogues
// weights: 1 2
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<2x4xf32>
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.add %y, %bb : tensor<2x4xf32>
  %r = stablehlo.maximum %a, %zero : tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x8xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>) -> tensor<2x4xf32> {
    %0 = "webhlo.matmul"(%arg0, %arg1, %arg2) ({
    ^bb0(%arg3: tensor<2x4xf32>, %arg4: tensor<4xf32>):
      %1 = stablehlo.broadcast_in_dim %arg4, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
      %2 = stablehlo.add %arg3, %1 : tensor<2x4xf32>
      %3 = stablehlo.constant dense<0.0> : tensor<2x4xf32>
      %4 = stablehlo.maximum %2, %3 : tensor<2x4xf32>
      stablehlo.return %4 : tensor<2x4xf32>
    }) : (tensor<2x8xf32>, tensor<8x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
    return %0 : tensor<2x4xf32>
  }
}
// -----
// A second user of the product keeps them out.
//
// stage: fuse-epilogues
// weights: 1 2
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.add %y, %bb : tensor<2x4xf32>
  return %y, %a : tensor<2x4xf32>, tensor<2x4xf32>
}
// ----> the same
// -----
// Of a single row the bias is no broadcast.
//
// stage: fuse-epilogues
// weights: 1 2
func.func @main(%x: tensor<1x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<1x4xf32> {
  %y = "webhlo.matmul"(%x, %w) : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
  %bb = stablehlo.reshape %b : (tensor<4xf32>) -> tensor<1x4xf32>
  %a = stablehlo.add %y, %bb : tensor<1x4xf32>
  return %a : tensor<1x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x8xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>) -> tensor<1x4xf32> {
    %0 = stablehlo.reshape %arg2 : (tensor<4xf32>) -> tensor<1x4xf32>
    %1 = stablehlo.reshape %0 : (tensor<1x4xf32>) -> tensor<4xf32>
    %2 = "webhlo.matmul"(%arg0, %arg1, %1) ({
    ^bb0(%arg3: tensor<1x4xf32>, %arg4: tensor<4xf32>):
      %3 = stablehlo.broadcast_in_dim %arg4, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
      %4 = stablehlo.add %arg3, %3 : tensor<1x4xf32>
      stablehlo.return %4 : tensor<1x4xf32>
    }) : (tensor<1x8xf32>, tensor<8x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
    return %2 : tensor<1x4xf32>
  }
}
