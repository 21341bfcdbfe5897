// SPDX-License-Identifier: Apache-2.0
//
// Bitwise or.

func.func @i1() {
  %0 = stablehlo.constant dense<[true, true, false, false]> : tensor<4xi1>
  %1 = stablehlo.constant dense<[true, false, true, false]> : tensor<4xi1>
  %2 = stablehlo.or %0, %1 : tensor<4xi1>
  check.expect_eq_const %2, dense<[true, true, true, false]> : tensor<4xi1>
  return
}

// -----

func.func @i8() {
  %0 = stablehlo.constant dense<[7, 127, -128, 3, 100, 0]> : tensor<6xi8>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 127]> : tensor<6xi8>
  %2 = stablehlo.or %0, %1 : tensor<6xi8>
  check.expect_eq_const %2, dense<[7, 127, -127, 7, 127, 127]> : tensor<6xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[7, 2147483647, -2147483648, 3, 100, 0]> : tensor<6xi32>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 2147483647]> : tensor<6xi32>
  %2 = stablehlo.or %0, %1 : tensor<6xi32>
  check.expect_eq_const %2, dense<[7, 2147483647, -2147483647, 7, 127, 2147483647]> : tensor<6xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[7, 9223372036854775807, -9223372036854775808, 3, 100, 0]> : tensor<6xi64>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 9223372036854775807]> : tensor<6xi64>
  %2 = stablehlo.or %0, %1 : tensor<6xi64>
  check.expect_eq_const %2, dense<[7, 9223372036854775807, -9223372036854775807, 7, 127, 9223372036854775807]> : tensor<6xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[7, 255, 0, 3, 100, 0]> : tensor<6xui8>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 255]> : tensor<6xui8>
  %2 = stablehlo.or %0, %1 : tensor<6xui8>
  check.expect_eq_const %2, dense<[7, 255, 1, 7, 127, 255]> : tensor<6xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[7, 65535, 0, 3, 100, 0]> : tensor<6xui16>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 65535]> : tensor<6xui16>
  %2 = stablehlo.or %0, %1 : tensor<6xui16>
  check.expect_eq_const %2, dense<[7, 65535, 1, 7, 127, 65535]> : tensor<6xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[7, 18446744073709551615, 0, 3, 100, 0]> : tensor<6xui64>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 18446744073709551615]> : tensor<6xui64>
  %2 = stablehlo.or %0, %1 : tensor<6xui64>
  check.expect_eq_const %2, dense<[7, 18446744073709551615, 1, 7, 127, 18446744073709551615]> : tensor<6xui64>
  return
}
