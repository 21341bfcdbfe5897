// SPDX-License-Identifier: Apache-2.0
//
// Counts along a dimension, in a shape that an operand states.

func.func @along_rows() {
  %0 = stablehlo.constant dense<[2, 3]> : tensor<2xi64>
  %1 = stablehlo.dynamic_iota %0, dim = 0 : (tensor<2xi64>) -> tensor<2x3xf32>
  check.expect_eq_const %1, dense<[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf32>
  return
}

// -----

// The type of the result says enough, whatever the operand is computed of.
func.func @computed() {
  %0 = stablehlo.constant dense<2> : tensor<1xi32>
  %1 = stablehlo.add %0, %0 : tensor<1xi32>
  %2 = stablehlo.dynamic_iota %1, dim = 0 : (tensor<1xi32>) -> tensor<4xui8>
  check.expect_eq_const %2, dense<[0, 1, 2, 3]> : tensor<4xui8>
  return
}

// -----

func.func @empty() {
  %0 = stablehlo.constant dense<[0, 3]> : tensor<2xindex>
  %1 = stablehlo.dynamic_iota %0, dim = 1 : (tensor<2xindex>) -> tensor<0x3xi32>
  check.expect_eq_const %1, dense<> : tensor<0x3xi32>
  return
}
