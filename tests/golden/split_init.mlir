// SPDX-License-Identifier: Apache-2.0
//
// What weights alone decide is computed once, as they arrive.
//
// stage: init
// weights: 1 2
func.func @main(%x: tensor<2x4xf32>, %w: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<2x4xf32> {
  %p = stablehlo.multiply %w, %v : tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %p, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %y = stablehlo.add %x, %b : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
// ---->
// from arg1, arg2
module {
  func.func @init(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32> {
    %0 = "webhlo.fusion"(%arg0, %arg1) ({
    ^bb0(%arg2: tensor<4xf32>, %arg3: tensor<4xf32>):
      %1 = stablehlo.multiply %arg2, %arg3 : tensor<4xf32>
      stablehlo.return %1 : tensor<4xf32>
    }) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
0: tile fusion multiply input0, input1 -> arena+0
arena 192 bytes (lower bound 192), literals 0 bytes, 0 jit functions in 0 bytes

