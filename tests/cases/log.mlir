// SPDX-License-Identifier: Apache-2.0
//
// Natural logarithm.

func.func @f32() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.001, 37.25, 0.0, -1.0, 0x7F800000, 0x7FC00000]> : tensor<8xf32>
  %1 = stablehlo.log %0 : tensor<8xf32>
  %2 = stablehlo.constant dense<[0.0, 0.91629076, -6.9077554, 3.617652, 0xFF800000, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<8xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.001, 37.25, 0.0, -1.0, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  %1 = stablehlo.log %0 : tensor<8xf64>
  %2 = stablehlo.constant dense<[0.0, 0.9162907318741551, -6.907755278982137, 3.6176519448255684, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf64>, tensor<8xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.0010004043579101562, 37.25, 0.0, -1.0, 0x7C00, 0x7E00]> : tensor<8xf16>
  %1 = stablehlo.log %0 : tensor<8xf16>
  %2 = stablehlo.constant dense<[0.0, 0.91650390625, -6.90625, 3.6171875, 0xFC00, 0x7E00, 0x7C00, 0x7E00]> : tensor<8xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf16>, tensor<8xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.00099945068359375, 37.25, 0.0, -1.0, 0x7F80, 0x7FC0]> : tensor<8xbf16>
  %1 = stablehlo.log %0 : tensor<8xbf16>
  %2 = stablehlo.constant dense<[0.0, 0.91796875, -6.90625, 3.625, 0xFF80, 0x7FC0, 0x7F80, 0x7FC0]> : tensor<8xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xbf16>, tensor<8xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.log %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.111571774, 1.1071488), (0.7008993, -3.0172377), (1.2101841, -1.1071488)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.log %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.11157177565710488, 1.1071487177940904), (0.7008992738279279, -3.017237659043032), (1.2101840643252146, -1.1071487177940904)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// |z| may overflow, or be almost 1.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(1.7e+308, -1.7e+308), (5.0e-324, 5.0e-324), (1.0, 1.0e-10), (-3.0e-300, 1.0e+200)]> : tensor<4xcomplex<f64>>
  %1 = stablehlo.log %0 : tensor<4xcomplex<f64>>
  %2 = stablehlo.constant dense<[(710.0734104835083, -0.7853981633974483), (-744.0934983311013, 0.7853981633974483), (5.0000000000000005e-21, 1.0e-10), (460.51701859880916, 1.5707963267948966)]> : tensor<4xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>
  return
}
