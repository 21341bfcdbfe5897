// SPDX-License-Identifier: Apache-2.0
//
// The high half of a product, of every integer type.

func.func @i4() {
  %0 = stablehlo.constant dense<[7, -8, -1]> : tensor<3xi4>
  %1 = stablehlo.constant dense<[7, -8, 1]> : tensor<3xi4>
  %2 = chlo.mulhi %0, %1 : tensor<3xi4>, tensor<3xi4> -> tensor<3xi4>
  check.expect_eq_const %2, dense<[3, 4, -1]> : tensor<3xi4>
  return
}

// -----

func.func @i8() {
  %0 = stablehlo.constant dense<[64, -64, -128, -1]> : tensor<4xi8>
  %1 = stablehlo.constant dense<[4, 4, -128, 1]> : tensor<4xi8>
  %2 = chlo.mulhi %0, %1 : tensor<4xi8>, tensor<4xi8> -> tensor<4xi8>
  check.expect_eq_const %2, dense<[1, -1, 64, -1]> : tensor<4xi8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[61440, 65535]> : tensor<2xui16>
  %1 = stablehlo.constant dense<[16, 65535]> : tensor<2xui16>
  %2 = chlo.mulhi %0, %1 : tensor<2xui16>, tensor<2xui16> -> tensor<2xui16>
  check.expect_eq_const %2, dense<[15, 65534]> : tensor<2xui16>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[268435456, -2147483648, 123456789]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[-16, -2147483648, 987654321]> : tensor<3xi32>
  %2 = chlo.mulhi %0, %1 : tensor<3xi32>, tensor<3xi32> -> tensor<3xi32>
  check.expect_eq_const %2, dense<[-1, 1073741824, 28389652]> : tensor<3xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[1152921504606846976, -9223372036854775808, -1, 1234567890123456789]> : tensor<4xi64>
  %1 = stablehlo.constant dense<[-16, -9223372036854775808, 1, 987654321098765432]> : tensor<4xi64>
  %2 = chlo.mulhi %0, %1 : tensor<4xi64>, tensor<4xi64> -> tensor<4xi64>
  check.expect_eq_const %2, dense<[-1, 4611686018427387904, -1, 66099811787816346]> : tensor<4xi64>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[17293822569102704640, 18446744073709551615]> : tensor<2xui64>
  %1 = stablehlo.constant dense<[16, 18446744073709551615]> : tensor<2xui64>
  %2 = chlo.mulhi %0, %1 : tensor<2xui64>, tensor<2xui64> -> tensor<2xui64>
  check.expect_eq_const %2, dense<[15, 18446744073709551614]> : tensor<2xui64>
  return
}
