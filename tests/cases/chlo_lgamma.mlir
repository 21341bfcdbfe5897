// SPDX-License-Identifier: Apache-2.0
//
// The logarithm of the absolute value of the gamma function.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.001, -0.5, 0.5, 1.0, 2.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<16xf32>
  %1 = chlo.lgamma %0 : tensor<16xf32> -> tensor<16xf32>
  %2 = stablehlo.constant dense<[6.907179, 1.2655121, 0.5723649, 0.0, 0.0, -0.121202424, 0.28468287, 0.86004704, -8.581848, 359.13422, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7FC00000]> : tensor<16xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<16xf32>, tensor<16xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.001, -0.5, 0.5, 1.0, 2.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<16xf64>
  %1 = chlo.lgamma %0 : tensor<16xf64> -> tensor<16xf64>
  %2 = stablehlo.constant dense<[6.907178885383853, 1.2655121234846454, 0.5723649429247001, 0.0, 0.0, -0.12120242719902266, 0.2846828704729192, 0.860047015376481, -8.581847763551867, 359.1342053695754, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<16xf64>
  check.expect_close %1, %2, max_ulp_difference = 4 : tensor<16xf64>, tensor<16xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0010004043579101562, -0.5, 0.5, 1.0, 2.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<16xf16>
  %1 = chlo.lgamma %0 : tensor<16xf16> -> tensor<16xf16>
  %2 = stablehlo.constant dense<[6.90625, 1.265625, 0.572265625, 0.0, 0.0, -0.1212158203125, 0.28466796875, 0.85986328125, -8.578125, 359.25, 0x7C00, 0x7C00, 0x7C00, 0x7C00, 0x7C00, 0x7E00]> : tensor<16xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<16xf16>, tensor<16xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.00099945068359375, -0.5, 0.5, 1.0, 2.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<16xbf16>
  %1 = chlo.lgamma %0 : tensor<16xbf16> -> tensor<16xbf16>
  %2 = stablehlo.constant dense<[6.90625, 1.265625, 0.57421875, 0.0, 0.0, -0.12109375, 0.28515625, 0.859375, -8.5625, 360.0, 0x7F80, 0x7F80, 0x7F80, 0x7F80, 0x7F80, 0x7FC0]> : tensor<16xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<16xbf16>, tensor<16xbf16>
  return
}
