// SPDX-License-Identifier: Apache-2.0
//
// Elements repeat along dimensions of a shape that an operand states.

func.func @repeats() {
  %0 = stablehlo.constant dense<[[1, 2, 3]]> : tensor<1x3xi64>
  %1 = stablehlo.constant dense<[2, 3, 2]> : tensor<3xi64>
  %2 = "stablehlo.dynamic_broadcast_in_dim"(%0, %1) {
    broadcast_dimensions = array<i64: 2, 1>, known_expanding_dimensions = array<i64: 0>,
    known_nonexpanding_dimensions = array<i64: 1>
  } : (tensor<1x3xi64>, tensor<3xi64>) -> tensor<2x3x2xi64>
  check.expect_eq_const %2, dense<[[[1, 1], [2, 2], [3, 3]], [[1, 1], [2, 2], [3, 3]]]> : tensor<2x3x2xi64>
  return
}

// -----

func.func @scalar_to_nothing() {
  %0 = stablehlo.constant dense<1.0> : tensor<f32>
  %1 = stablehlo.constant dense<[2, 0]> : tensor<2xi32>
  %2 = stablehlo.dynamic_broadcast_in_dim %0, %1, dims = [] : (tensor<f32>, tensor<2xi32>) -> tensor<2x0xf32>
  check.expect_eq_const %2, dense<> : tensor<2x0xf32>
  return
}
