// SPDX-License-Identifier: Apache-2.0
//
// A group of elementwise ops as one node: broadcast inputs, splat constants, several results.

func.func @bias_relu_and_mask() {
  %0 = stablehlo.constant dense<[[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]]> : tensor<2x3xf32>
  %1 = stablehlo.constant dense<[0.5, 1.0, 4.0]> : tensor<3xf32>
  %2:2 = "webhlo.fusion"(%0, %1) ({
  ^bb0(%a: tensor<2x3xf32>, %b: tensor<3xf32>):
    %3 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %4 = stablehlo.add %a, %3 : tensor<2x3xf32>
    %5 = stablehlo.constant dense<0.0> : tensor<2x3xf32>
    %6 = stablehlo.maximum %4, %5 : tensor<2x3xf32>
    %7 = stablehlo.compare GT, %4, %5 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    stablehlo.return %6, %7 : tensor<2x3xf32>, tensor<2x3xi1>
  }) : (tensor<2x3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi1>)
  check.expect_eq_const %2#0, dense<[[1.5, 0.0, 7.0], [0.0, 6.0, 0.0]]> : tensor<2x3xf32>
  check.expect_eq_const %2#1, dense<[[true, false, true], [false, true, false]]> : tensor<2x3xi1>
  return
}
