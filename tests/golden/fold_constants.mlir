// SPDX-License-Identifier: Apache-2.0
//
// Literals are computed, splats stay splats.
//
// stage: fold-constants
func.func @main() -> (tensor<3xi32>, tensor<1000x1000xf32>) {
  %i = stablehlo.iota dim = 0 : tensor<3xi32>
  %two = stablehlo.constant dense<2> : tensor<3xi32>
  %a = stablehlo.multiply %i, %two : tensor<3xi32>
  %half = stablehlo.constant dense<0.5> : tensor<f32>
  %big = stablehlo.broadcast_in_dim %half, dims = [] : (tensor<f32>) -> tensor<1000x1000xf32>
  %b = stablehlo.add %big, %big : tensor<1000x1000xf32>
  return %a, %b : tensor<3xi32>, tensor<1000x1000xf32>
}
// ---->
module {
  func.func @main() -> (tensor<3xi32>, tensor<1000x1000xf32>) {
    %0 = stablehlo.constant dense<[0, 2, 4]> : tensor<3xi32>
    %1 = stablehlo.constant dense<1.0> : tensor<1000x1000xf32>
    return %0, %1 : tensor<3xi32>, tensor<1000x1000xf32>
  }
}
// -----
// A broadcast of a literal is read where it is, if it would be large.
//
// stage: fold-constants
func.func @main(%x: tensor<64x64x3xf32>) -> (tensor<64x64x3xf32>, tensor<2x3xf32>) {
  %c = stablehlo.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %many = stablehlo.broadcast_in_dim %c, dims = [2] : (tensor<3xf32>) -> tensor<64x64x3xf32>
  %y = stablehlo.add %x, %many : tensor<64x64x3xf32>
  %few = stablehlo.broadcast_in_dim %c, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
  return %y, %few : tensor<64x64x3xf32>, tensor<2x3xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<64x64x3xf32>) -> (tensor<64x64x3xf32>, tensor<2x3xf32>) {
    %0 = stablehlo.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [2] : (tensor<3xf32>) -> tensor<64x64x3xf32>
    %2 = stablehlo.add %arg0, %1 : tensor<64x64x3xf32>
    %3 = stablehlo.constant dense<[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]> : tensor<2x3xf32>
    return %2, %3 : tensor<64x64x3xf32>, tensor<2x3xf32>
  }
}
