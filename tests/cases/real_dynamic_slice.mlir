// SPDX-License-Identifier: Apache-2.0
//
// Slices whose bounds and steps are operands.

func.func @slices() {
  %0 = stablehlo.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]> : tensor<3x4xi32>
  %1 = stablehlo.constant dense<[1, 0]> : tensor<2xi32>
  %2 = stablehlo.constant dense<[3, 4]> : tensor<2xi32>
  %3 = stablehlo.constant dense<[1, 3]> : tensor<2xi32>
  %4 = stablehlo.real_dynamic_slice %0, %1, %2, %3 : (tensor<3x4xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x2xi32>
  check.expect_eq_const %4, dense<[[5, 8], [9, 12]]> : tensor<2x2xi32>
  return
}
