// SPDX-License-Identifier: Apache-2.0
//
// What is left of a dimension when it is said how much of it counts.

func.func @fewer() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %1 = stablehlo.constant dense<2> : tensor<i32>
  %2 = stablehlo.set_dimension_size %0, %1, dim = 1 : (tensor<2x3xi32>, tensor<i32>) -> tensor<2x2xi32>
  check.expect_eq_const %2, dense<[[1, 2], [4, 5]]> : tensor<2x2xi32>
  return
}

// -----

func.func @all() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = stablehlo.constant dense<2> : tensor<i32>
  %2 = stablehlo.set_dimension_size %0, %1, dim = 0 : (tensor<2xf32>, tensor<i32>) -> tensor<2xf32>
  check.expect_eq_const %2, dense<[1.0, 2.0]> : tensor<2xf32>
  return
}
