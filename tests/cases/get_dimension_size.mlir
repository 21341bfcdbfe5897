// SPDX-License-Identifier: Apache-2.0
//
// Sizes as i32.

func.func @sizes() {
  %0 = stablehlo.constant dense<0.0> : tensor<3x0x5xf16>
  %1 = stablehlo.get_dimension_size %0, dim = 2 : (tensor<3x0x5xf16>) -> tensor<i32>
  %2 = stablehlo.get_dimension_size %0, dim = 1 : (tensor<3x0x5xf16>) -> tensor<i32>
  check.expect_eq_const %1, dense<5> : tensor<i32>
  check.expect_eq_const %2, dense<0> : tensor<i32>
  return
}
