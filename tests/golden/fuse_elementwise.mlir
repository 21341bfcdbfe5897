// SPDX-License-Identifier: Apache-2.0
//
// A chain is one fusion, its broadcasts and splats inside.
//
// stage: fuse-elementwise
func.func @main(%x: tensor<2x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %half = stablehlo.constant dense<0.5> : tensor<2x4xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %y = stablehlo.add %x, %bb : tensor<2x4xf32>
  %z = stablehlo.multiply %y, %half : tensor<2x4xf32>
  return %z : tensor<2x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x4xf32>, %arg1: tensor<4xf32>) -> tensor<2x4xf32> {
    %0 = "webhlo.fusion"(%arg0, %arg1) ({
    ^bb0(%arg2: tensor<2x4xf32>, %arg3: tensor<4xf32>):
      %1 = stablehlo.broadcast_in_dim %arg3, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
      %2 = stablehlo.add %arg2, %1 : tensor<2x4xf32>
      %3 = stablehlo.constant dense<0.5> : tensor<2x4xf32>
      %4 = stablehlo.multiply %2, %3 : tensor<2x4xf32>
      stablehlo.return %4 : tensor<2x4xf32>
    }) : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
    return %0 : tensor<2x4xf32>
  }
}
// -----
// What a reduction lies between does not fuse across it.
//
// stage: fuse-elementwise
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<2x4xf32>
  %s = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %b = stablehlo.broadcast_in_dim %s, dims = [0] : (tensor<2xf32>) -> tensor<2x4xf32>
  %y = stablehlo.divide %e, %b : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %0 = stablehlo.constant dense<0.0> : tensor<f32>
    %1 = "webhlo.fusion"(%arg0) ({
    ^bb0(%arg1: tensor<2x4xf32>):
      %2 = stablehlo.exponential %arg1 : tensor<2x4xf32>
      stablehlo.return %2 : tensor<2x4xf32>
    }) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    %3 = stablehlo.reduce(%1 init: %0) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
    %5 = "webhlo.fusion"(%1, %3) ({
    ^bb0(%arg4: tensor<2x4xf32>, %arg5: tensor<2xf32>):
      %6 = stablehlo.broadcast_in_dim %arg5, dims = [0] : (tensor<2xf32>) -> tensor<2x4xf32>
      %7 = stablehlo.divide %arg4, %6 : tensor<2x4xf32>
      stablehlo.return %7 : tensor<2x4xf32>
    }) : (tensor<2x4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
    return %5 : tensor<2x4xf32>
  }
}
