// SPDX-License-Identifier: Apache-2.0
//
// Mantissas rounded to nearest even, exponents brought into range.

func.func @to_half() {
  %0 = stablehlo.constant dense<[1.0, 1.0001, 65519.0, 65520.0, -1.0e-8, 0x7F800000, 0x7FC00000, 6.1035156e-05, 6.1e-05]> : tensor<9xf32>
  %1 = stablehlo.reduce_precision %0, format = e5m10 : tensor<9xf32>
  check.expect_eq_const %1, dense<[1.0, 1.0, 65504.0, 0x7F800000, -0.0, 0x7F800000, 0x7FC00000, 6.1035156e-05, 0.0]> : tensor<9xf32>
  return
}

// -----

func.func @no_mantissa() {
  %0 = stablehlo.constant dense<[1.0, 1.5, 1.75, -3.0, 0x7FF8000000000000]> : tensor<5xf64>
  %1 = stablehlo.reduce_precision %0, format = e11m0 : tensor<5xf64>
  check.expect_eq_const %1, dense<[1.0, 2.0, 2.0, -2.0, 0x7FF0000000000000]> : tensor<5xf64>
  return
}
