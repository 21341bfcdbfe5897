// SPDX-License-Identifier: Apache-2.0
//
// To the nearest integer, ties to even.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<11xf32>
  %1 = stablehlo.round_nearest_even %0 : tensor<11xf32>
  check.expect_eq_const %1, dense<[0.0, -0.0, 2.0, -2.0, 2.0, -2.0, 0.0, 0.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<11xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  %1 = stablehlo.round_nearest_even %0 : tensor<11xf64>
  check.expect_eq_const %1, dense<[0.0, -0.0, 2.0, -2.0, 2.0, -2.0, 0.0, 0.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7C00, 0xFC00, 0x7E00]> : tensor<11xf16>
  %1 = stablehlo.round_nearest_even %0 : tensor<11xf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 2.0, -2.0, 2.0, -2.0, 0.0, 0.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<11xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7F80, 0xFF80, 0x7FC0]> : tensor<11xbf16>
  %1 = stablehlo.round_nearest_even %0 : tensor<11xbf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 2.0, -2.0, 2.0, -2.0, 0.0, 0.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<11xbf16>
  return
}
