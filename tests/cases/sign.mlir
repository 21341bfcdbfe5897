// SPDX-License-Identifier: Apache-2.0
//
// Signs; zeros and NaN stay as they are.

func.func @i8() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -128, 127, -1]> : tensor<7xi8>
  %1 = stablehlo.sign %0 : tensor<7xi8>
  check.expect_eq_const %1, dense<[0, 1, 1, 1, -1, 1, -1]> : tensor<7xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -2147483648, 2147483647, -1]> : tensor<7xi32>
  %1 = stablehlo.sign %0 : tensor<7xi32>
  check.expect_eq_const %1, dense<[0, 1, 1, 1, -1, 1, -1]> : tensor<7xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[0, 1, 3, 100, -9223372036854775808, 9223372036854775807, -1]> : tensor<7xi64>
  %1 = stablehlo.sign %0 : tensor<7xi64>
  check.expect_eq_const %1, dense<[0, 1, 1, 1, -1, 1, -1]> : tensor<7xi64>
  return
}

// -----

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<11xf32>
  %1 = stablehlo.sign %0 : tensor<11xf32>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, 1.0, -1.0, 0x7FC00000]> : tensor<11xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  %1 = stablehlo.sign %0 : tensor<11xf64>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, 1.0, -1.0, 0x7FF8000000000000]> : tensor<11xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7C00, 0xFC00, 0x7E00]> : tensor<11xf16>
  %1 = stablehlo.sign %0 : tensor<11xf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, 1.0, -1.0, 0x7E00]> : tensor<11xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.5, 0.49, 0x7F80, 0xFF80, 0x7FC0]> : tensor<11xbf16>
  %1 = stablehlo.sign %0 : tensor<11xbf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, 1.0, -1.0, 0x7FC0]> : tensor<11xbf16>
  return
}

// -----

// Where the absolute value overflows, or is a rounded subnormal.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(0x7FEFFFFFFFFFFFFF, 0x7FEFFFFFFFFFFFFF), (0x0000000000000001, 0x8000000000000001)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.sign %0 : tensor<2xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.7071067811865475, 0.7071067811865475), (0.7071067811865475, -0.7071067811865475)]> : tensor<2xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>
  return
}
