// SPDX-License-Identifier: Apache-2.0
//
// Shifts to the left; by the width or more, 0.

func.func @i8() {
  %0 = stablehlo.constant dense<[1, 127, -128, 5, 77, 77, 127]> : tensor<7xi8>
  %1 = stablehlo.constant dense<[3, 1, 1, 7, 8, 0, 2]> : tensor<7xi8>
  %2 = stablehlo.shift_left %0, %1 : tensor<7xi8>
  check.expect_eq_const %2, dense<[8, -2, 0, -128, 0, 77, -4]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[1, 2147483647, -2147483648, 5, 77, 77, 2147483647]> : tensor<7xi32>
  %1 = stablehlo.constant dense<[3, 1, 1, 31, 32, 0, 2]> : tensor<7xi32>
  %2 = stablehlo.shift_left %0, %1 : tensor<7xi32>
  check.expect_eq_const %2, dense<[8, -2, 0, -2147483648, 0, 77, -4]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[1, 9223372036854775807, -9223372036854775808, 5, 77, 77, 9223372036854775807]> : tensor<7xi64>
  %1 = stablehlo.constant dense<[3, 1, 1, 63, 64, 0, 2]> : tensor<7xi64>
  %2 = stablehlo.shift_left %0, %1 : tensor<7xi64>
  check.expect_eq_const %2, dense<[8, -2, 0, -9223372036854775808, 0, 77, -4]> : tensor<7xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[1, 255, 0, 5, 77, 77, 255]> : tensor<7xui8>
  %1 = stablehlo.constant dense<[3, 1, 1, 7, 8, 0, 2]> : tensor<7xui8>
  %2 = stablehlo.shift_left %0, %1 : tensor<7xui8>
  check.expect_eq_const %2, dense<[8, 254, 0, 128, 0, 77, 252]> : tensor<7xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[1, 65535, 0, 5, 77, 77, 65535]> : tensor<7xui16>
  %1 = stablehlo.constant dense<[3, 1, 1, 15, 16, 0, 2]> : tensor<7xui16>
  %2 = stablehlo.shift_left %0, %1 : tensor<7xui16>
  check.expect_eq_const %2, dense<[8, 65534, 0, 32768, 0, 77, 65532]> : tensor<7xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 0, 5, 77, 77, 18446744073709551615]> : tensor<7xui64>
  %1 = stablehlo.constant dense<[3, 1, 1, 63, 64, 0, 2]> : tensor<7xui64>
  %2 = stablehlo.shift_left %0, %1 : tensor<7xui64>
  check.expect_eq_const %2, dense<[8, 18446744073709551614, 0, 9223372036854775808, 0, 77, 18446744073709551612]> : tensor<7xui64>
  return
}
