// SPDX-License-Identifier: Apache-2.0
//
// Bitwise complement.

func.func @i1() {
  %0 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %1 = stablehlo.not %0 : tensor<2xi1>
  check.expect_eq_const %1, dense<[false, true]> : tensor<2xi1>
  return
}

// -----

func.func @i8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -128, 127, -1]> : tensor<7xi8>
  %1 = stablehlo.not %0 : tensor<7xi8>
  check.expect_eq_const %1, dense<[-1, -2, -4, -101, 127, -128, 0]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -2147483648, 2147483647, -1]> : tensor<7xi32>
  %1 = stablehlo.not %0 : tensor<7xi32>
  check.expect_eq_const %1, dense<[-1, -2, -4, -101, 2147483647, -2147483648, 0]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -9223372036854775808, 9223372036854775807, -1]> : tensor<7xi64>
  %1 = stablehlo.not %0 : tensor<7xi64>
  check.expect_eq_const %1, dense<[-1, -2, -4, -101, 9223372036854775807, -9223372036854775808, 0]> : tensor<7xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 255, 5]> : tensor<7xui8>
  %1 = stablehlo.not %0 : tensor<7xui8>
  check.expect_eq_const %1, dense<[255, 254, 252, 155, 55, 0, 250]> : tensor<7xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 65535, 5]> : tensor<7xui16>
  %1 = stablehlo.not %0 : tensor<7xui16>
  check.expect_eq_const %1, dense<[65535, 65534, 65532, 65435, 65335, 0, 65530]> : tensor<7xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, 200, 18446744073709551615, 5]> : tensor<7xui64>
  %1 = stablehlo.not %0 : tensor<7xui64>
  check.expect_eq_const %1, dense<[18446744073709551615, 18446744073709551614, 18446744073709551612, 18446744073709551515, 18446744073709551415, 0, 18446744073709551610]> : tensor<7xui64>
  return
}
