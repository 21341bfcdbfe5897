// SPDX-License-Identifier: Apache-2.0
//
// Reshape keeps the row-major order.

func.func @regroups() {
  %0 = stablehlo.iota dim = 0 : tensor<12xi32>
  %1 = stablehlo.reshape %0 : (tensor<12xi32>) -> tensor<2x3x2xi32>
  check.expect_eq_const %1, dense<[[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]> : tensor<2x3x2xi32>
  return
}

// -----

func.func @to_scalar() {
  %0 = stablehlo.constant dense<[[3.5]]> : tensor<1x1xf32>
  %1 = stablehlo.reshape %0 : (tensor<1x1xf32>) -> tensor<f32>
  check.expect_eq_const %1, dense<3.5> : tensor<f32>
  return
}
