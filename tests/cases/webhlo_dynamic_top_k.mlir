// SPDX-License-Identifier: Apache-2.0
//
// As many of the largest elements as an operand says.

func.func @two() {
  %0 = stablehlo.constant dense<[[1, 7, 3], [5, 5, 9]]> : tensor<2x3xi32>
  %k = stablehlo.constant dense<2> : tensor<i32>
  %1:2 = "webhlo.dynamic_top_k"(%0, %k) : (tensor<2x3xi32>, tensor<i32>) -> (tensor<2x2xi32>, tensor<2x2xi32>)
  check.expect_eq_const %1#0, dense<[[7, 3], [9, 5]]> : tensor<2x2xi32>
  check.expect_eq_const %1#1, dense<[[1, 2], [2, 0]]> : tensor<2x2xi32>
  return
}
