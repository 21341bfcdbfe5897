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
