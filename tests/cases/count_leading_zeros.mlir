// SPDX-License-Identifier: Apache-2.0
//
// How many leading bits are not set.

func.func @i8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -128, 127, -1]> : tensor<7xi8>
  %1 = stablehlo.count_leading_zeros %0 : tensor<7xi8>
  check.expect_eq_const %1, dense<[8, 7, 6, 1, 0, 1, 0]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -2147483648, 2147483647, -1]> : tensor<7xi32>
  %1 = stablehlo.count_leading_zeros %0 : tensor<7xi32>
  check.expect_eq_const %1, dense<[32, 31, 30, 25, 0, 1, 0]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -9223372036854775808, 9223372036854775807, -1]> : tensor<7xi64>
  %1 = stablehlo.count_leading_zeros %0 : tensor<7xi64>
  check.expect_eq_const %1, dense<[64, 63, 62, 57, 0, 1, 0]> : tensor<7xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 255, 5]> : tensor<7xui8>
  %1 = stablehlo.count_leading_zeros %0 : tensor<7xui8>
  check.expect_eq_const %1, dense<[8, 7, 6, 1, 0, 0, 5]> : tensor<7xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 65535, 5]> : tensor<7xui16>
  %1 = stablehlo.count_leading_zeros %0 : tensor<7xui16>
  check.expect_eq_const %1, dense<[16, 15, 14, 9, 8, 0, 13]> : tensor<7xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 18446744073709551615, 5]> : tensor<7xui64>
  %1 = stablehlo.count_leading_zeros %0 : tensor<7xui64>
  check.expect_eq_const %1, dense<[64, 63, 62, 57, 56, 0, 61]> : tensor<7xui64>
  return
}
