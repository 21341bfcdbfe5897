// SPDX-License-Identifier: Apache-2.0
//
// Comparisons in every direction and order: quiet on NaN, or the total order of floats.

func.func @eq_float_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare EQ, %0, %1, FLOAT : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, false, false]> : tensor<5xi1>
  return
}

// -----

func.func @eq_float_f16() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7E00, 0xFC00, 2.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7C00, -2.0]> : tensor<5xf16>
  %2 = stablehlo.compare EQ, %0, %1, FLOAT : (tensor<5xf16>, tensor<5xf16>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, false, false]> : tensor<5xi1>
  return
}

// -----

func.func @eq_totalorder_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare EQ, %0, %1, TOTALORDER : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, false, false, false, false]> : tensor<5xi1>
  return
}

// -----

func.func @eq_signed_i32() {
  %0 = stablehlo.constant dense<[1, -1, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[1, 1, -5]> : tensor<3xi32>
  %2 = stablehlo.compare EQ, %0, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, false, false]> : tensor<3xi1>
  return
}

// -----

func.func @eq_unsigned_ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 5]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[1, 1, 7]> : tensor<3xui64>
  %2 = stablehlo.compare EQ, %0, %1, UNSIGNED : (tensor<3xui64>, tensor<3xui64>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, false, false]> : tensor<3xi1>
  return
}

// -----

func.func @eq_unsigned_i1() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[true, true, false]> : tensor<3xi1>
  %2 = stablehlo.compare EQ, %0, %1, UNSIGNED : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, false, false]> : tensor<3xi1>
  return
}

// -----

func.func @ne_float_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare NE, %0, %1, FLOAT : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, true, true, true]> : tensor<5xi1>
  return
}

// -----

func.func @ne_float_f16() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7E00, 0xFC00, 2.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7C00, -2.0]> : tensor<5xf16>
  %2 = stablehlo.compare NE, %0, %1, FLOAT : (tensor<5xf16>, tensor<5xf16>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, true, true, true]> : tensor<5xi1>
  return
}

// -----

func.func @ne_totalorder_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare NE, %0, %1, TOTALORDER : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, true, true, true, true]> : tensor<5xi1>
  return
}

// -----

func.func @ne_signed_i32() {
  %0 = stablehlo.constant dense<[1, -1, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[1, 1, -5]> : tensor<3xi32>
  %2 = stablehlo.compare NE, %0, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, true, true]> : tensor<3xi1>
  return
}

// -----

func.func @ne_unsigned_ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 5]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[1, 1, 7]> : tensor<3xui64>
  %2 = stablehlo.compare NE, %0, %1, UNSIGNED : (tensor<3xui64>, tensor<3xui64>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, true, true]> : tensor<3xi1>
  return
}

// -----

func.func @ne_unsigned_i1() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[true, true, false]> : tensor<3xi1>
  %2 = stablehlo.compare NE, %0, %1, UNSIGNED : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, true, true]> : tensor<3xi1>
  return
}

// -----

func.func @lt_float_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare LT, %0, %1, FLOAT : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, false, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @lt_float_f16() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7E00, 0xFC00, 2.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7C00, -2.0]> : tensor<5xf16>
  %2 = stablehlo.compare LT, %0, %1, FLOAT : (tensor<5xf16>, tensor<5xf16>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, false, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @lt_totalorder_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare LT, %0, %1, TOTALORDER : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, true, false, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @lt_signed_i32() {
  %0 = stablehlo.constant dense<[1, -1, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[1, 1, -5]> : tensor<3xi32>
  %2 = stablehlo.compare LT, %0, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, true, false]> : tensor<3xi1>
  return
}

// -----

func.func @lt_unsigned_ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 5]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[1, 1, 7]> : tensor<3xui64>
  %2 = stablehlo.compare LT, %0, %1, UNSIGNED : (tensor<3xui64>, tensor<3xui64>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, false, true]> : tensor<3xi1>
  return
}

// -----

func.func @lt_unsigned_i1() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[true, true, false]> : tensor<3xi1>
  %2 = stablehlo.compare LT, %0, %1, UNSIGNED : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, true, false]> : tensor<3xi1>
  return
}

// -----

func.func @le_float_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare LE, %0, %1, FLOAT : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @le_float_f16() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7E00, 0xFC00, 2.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7C00, -2.0]> : tensor<5xf16>
  %2 = stablehlo.compare LE, %0, %1, FLOAT : (tensor<5xf16>, tensor<5xf16>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @le_totalorder_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare LE, %0, %1, TOTALORDER : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, true, false]> : tensor<5xi1>
  return
}

// -----

func.func @le_signed_i32() {
  %0 = stablehlo.constant dense<[1, -1, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[1, 1, -5]> : tensor<3xi32>
  %2 = stablehlo.compare LE, %0, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, true, false]> : tensor<3xi1>
  return
}

// -----

func.func @le_unsigned_ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 5]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[1, 1, 7]> : tensor<3xui64>
  %2 = stablehlo.compare LE, %0, %1, UNSIGNED : (tensor<3xui64>, tensor<3xui64>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, false, true]> : tensor<3xi1>
  return
}

// -----

func.func @le_unsigned_i1() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[true, true, false]> : tensor<3xi1>
  %2 = stablehlo.compare LE, %0, %1, UNSIGNED : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, true, false]> : tensor<3xi1>
  return
}

// -----

func.func @gt_float_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare GT, %0, %1, FLOAT : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, false, false, true]> : tensor<5xi1>
  return
}

// -----

func.func @gt_float_f16() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7E00, 0xFC00, 2.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7C00, -2.0]> : tensor<5xf16>
  %2 = stablehlo.compare GT, %0, %1, FLOAT : (tensor<5xf16>, tensor<5xf16>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, false, false, true]> : tensor<5xi1>
  return
}

// -----

func.func @gt_totalorder_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare GT, %0, %1, TOTALORDER : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[false, false, true, false, true]> : tensor<5xi1>
  return
}

// -----

func.func @gt_signed_i32() {
  %0 = stablehlo.constant dense<[1, -1, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[1, 1, -5]> : tensor<3xi32>
  %2 = stablehlo.compare GT, %0, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, false, true]> : tensor<3xi1>
  return
}

// -----

func.func @gt_unsigned_ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 5]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[1, 1, 7]> : tensor<3xui64>
  %2 = stablehlo.compare GT, %0, %1, UNSIGNED : (tensor<3xui64>, tensor<3xui64>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, true, false]> : tensor<3xi1>
  return
}

// -----

func.func @gt_unsigned_i1() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[true, true, false]> : tensor<3xi1>
  %2 = stablehlo.compare GT, %0, %1, UNSIGNED : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[false, false, true]> : tensor<3xi1>
  return
}

// -----

func.func @ge_float_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare GE, %0, %1, FLOAT : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, false, true]> : tensor<5xi1>
  return
}

// -----

func.func @ge_float_f16() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7E00, 0xFC00, 2.0]> : tensor<5xf16>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7C00, -2.0]> : tensor<5xf16>
  %2 = stablehlo.compare GE, %0, %1, FLOAT : (tensor<5xf16>, tensor<5xf16>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, true, false, false, true]> : tensor<5xi1>
  return
}

// -----

func.func @ge_totalorder_f32() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 0x7FC00000, 0xFF800000, 2.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 1.0, 0x7F800000, -2.0]> : tensor<5xf32>
  %2 = stablehlo.compare GE, %0, %1, TOTALORDER : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const %2, dense<[true, false, true, false, true]> : tensor<5xi1>
  return
}

// -----

func.func @ge_signed_i32() {
  %0 = stablehlo.constant dense<[1, -1, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[1, 1, -5]> : tensor<3xi32>
  %2 = stablehlo.compare GE, %0, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, false, true]> : tensor<3xi1>
  return
}

// -----

func.func @ge_unsigned_ui64() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 5]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[1, 1, 7]> : tensor<3xui64>
  %2 = stablehlo.compare GE, %0, %1, UNSIGNED : (tensor<3xui64>, tensor<3xui64>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, true, false]> : tensor<3xi1>
  return
}

// -----

func.func @ge_unsigned_i1() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[true, true, false]> : tensor<3xi1>
  %2 = stablehlo.compare GE, %0, %1, UNSIGNED : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  check.expect_eq_const %2, dense<[true, false, true]> : tensor<3xi1>
  return
}

// -----

func.func @complex() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (1.0, 2.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.constant dense<[(1.0, 2.0), (1.0, -2.0)]> : tensor<2xcomplex<f32>>
  %2 = stablehlo.compare EQ, %0, %1, FLOAT : (tensor<2xcomplex<f32>>, tensor<2xcomplex<f32>>) -> tensor<2xi1>
  %3 = stablehlo.compare NE, %0, %1 : (tensor<2xcomplex<f32>>, tensor<2xcomplex<f32>>) -> tensor<2xi1>
  check.expect_eq_const %2, dense<[true, false]> : tensor<2xi1>
  check.expect_eq_const %3, dense<[false, true]> : tensor<2xi1>
  return
}
