// SPDX-License-Identifier: Apache-2.0
//
// Whether a float is infinite: of any sign, positive, negative.

func.func @is_inf() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<5xf32>
  %1 = chlo.is_inf %0 : tensor<5xf32> -> tensor<5xi1>
  check.expect_eq_const %1, dense<[false, false, true, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @is_pos_inf() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<5xf16>
  %1 = chlo.is_pos_inf %0 : tensor<5xf16> -> tensor<5xi1>
  check.expect_eq_const %1, dense<[false, false, true, false, false]> : tensor<5xi1>
  return
}

// -----

func.func @is_neg_inf() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<5xbf16>
  %1 = chlo.is_neg_inf %0 : tensor<5xbf16> -> tensor<5xi1>
  check.expect_eq_const %1, dense<[false, false, false, true, false]> : tensor<5xi1>
  return
}
