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

// -----
// A literal that a product takes is a weight; one that is only added stays a literal.
//
// stage: plan
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : tensor<4x2xf32>
  %s = stablehlo.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32>
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32>
  %z = stablehlo.multiply %y, %s : tensor<1x2xf32>
  %e = stablehlo.exponential %x : tensor<1x4xf32>
  %c = stablehlo.constant dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>
  %f = stablehlo.add %e, %c : tensor<1x4xf32>
  %v = stablehlo.slice %f [0:1, 0:2] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  %r = stablehlo.add %z, %v : tensor<1x2xf32>
  return %r : tensor<1x2xf32>
}
// ---->
0: matmul.rows 1x4x2 input0, packed -> arena+0; first of matmul.rows, matmul.tiled
1: tile fusion exponential add input0, literal+64 -> arena+128
2: tile fusion multiply add arena+0, literal+0, arena+128 -> arena+0
arena 192 bytes (lower bound 192), literals 80 bytes, 0 jit functions in 0 bytes
