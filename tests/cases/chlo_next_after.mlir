// SPDX-License-Identifier: Apache-2.0
//
// The neighbour of a float on the way to another.

func.func @f32() {
  %0 = stablehlo.constant dense<[1.0, 1.0, 1.0, -1.0, 0.0, -0.0, 0.0, 1.0e-45, 0x7F7FFFFF, 0x7F800000, 0x7FC00000, 1.0]> : tensor<12xf32>
  %1 = stablehlo.constant dense<[2.0, 0.0, 1.0, 2.0, -1.0, 1.0, -0.0, -1.0, 0x7F800000, 0.0, 1.0, 0x7FC00000]> : tensor<12xf32>
  %2 = chlo.next_after %0, %1 : tensor<12xf32>, tensor<12xf32> -> tensor<12xf32>
  %3 = stablehlo.constant dense<[0x3F800001, 0x3F7FFFFF, 1.0, 0xBF7FFFFF, 0x80000001, 0x00000001, -0.0, 0.0, 0x7F800000, 0x7F7FFFFF, 0x7FC00000, 0x7FC00000]> : tensor<12xf32>
  check.expect_close %2, %3, max_ulp_difference = 0 : tensor<12xf32>, tensor<12xf32>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[1.0, 0x0400, -0.0]> : tensor<3xf16>
  %1 = stablehlo.constant dense<[0.0, 0.0, -5.0]> : tensor<3xf16>
  %2 = chlo.next_after %0, %1 : tensor<3xf16>, tensor<3xf16> -> tensor<3xf16>
  check.expect_eq_const %2, dense<[0x3BFF, 0x03FF, 0x8001]> : tensor<3xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xbf16>
  %1 = stablehlo.constant dense<[5.0, -5.0]> : tensor<2xbf16>
  %2 = chlo.next_after %0, %1 : tensor<2xbf16>, tensor<2xbf16> -> tensor<2xbf16>
  check.expect_eq_const %2, dense<[0x3F81, 0xC001]> : tensor<2xbf16>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[1.0, 0.0]> : tensor<2xf64>
  %1 = stablehlo.constant dense<[2.0, -2.0]> : tensor<2xf64>
  %2 = chlo.next_after %0, %1 : tensor<2xf64>, tensor<2xf64> -> tensor<2xf64>
  check.expect_eq_const %2, dense<[0x3FF0000000000001, 0x8000000000000001]> : tensor<2xf64>
  return
}

// -----

// Sugar for sugar.
func.func @broadcast() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = stablehlo.constant dense<0.0> : tensor<f32>
  %2 = chlo.broadcast_next_after %0, %1 : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  check.expect_eq_const %2, dense<[0x3F7FFFFF, 0x3FFFFFFF]> : tensor<2xf32>
  return
}
