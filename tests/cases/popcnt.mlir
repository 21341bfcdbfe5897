// SPDX-License-Identifier: Apache-2.0
//
// How many bits are set.

func.func @i8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -128, 127, -1]> : tensor<7xi8>
  %1 = stablehlo.popcnt %0 : tensor<7xi8>
  check.expect_eq_const %1, dense<[0, 1, 2, 3, 1, 7, 8]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -2147483648, 2147483647, -1]> : tensor<7xi32>
  %1 = stablehlo.popcnt %0 : tensor<7xi32>
  check.expect_eq_const %1, dense<[0, 1, 2, 3, 1, 31, 32]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -9223372036854775808, 9223372036854775807, -1]> : tensor<7xi64>
  %1 = stablehlo.popcnt %0 : tensor<7xi64>
  check.expect_eq_const %1, dense<[0, 1, 2, 3, 1, 63, 64]> : tensor<7xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 255, 5]> : tensor<7xui8>
  %1 = stablehlo.popcnt %0 : tensor<7xui8>
  check.expect_eq_const %1, dense<[0, 1, 2, 3, 3, 8, 2]> : tensor<7xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 65535, 5]> : tensor<7xui16>
  %1 = stablehlo.popcnt %0 : tensor<7xui16>
  check.expect_eq_const %1, dense<[0, 1, 2, 3, 3, 16, 2]> : tensor<7xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 18446744073709551615, 5]> : tensor<7xui64>
  %1 = stablehlo.popcnt %0 : tensor<7xui64>
  check.expect_eq_const %1, dense<[0, 1, 2, 3, 3, 64, 2]> : tensor<7xui64>
  return
}
