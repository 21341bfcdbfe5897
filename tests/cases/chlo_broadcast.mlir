// SPDX-License-Identifier: Apache-2.0
//
// The chlo.broadcast_* family: ranks and sizes of 1 meet.

func.func @add() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_add %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[7, 8, 9], [-8, -7, -6]]> : tensor<2x3xi32>
  return
}

// -----

func.func @and() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_and %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[0, 2, 2], [1, 2, 3]]> : tensor<2x3xi32>
  return
}

// -----

func.func @divide() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_divide %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[6, 3, 2], [-9, -4, -3]]> : tensor<2x3xi32>
  return
}

// -----

func.func @maximum() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_maximum %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[6, 6, 6], [1, 2, 3]]> : tensor<2x3xi32>
  return
}

// -----

func.func @minimum() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_minimum %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[1, 2, 3], [-9, -9, -9]]> : tensor<2x3xi32>
  return
}

// -----

func.func @multiply() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_multiply %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[6, 12, 18], [-9, -18, -27]]> : tensor<2x3xi32>
  return
}

// -----

func.func @or() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_or %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[7, 6, 7], [-9, -9, -9]]> : tensor<2x3xi32>
  return
}

// -----

func.func @power() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_power %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[6, 36, 216], [-9, 81, -729]]> : tensor<2x3xi32>
  return
}

// -----

func.func @remainder() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_remainder %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[0, 0, 0], [0, -1, 0]]> : tensor<2x3xi32>
  return
}

// -----

func.func @shift_left() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_shift_left %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[12, 24, 48], [-18, -36, -72]]> : tensor<2x3xi32>
  return
}

// -----

func.func @shift_right_arithmetic() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_shift_right_arithmetic %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[3, 1, 0], [-5, -3, -2]]> : tensor<2x3xi32>
  return
}

// -----

func.func @shift_right_logical() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_shift_right_logical %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[3, 1, 0], [2147483643, 1073741821, 536870910]]> : tensor<2x3xi32>
  return
}

// -----

func.func @subtract() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_subtract %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[5, 4, 3], [-10, -11, -12]]> : tensor<2x3xi32>
  return
}

// -----

func.func @xor() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = chlo.broadcast_xor %a, %b : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %0, dense<[[7, 4, 5], [-10, -11, -12]]> : tensor<2x3xi32>
  return
}

// -----

func.func @compare() {
  %a = stablehlo.constant dense<[[6], [-9]]> : tensor<2x1xi32>
  %b = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %0 = "chlo.broadcast_compare"(%a, %b) {comparison_direction = #chlo<comparison_direction GT>} : (tensor<2x1xi32>, tensor<3xi32>) -> tensor<2x3xi1>
  check.expect_eq_const %0, dense<[[true, true, true], [false, false, false]]> : tensor<2x3xi1>
  return
}

// -----

func.func @complex() {
  %a = stablehlo.constant dense<[[0.0], [1.0]]> : tensor<2x1xf32>
  %b = stablehlo.constant dense<[1.0]> : tensor<1xf32>
  %0 = chlo.broadcast_complex %a, %b : (tensor<2x1xf32>, tensor<1xf32>) -> tensor<2x1xcomplex<f32>>
  check.expect_eq_const %0, dense<[[(0.0, 1.0)], [(1.0, 1.0)]]> : tensor<2x1xcomplex<f32>>
  return
}

// -----

func.func @atan2() {
  %a = stablehlo.constant dense<[[0.0], [1.0]]> : tensor<2x1xf32>
  %b = stablehlo.constant dense<[1.0]> : tensor<1xf32>
  %0 = chlo.broadcast_atan2 %a, %b : (tensor<2x1xf32>, tensor<1xf32>) -> tensor<2x1xf32>
  check.expect_eq_const %0, dense<[[0.0], [0.785398185]]> : tensor<2x1xf32>
  return
}

// -----

func.func @select() {
  %p = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %a = stablehlo.constant dense<7> : tensor<i32>
  %b = stablehlo.constant dense<[[1], [2]]> : tensor<2x1xi32>
  %0 = chlo.broadcast_select %p, %a, %b : (tensor<2xi1>, tensor<i32>, tensor<2x1xi32>) -> tensor<2x2xi32>
  check.expect_eq_const %0, dense<[[7, 1], [7, 2]]> : tensor<2x2xi32>
  return
}

// -----

func.func @explicit_dimensions() {
  %a = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %b = stablehlo.constant dense<[10, 20]> : tensor<2xi32>
  %0 = "chlo.broadcast_add"(%a, %b) {broadcast_dimensions = array<i64: 0>} : (tensor<2x2xi32>, tensor<2xi32>) -> tensor<2x2xi32>
  check.expect_eq_const %0, dense<[[11, 12], [23, 24]]> : tensor<2x2xi32>
  return
}

// -----

func.func @polygamma() {
  %n = stablehlo.constant dense<[[1.0], [0.0]]> : tensor<2x1xf64>
  %x = stablehlo.constant dense<[1.0, 0.5]> : tensor<2xf64>
  %0 = chlo.broadcast_polygamma %n, %x : (tensor<2x1xf64>, tensor<2xf64>) -> tensor<2x2xf64>
  %1 = stablehlo.constant dense<[[1.6449340668482264, 4.934802200544679], [-0.5772156649015329, -1.9635100260214235]]> : tensor<2x2xf64>
  check.expect_close %0, %1, max_ulp_difference = 8 : tensor<2x2xf64>, tensor<2x2xf64>
  return
}

// -----

func.func @zeta() {
  %s = stablehlo.constant dense<[2.0, 4.0]> : tensor<2xf64>
  %q = stablehlo.constant dense<1.0> : tensor<f64>
  %0 = chlo.broadcast_zeta %s, %q : (tensor<2xf64>, tensor<f64>) -> tensor<2xf64>
  %1 = stablehlo.constant dense<[1.6449340668482264, 1.0823232337111382]> : tensor<2xf64>
  check.expect_close %0, %1, max_ulp_difference = 4 : tensor<2xf64>, tensor<2xf64>
  return
}
