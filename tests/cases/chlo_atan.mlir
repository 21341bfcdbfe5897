// SPDX-License-Identifier: Apache-2.0
//
// The inverse tangent.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.001, -1000.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<9xf32>
  %1 = chlo.atan %0 : tensor<9xf32> -> tensor<9xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.7853982, -0.7853982, 0.0009999997, -1.5697963, 1.5707964, -1.5707964, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.001, -1000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = chlo.atan %0 : tensor<9xf64> -> tensor<9xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.7853981633974483, -0.7853981633974483, 0.0009999996666668668, -1.5697963271282298, 1.5707963267948966, -1.5707963267948966, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.0010004043579101562, -1000.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<9xf16>
  %1 = chlo.atan %0 : tensor<9xf16> -> tensor<9xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.78515625, -0.78515625, 0.0010004043579101562, -1.5693359375, 1.5703125, -1.5703125, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.00099945068359375, -1000.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<9xbf16>
  %1 = chlo.atan %0 : tensor<9xbf16> -> tensor<9xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.78515625, -0.78515625, 0.00099945068359375, -1.5703125, 1.5703125, -1.5703125, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (1.0e+10, -3.0e+12)]> : tensor<6xcomplex<f32>>
  %1 = chlo.atan %0 : tensor<6xcomplex<f32>> -> tensor<6xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.9078875, 0.70830333), (-1.1121113, -0.049544234), (1.4284312, -0.2678959), (-0.0010000037, 0.0020000008), (0.7853982, 5.0e-06), (1.5707964, -3.3332964e-13)]> : tensor<6xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f32>>, tensor<6xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (10000000000.0, -3000000000000.0)]> : tensor<6xcomplex<f64>>
  %1 = chlo.atan %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.9078874949608804, 0.708303336014054), (-1.1121113339878292, -0.04954423214593718), (1.4284311075335405, -0.2678959040700476), (-0.0010000036666748667, 0.0020000006666590665), (0.7853981634224483, 4.999999999916667e-06), (1.5707963267948954, -3.3332962967078144e-13)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}

// -----

// Infinities, signed zeros, branch cuts.
func.func @c128_edges() {
  %0 = stablehlo.constant dense<[(0x7FF0000000000000, 1.0), (0.0, 1.0), (1.0e-200, 1.0), (-0.0, 0.5)]> : tensor<4xcomplex<f64>>
  %1 = chlo.atan %0 : tensor<4xcomplex<f64>> -> tensor<4xcomplex<f64>>
  %2 = stablehlo.constant dense<[(1.5707963267948966, 0.0), (0.0, 0x7FF0000000000000), (0.7853981633974483, 230.60508288968455), (-0.0, 0.5493061443340549)]> : tensor<4xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>
  return
}
