// SPDX-License-Identifier: Apache-2.0
//
// Cube root.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -8.0, 2.5, 0.001, 37.25, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.cbrt %0 : tensor<10xf32>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.0, 1.3572088, 0.1, 3.33971, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -8.0, 2.5, 0.001, 37.25, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.cbrt %0 : tensor<10xf64>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.0, 1.3572088082974534, 0.1, 3.3397100158196875, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -8.0, 2.5, 0.0010004043579101562, 37.25, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = stablehlo.cbrt %0 : tensor<10xf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.0, 1.357421875, 0.10003662109375, 3.33984375, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -8.0, 2.5, 0.00099945068359375, 37.25, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = stablehlo.cbrt %0 : tensor<10xbf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.0, 1.359375, 0.10009765625, 3.34375, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}
