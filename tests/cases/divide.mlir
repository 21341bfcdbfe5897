// SPDX-License-Identifier: Apache-2.0
//
// Quotients: integers truncate towards zero; division by zero gives all ones, and the smallest number over -1 itself.

func.func @i8() {
  %0 = stablehlo.constant dense<[7, -7, -7, 5, 0]> : tensor<5xi8>
  %1 = stablehlo.constant dense<[2, 2, -2, -1, 3]> : tensor<5xi8>
  %2 = stablehlo.divide %0, %1 : tensor<5xi8>
  check.expect_eq_const %2, dense<[3, -3, 3, -5, 0]> : tensor<5xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[7, -7, -7, 5, 0]> : tensor<5xi32>
  %1 = stablehlo.constant dense<[2, 2, -2, -1, 3]> : tensor<5xi32>
  %2 = stablehlo.divide %0, %1 : tensor<5xi32>
  check.expect_eq_const %2, dense<[3, -3, 3, -5, 0]> : tensor<5xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[7, -7, -7, 5, 0]> : tensor<5xi64>
  %1 = stablehlo.constant dense<[2, 2, -2, -1, 3]> : tensor<5xi64>
  %2 = stablehlo.divide %0, %1 : tensor<5xi64>
  check.expect_eq_const %2, dense<[3, -3, 3, -5, 0]> : tensor<5xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[7, 200, 255, 3]> : tensor<4xui8>
  %1 = stablehlo.constant dense<[2, 3, 255, 5]> : tensor<4xui8>
  %2 = stablehlo.divide %0, %1 : tensor<4xui8>
  check.expect_eq_const %2, dense<[3, 66, 1, 0]> : tensor<4xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[7, 200, 255, 3]> : tensor<4xui16>
  %1 = stablehlo.constant dense<[2, 3, 255, 5]> : tensor<4xui16>
  %2 = stablehlo.divide %0, %1 : tensor<4xui16>
  check.expect_eq_const %2, dense<[3, 66, 1, 0]> : tensor<4xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[7, 200, 255, 3]> : tensor<4xui64>
  %1 = stablehlo.constant dense<[2, 3, 255, 5]> : tensor<4xui64>
  %2 = stablehlo.divide %0, %1 : tensor<4xui64>
  check.expect_eq_const %2, dense<[3, 66, 1, 0]> : tensor<4xui64>
  return
}

// -----

func.func @f32() {
  %0 = stablehlo.constant dense<[7.0, -1.0, 1.0, 0.0, 0x7F800000]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[2.0, 3.0, 0.0, 0.0, 2.0]> : tensor<5xf32>
  %2 = stablehlo.divide %0, %1 : tensor<5xf32>
  check.expect_eq_const %2, dense<[3.5, -0.33333334, 0x7F800000, 0x7FC00000, 0x7F800000]> : tensor<5xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[7.0, -1.0, 1.0, 0.0, 0x7FF0000000000000]> : tensor<5xf64>
  %1 = stablehlo.constant dense<[2.0, 3.0, 0.0, 0.0, 2.0]> : tensor<5xf64>
  %2 = stablehlo.divide %0, %1 : tensor<5xf64>
  check.expect_eq_const %2, dense<[3.5, -0.3333333333333333, 0x7FF0000000000000, 0x7FF8000000000000, 0x7FF0000000000000]> : tensor<5xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[7.0, -1.0, 1.0, 0.0, 0x7C00]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[2.0, 3.0, 0.0, 0.0, 2.0]> : tensor<5xf16>
  %2 = stablehlo.divide %0, %1 : tensor<5xf16>
  check.expect_eq_const %2, dense<[3.5, -0.333251953125, 0x7C00, 0x7E00, 0x7C00]> : tensor<5xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[7.0, -1.0, 1.0, 0.0, 0x7F80]> : tensor<5xbf16>
  %1 = stablehlo.constant dense<[2.0, 3.0, 0.0, 0.0, 2.0]> : tensor<5xbf16>
  %2 = stablehlo.divide %0, %1 : tensor<5xbf16>
  check.expect_eq_const %2, dense<[3.5, -0.333984375, 0x7F80, 0x7FC0, 0x7F80]> : tensor<5xbf16>
  return
}

// -----

func.func @division_by_zero() {
  %0 = stablehlo.constant dense<[5, -5, -2147483648]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[0, 0, -1]> : tensor<3xi32>
  %2 = stablehlo.divide %0, %1 : tensor<3xi32>
  check.expect_eq_const %2, dense<[-1, -1, -2147483648]> : tensor<3xi32>
  return
}

// -----

func.func @unsigned_division_by_zero() {
  %0 = stablehlo.constant dense<[5, 0]> : tensor<2xui8>
  %1 = stablehlo.constant dense<0> : tensor<2xui8>
  %2 = stablehlo.divide %0, %1 : tensor<2xui8>
  check.expect_eq_const %2, dense<255> : tensor<2xui8>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(4.0, 2.0), (1.0, 1.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.constant dense<[(0.0, 2.0), (1.0, -1.0)]> : tensor<2xcomplex<f32>>
  %2 = stablehlo.divide %0, %1 : tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<[(1.0, -2.0), (0.0, 1.0)]> : tensor<2xcomplex<f32>>
  return
}

// -----

// Squares and products of these overflow or vanish, the quotients do not; what is not finite is as in C99.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(2.0e+300, 4.0e+300), (2.0e-300, 0.0), (1.0, 1.0), (0x7FF0000000000000, 1.0), (1.0, -1.0)]> : tensor<5xcomplex<f64>>
  %1 = stablehlo.constant dense<[(1.0e+300, 1.0e+300), (1.0e-300, 1.0e-300), (0.0, 0.0), (2.0, 0.0), (0x7FF0000000000000, 1.0)]> : tensor<5xcomplex<f64>>
  %2 = stablehlo.divide %0, %1 : tensor<5xcomplex<f64>>
  %3 = stablehlo.real %2 : (tensor<5xcomplex<f64>>) -> tensor<5xf64>
  %4 = stablehlo.constant dense<[3.0, 1.0, 0x7FF0000000000000, 0x7FF0000000000000, 0.0]> : tensor<5xf64>
  check.expect_close %3, %4, max_ulp_difference = 2 : tensor<5xf64>, tensor<5xf64>
  return
}
