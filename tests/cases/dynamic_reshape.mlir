// SPDX-License-Identifier: Apache-2.0
//
// The same elements in a shape that an operand states.

func.func @two_ranks() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
  %1 = stablehlo.constant dense<[3, 2]> : tensor<2xi64>
  %2 = stablehlo.dynamic_reshape %0, %1 : (tensor<2x3xi64>, tensor<2xi64>) -> tensor<3x2xi64>
  check.expect_eq_const %2, dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi64>
  %3 = stablehlo.constant dense<6> : tensor<1xi32>
  %4 = stablehlo.dynamic_reshape %0, %3 : (tensor<2x3xi64>, tensor<1xi32>) -> tensor<6xi64>
  check.expect_eq_const %4, dense<[1, 2, 3, 4, 5, 6]> : tensor<6xi64>
  return
}

// -----

func.func @scalar() {
  %0 = stablehlo.constant dense<[[7.0]]> : tensor<1x1xf16>
  %1 = stablehlo.constant dense<> : tensor<0xi32>
  %2 = stablehlo.dynamic_reshape %0, %1 : (tensor<1x1xf16>, tensor<0xi32>) -> tensor<f16>
  check.expect_eq_const %2, dense<7.0> : tensor<f16>
  return
}
