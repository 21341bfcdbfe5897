// SPDX-License-Identifier: Apache-2.0
//
// Updates land at clamped start indices and leave the operand as it was.

func.func @within() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9]]> : tensor<3x3xi16>
  %1 = stablehlo.constant dense<[[-1, -2]]> : tensor<1x2xi16>
  %2 = stablehlo.constant dense<2> : tensor<i32>
  %3 = stablehlo.constant dense<1> : tensor<i32>
  %4 = stablehlo.dynamic_update_slice %0, %1, %2, %3 : (tensor<3x3xi16>, tensor<1x2xi16>, tensor<i32>, tensor<i32>) -> tensor<3x3xi16>
  check.expect_eq_const %4, dense<[[1, 2, 3], [4, 5, 6], [7, -1, -2]]> : tensor<3x3xi16>
  check.expect_eq_const %0, dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9]]> : tensor<3x3xi16>
  return
}

// -----

func.func @clamps() {
  %0 = stablehlo.constant dense<0.0> : tensor<2x4xf64>
  %1 = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf64>
  %2 = stablehlo.constant dense<5> : tensor<i64>
  %3 = stablehlo.dynamic_update_slice %0, %1, %2, %2 : (tensor<2x4xf64>, tensor<2x3xf64>, tensor<i64>, tensor<i64>) -> tensor<2x4xf64>
  check.expect_eq_const %3, dense<[[0.0, 1.0, 2.0, 3.0], [0.0, 4.0, 5.0, 6.0]]> : tensor<2x4xf64>
  return
}

// -----

// An unsigned index beyond i64 is a large one; a scalar has no index.
func.func @unsigned_index_and_scalar() {
  %0 = stablehlo.constant dense<[1, 2, 3, 4]> : tensor<4xi8>
  %1 = stablehlo.constant dense<[8, 9]> : tensor<2xi8>
  %2 = stablehlo.constant dense<18446744073709551615> : tensor<ui64>
  %3 = stablehlo.dynamic_update_slice %0, %1, %2 : (tensor<4xi8>, tensor<2xi8>, tensor<ui64>) -> tensor<4xi8>
  %4 = stablehlo.constant dense<1.5> : tensor<f32>
  %5 = stablehlo.constant dense<2.5> : tensor<f32>
  %6 = stablehlo.dynamic_update_slice %4, %5 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  check.expect_eq_const %3, dense<[1, 2, 8, 9]> : tensor<4xi8>
  check.expect_eq_const %6, dense<2.5> : tensor<f32>
  return
}
