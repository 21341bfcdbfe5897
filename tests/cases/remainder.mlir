// SPDX-License-Identifier: Apache-2.0
//
// Remainders take the sign of the dividend; by zero they are the dividend.

func.func @i8() {
  %0 = stablehlo.constant dense<[7, -7, -7, 5, 0]> : tensor<5xi8>
  %1 = stablehlo.constant dense<[2, 2, -2, -1, 3]> : tensor<5xi8>
  %2 = stablehlo.remainder %0, %1 : tensor<5xi8>
  check.expect_eq_const %2, dense<[1, -1, -1, 0, 0]> : tensor<5xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[7, -7, -7, 5, 0]> : tensor<5xi32>
  %1 = stablehlo.constant dense<[2, 2, -2, -1, 3]> : tensor<5xi32>
  %2 = stablehlo.remainder %0, %1 : tensor<5xi32>
  check.expect_eq_const %2, dense<[1, -1, -1, 0, 0]> : tensor<5xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[7, -7, -7, 5, 0]> : tensor<5xi64>
  %1 = stablehlo.constant dense<[2, 2, -2, -1, 3]> : tensor<5xi64>
  %2 = stablehlo.remainder %0, %1 : tensor<5xi64>
  check.expect_eq_const %2, dense<[1, -1, -1, 0, 0]> : tensor<5xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[7, 200, 255, 3]> : tensor<4xui8>
  %1 = stablehlo.constant dense<[2, 3, 255, 5]> : tensor<4xui8>
  %2 = stablehlo.remainder %0, %1 : tensor<4xui8>
  check.expect_eq_const %2, dense<[1, 2, 0, 3]> : tensor<4xui8>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[7, 200, 255, 3]> : tensor<4xui64>
  %1 = stablehlo.constant dense<[2, 3, 255, 5]> : tensor<4xui64>
  %2 = stablehlo.remainder %0, %1 : tensor<4xui64>
  check.expect_eq_const %2, dense<[1, 2, 0, 3]> : tensor<4xui64>
  return
}

// -----

func.func @f32() {
  %0 = stablehlo.constant dense<[7.5, -7.5, 1.0, -0.0, 5.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[2.0, 2.0, 0x7F800000, 3.0, 0.0]> : tensor<5xf32>
  %2 = stablehlo.remainder %0, %1 : tensor<5xf32>
  check.expect_eq_const %2, dense<[1.5, -1.5, 1.0, -0.0, 0x7FC00000]> : tensor<5xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[7.5, -7.5, 1.0, -0.0, 5.0]> : tensor<5xf64>
  %1 = stablehlo.constant dense<[2.0, 2.0, 0x7FF0000000000000, 3.0, 0.0]> : tensor<5xf64>
  %2 = stablehlo.remainder %0, %1 : tensor<5xf64>
  check.expect_eq_const %2, dense<[1.5, -1.5, 1.0, -0.0, 0x7FF8000000000000]> : tensor<5xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[7.5, -7.5, 1.0, -0.0, 5.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[2.0, 2.0, 0x7C00, 3.0, 0.0]> : tensor<5xf16>
  %2 = stablehlo.remainder %0, %1 : tensor<5xf16>
  check.expect_eq_const %2, dense<[1.5, -1.5, 1.0, -0.0, 0x7E00]> : tensor<5xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[7.5, -7.5, 1.0, -0.0, 5.0]> : tensor<5xbf16>
  %1 = stablehlo.constant dense<[2.0, 2.0, 0x7F80, 3.0, 0.0]> : tensor<5xbf16>
  %2 = stablehlo.remainder %0, %1 : tensor<5xbf16>
  check.expect_eq_const %2, dense<[1.5, -1.5, 1.0, -0.0, 0x7FC0]> : tensor<5xbf16>
  return
}

// -----

func.func @by_zero() {
  %0 = stablehlo.constant dense<[5, -5, -2147483648]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[0, 0, -1]> : tensor<3xi32>
  %2 = stablehlo.remainder %0, %1 : tensor<3xi32>
  check.expect_eq_const %2, dense<[5, -5, 0]> : tensor<3xi32>
  return
}
