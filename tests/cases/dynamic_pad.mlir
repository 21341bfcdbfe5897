// SPDX-License-Identifier: Apache-2.0
//
// Padding at both ends and between elements, as operands state it.

func.func @pads() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
  %1 = stablehlo.constant dense<9> : tensor<i64>
  %2 = stablehlo.constant dense<[0, 1]> : tensor<2xi64>
  %3 = stablehlo.constant dense<[1, -1]> : tensor<2xi64>
  %4 = stablehlo.constant dense<[1, 2]> : tensor<2xi64>
  %5 = stablehlo.dynamic_pad %0, %1, %2, %3, %4 : (tensor<2x3xi64>, tensor<i64>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<4x7xi64>
  check.expect_eq_const %5, dense<[[9, 1, 9, 9, 2, 9, 9], [9, 9, 9, 9, 9, 9, 9], [9, 4, 9, 9, 5, 9, 9], [9, 9, 9, 9, 9, 9, 9]]> : tensor<4x7xi64>
  return
}
