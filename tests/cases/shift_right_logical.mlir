// SPDX-License-Identifier: Apache-2.0
//
// Shifts that bring in zeros; by the width or more, 0.

func.func @i8() {
  %0 = stablehlo.constant dense<[1, 127, -128, 5, 77, 77, 127]> : tensor<7xi8>
  %1 = stablehlo.constant dense<[3, 1, 1, 7, 8, 0, 2]> : tensor<7xi8>
  %2 = stablehlo.shift_right_logical %0, %1 : tensor<7xi8>
  check.expect_eq_const %2, dense<[0, 63, 64, 0, 0, 77, 31]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[1, 2147483647, -2147483648, 5, 77, 77, 2147483647]> : tensor<7xi32>
  %1 = stablehlo.constant dense<[3, 1, 1, 31, 32, 0, 2]> : tensor<7xi32>
  %2 = stablehlo.shift_right_logical %0, %1 : tensor<7xi32>
  check.expect_eq_const %2, dense<[0, 1073741823, 1073741824, 0, 0, 77, 536870911]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[1, 9223372036854775807, -9223372036854775808, 5, 77, 77, 9223372036854775807]> : tensor<7xi64>
  %1 = stablehlo.constant dense<[3, 1, 1, 63, 64, 0, 2]> : tensor<7xi64>
  %2 = stablehlo.shift_right_logical %0, %1 : tensor<7xi64>
  check.expect_eq_const %2, dense<[0, 4611686018427387903, 4611686018427387904, 0, 0, 77, 2305843009213693951]> : tensor<7xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[1, 255, 0, 5, 77, 77, 255]> : tensor<7xui8>
  %1 = stablehlo.constant dense<[3, 1, 1, 7, 8, 0, 2]> : tensor<7xui8>
  %2 = stablehlo.shift_right_logical %0, %1 : tensor<7xui8>
  check.expect_eq_const %2, dense<[0, 127, 0, 0, 0, 77, 63]> : tensor<7xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[1, 65535, 0, 5, 77, 77, 65535]> : tensor<7xui16>
  %1 = stablehlo.constant dense<[3, 1, 1, 15, 16, 0, 2]> : tensor<7xui16>
  %2 = stablehlo.shift_right_logical %0, %1 : tensor<7xui16>
  check.expect_eq_const %2, dense<[0, 32767, 0, 0, 0, 77, 16383]> : tensor<7xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 0, 5, 77, 77, 18446744073709551615]> : tensor<7xui64>
  %1 = stablehlo.constant dense<[3, 1, 1, 63, 64, 0, 2]> : tensor<7xui64>
  %2 = stablehlo.shift_right_logical %0, %1 : tensor<7xui64>
  check.expect_eq_const %2, dense<[0, 9223372036854775807, 0, 0, 0, 77, 4611686018427387903]> : tensor<7xui64>
  return
}
