// SPDX-License-Identifier: Apache-2.0
//
// Softmax over the last dimension, safe for large values.

func.func @rows() {
  %0 = stablehlo.constant dense<[[0.0, 0.0], [1000.0, 1000.0], [-1000.0, 1000.0]]> : tensor<3x2xf32>
  %1 = "webhlo.softmax"(%0) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %1, dense<[[0.5, 0.5], [0.5, 0.5], [0.0, 1.0]]> : tensor<3x2xf32>
  return
}

// -----

// Of a row that is masked altogether nothing is left; a NaN stays.
func.func @masked_rows() {
  %0 = stablehlo.constant dense<[[0xFF800000, 0xFF800000], [0.0, 0xFF800000], [0xFF800000, 0x7FC00000]]> : tensor<3x2xf32>
  %1 = "webhlo.softmax"(%0) {zero_masked_rows = true} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %1, dense<[[0.0, 0.0], [1.0, 0.0], [0x7FC00000, 0x7FC00000]]> : tensor<3x2xf32>
  %2 = "webhlo.softmax"(%0) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %2, dense<[[0x7FC00000, 0x7FC00000], [1.0, 0.0], [0x7FC00000, 0x7FC00000]]> : tensor<3x2xf32>
  return
}
