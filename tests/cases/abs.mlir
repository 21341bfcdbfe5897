// SPDX-License-Identifier: Apache-2.0
//
// Absolute values; the smallest integer keeps its value.

func.func @i8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -128, 127, -1]> : tensor<7xi8>
  %1 = stablehlo.abs %0 : tensor<7xi8>
  check.expect_eq_const %1, dense<[0, 1, 3, 100, -128, 127, 1]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -2147483648, 2147483647, -1]> : tensor<7xi32>
  %1 = stablehlo.abs %0 : tensor<7xi32>
  check.expect_eq_const %1, dense<[0, 1, 3, 100, -2147483648, 2147483647, 1]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -9223372036854775808, 9223372036854775807, -1]> : tensor<7xi64>
  %1 = stablehlo.abs %0 : tensor<7xi64>
  check.expect_eq_const %1, dense<[0, 1, 3, 100, -9223372036854775808, 9223372036854775807, 1]> : tensor<7xi64>
  return
}

// -----

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<11xf32>
  %1 = stablehlo.abs %0 : tensor<11xf32>
  check.expect_eq_const %1, dense<[0.0, 0.0, 1.5, 1.5, 2.5, 2.5, 0.5, 0.49, 0x7F800000, 0x7F800000, 0x7FC00000]> : tensor<11xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  %1 = stablehlo.abs %0 : tensor<11xf64>
  check.expect_eq_const %1, dense<[0.0, 0.0, 1.5, 1.5, 2.5, 2.5, 0.5, 0.49, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7C00, 0xFC00, 0x7E00]> : tensor<11xf16>
  %1 = stablehlo.abs %0 : tensor<11xf16>
  check.expect_eq_const %1, dense<[0.0, 0.0, 1.5, 1.5, 2.5, 2.5, 0.5, 0.489990234375, 0x7C00, 0x7C00, 0x7E00]> : tensor<11xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7F80, 0xFF80, 0x7FC0]> : tensor<11xbf16>
  %1 = stablehlo.abs %0 : tensor<11xbf16>
  check.expect_eq_const %1, dense<[0.0, 0.0, 1.5, 1.5, 2.5, 2.5, 0.5, 0.490234375, 0x7F80, 0x7F80, 0x7FC0]> : tensor<11xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(3.0, -4.0), (0.0, 2.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.abs %0 : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[5.0, 2.0]> : tensor<2xf32>
  return
}

// -----

// Nothing overflows or vanishes on the way; an infinity wins over NaN.
func.func @c64_extremes() {
  %0 = stablehlo.constant dense<[(3.0e+38, 0.0), (-3.0e+30, 4.0e+30), (3.0e-40, 4.0e-40), (0x7F800000, 0x7FC00000), (0x7FC00000, 1.0)]> : tensor<5xcomplex<f32>>
  %1 = stablehlo.abs %0 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
  %2 = stablehlo.constant dense<[3.0e+38, 5.0e+30, 5.0e-40, 0x7F800000, 0x7FC00000]> : tensor<5xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(3.0e+300, -4.0e+300), (3.0e-300, 4.0e-300), (5.0, 12.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.abs %0 : (tensor<3xcomplex<f64>>) -> tensor<3xf64>
  %2 = stablehlo.constant dense<[5.0e+300, 5.0e-300, 13.0]> : tensor<3xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<3xf64>, tensor<3xf64>
  return
}
