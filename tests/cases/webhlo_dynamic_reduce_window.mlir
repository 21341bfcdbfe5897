// SPDX-License-Identifier: Apache-2.0
//
// Windows that operands describe.

func.func @sums() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %1 = stablehlo.constant dense<0> : tensor<i32>
  %dimensions = stablehlo.constant dense<[2, 1]> : tensor<2xi32>
  %strides = stablehlo.constant dense<[1, 1]> : tensor<2xi32>
  %padding = stablehlo.constant dense<[[1, 0], [0, 0]]> : tensor<2x2xi32>
  %2 = "webhlo.dynamic_reduce_window"(%0, %1, %dimensions, %strides, %strides, %strides, %padding) ({
    ^bb0(%a: tensor<i32>, %b: tensor<i32>):
      %3 = stablehlo.add %a, %b : tensor<i32>
      stablehlo.return %3 : tensor<i32>
  }) : (tensor<3x2xi32>, tensor<i32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2x2xi32>) -> tensor<3x2xi32>
  check.expect_eq_const %2, dense<[[1, 2], [4, 6], [8, 10]]> : tensor<3x2xi32>
  return
}
