// SPDX-License-Identifier: Apache-2.0
//
// Dynamic slices clamp their start indices into bounds.

func.func @within() {
  %0 = stablehlo.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]> : tensor<3x4xi32>
  %1 = stablehlo.constant dense<1> : tensor<i32>
  %2 = stablehlo.constant dense<2> : tensor<i32>
  %3 = stablehlo.dynamic_slice %0, %1, %2, sizes = [2, 2] : (tensor<3x4xi32>, tensor<i32>, tensor<i32>) -> tensor<2x2xi32>
  check.expect_eq_const %3, dense<[[7, 8], [11, 12]]> : tensor<2x2xi32>
  return
}

// -----

func.func @clamps() {
  %0 = stablehlo.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]> : tensor<3x4xi32>
  %1 = stablehlo.constant dense<-3> : tensor<i64>
  %2 = stablehlo.constant dense<9> : tensor<i64>
  %3 = stablehlo.dynamic_slice %0, %1, %2, sizes = [2, 3] : (tensor<3x4xi32>, tensor<i64>, tensor<i64>) -> tensor<2x3xi32>
  check.expect_eq_const %3, dense<[[2, 3, 4], [6, 7, 8]]> : tensor<2x3xi32>
  return
}

// -----

func.func @unsigned_index() {
  %0 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %1 = stablehlo.constant dense<18446744073709551615> : tensor<ui64>
  %2 = stablehlo.dynamic_slice %0, %1, sizes = [2] : (tensor<4xf32>, tensor<ui64>) -> tensor<2xf32>
  check.expect_eq_const %2, dense<[3.0, 4.0]> : tensor<2xf32>
  return
}
