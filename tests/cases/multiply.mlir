// SPDX-License-Identifier: Apache-2.0
//
// Products: integers wrap, booleans are and-ed.

func.func @i1() {
  %0 = stablehlo.constant dense<[true, true, false, false]> : tensor<4xi1>
  %1 = stablehlo.constant dense<[true, false, true, false]> : tensor<4xi1>
  %2 = stablehlo.multiply %0, %1 : tensor<4xi1>
  check.expect_eq_const %2, dense<[true, false, false, false]> : tensor<4xi1>
  return
}

// -----

func.func @i8() {
  %0 = stablehlo.constant dense<[7, 127, -128, 3, 100, 0]> : tensor<6xi8>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 127]> : tensor<6xi8>
  %2 = stablehlo.multiply %0, %1 : tensor<6xi8>
  check.expect_eq_const %2, dense<[21, -2, -128, 15, -116, 0]> : tensor<6xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[7, 2147483647, -2147483648, 3, 100, 0]> : tensor<6xi32>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 2147483647]> : tensor<6xi32>
  %2 = stablehlo.multiply %0, %1 : tensor<6xi32>
  check.expect_eq_const %2, dense<[21, -2, -2147483648, 15, 2700, 0]> : tensor<6xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[7, 9223372036854775807, -9223372036854775808, 3, 100, 0]> : tensor<6xi64>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 9223372036854775807]> : tensor<6xi64>
  %2 = stablehlo.multiply %0, %1 : tensor<6xi64>
  check.expect_eq_const %2, dense<[21, -2, -9223372036854775808, 15, 2700, 0]> : tensor<6xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[7, 255, 0, 3, 100, 0]> : tensor<6xui8>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 255]> : tensor<6xui8>
  %2 = stablehlo.multiply %0, %1 : tensor<6xui8>
  check.expect_eq_const %2, dense<[21, 254, 0, 15, 140, 0]> : tensor<6xui8>
  return
}

// -----

func.func @ui16() {
  %0 = stablehlo.constant dense<[7, 65535, 0, 3, 100, 0]> : tensor<6xui16>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 65535]> : tensor<6xui16>
  %2 = stablehlo.multiply %0, %1 : tensor<6xui16>
  check.expect_eq_const %2, dense<[21, 65534, 0, 15, 2700, 0]> : tensor<6xui16>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[7, 18446744073709551615, 0, 3, 100, 0]> : tensor<6xui64>
  %1 = stablehlo.constant dense<[3, 2, 1, 5, 27, 18446744073709551615]> : tensor<6xui64>
  %2 = stablehlo.multiply %0, %1 : tensor<6xui64>
  check.expect_eq_const %2, dense<[21, 18446744073709551614, 0, 15, 2700, 0]> : tensor<6xui64>
  return
}

// -----

func.func @f32() {
  %0 = stablehlo.constant dense<[1.5, -2.25, 0.1, 0x7F800000, -0.0, 0x7FC00000, 3.0]> : tensor<7xf32>
  %1 = stablehlo.constant dense<[2.5, 0.75, 0.2, 1.0, 0.0, 1.0, -3.0]> : tensor<7xf32>
  %2 = stablehlo.multiply %0, %1 : tensor<7xf32>
  check.expect_eq_const %2, dense<[3.75, -1.6875, 0.020000001, 0x7F800000, -0.0, 0x7FC00000, -9.0]> : tensor<7xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[1.5, -2.25, 0.1, 0x7FF0000000000000, -0.0, 0x7FF8000000000000, 3.0]> : tensor<7xf64>
  %1 = stablehlo.constant dense<[2.5, 0.75, 0.2, 1.0, 0.0, 1.0, -3.0]> : tensor<7xf64>
  %2 = stablehlo.multiply %0, %1 : tensor<7xf64>
  check.expect_eq_const %2, dense<[3.75, -1.6875, 0.020000000000000004, 0x7FF0000000000000, -0.0, 0x7FF8000000000000, -9.0]> : tensor<7xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[1.5, -2.25, 0.1, 0x7C00, -0.0, 0x7E00, 3.0]> : tensor<7xf16>
  %1 = stablehlo.constant dense<[2.5, 0.75, 0.2, 1.0, 0.0, 1.0, -3.0]> : tensor<7xf16>
  %2 = stablehlo.multiply %0, %1 : tensor<7xf16>
  check.expect_eq_const %2, dense<[3.75, -1.6875, 0.019989013671875, 0x7C00, -0.0, 0x7E00, -9.0]> : tensor<7xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.5, -2.25, 0.1, 0x7F80, -0.0, 0x7FC0, 3.0]> : tensor<7xbf16>
  %1 = stablehlo.constant dense<[2.5, 0.75, 0.2, 1.0, 0.0, 1.0, -3.0]> : tensor<7xbf16>
  %2 = stablehlo.multiply %0, %1 : tensor<7xbf16>
  check.expect_eq_const %2, dense<[3.75, -1.6875, 0.02001953125, 0x7F80, -0.0, 0x7FC0, -9.0]> : tensor<7xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.constant dense<[(1.5, -3.0), (2.0, 0.5)]> : tensor<2xcomplex<f32>>
  %2 = stablehlo.multiply %0, %1 : tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<[(3.75, 0.0), (-3.875, -1.5)]> : tensor<2xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.constant dense<[(1.5, -3.0), (2.0, 0.5)]> : tensor<2xcomplex<f64>>
  %2 = stablehlo.multiply %0, %1 : tensor<2xcomplex<f64>>
  check.expect_eq_const %2, dense<[(3.75, 0.0), (-3.875, -1.5)]> : tensor<2xcomplex<f64>>
  return
}

// -----

// (a + bi)(c + di) = (ac - bd) + (ad + bc)i, whatever comes of it: inf * 0 is NaN in either part.
func.func @complex_infinities() {
  %0 = stablehlo.constant dense<[(0x7F800000, 0.0), (0x7F800000, 1.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.constant dense<[(1.0, 0.0), (1.0, 1.0)]> : tensor<2xcomplex<f32>>
  %2 = stablehlo.multiply %0, %1 : tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<[(0x7F800000, 0x7FC00000), (0x7F800000, 0x7F800000)]> : tensor<2xcomplex<f32>>
  return
}
