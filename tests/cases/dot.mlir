// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dot

func.func @matrix_and_matrix() {
  %a = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = stablehlo.constant dense<[[1.0, 0.0], [0.0, 1.0], [10.0, 20.0]]> : tensor<3x2xf32>
  %0 = stablehlo.dot %a, %b, precision = [HIGHEST, DEFAULT] : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %0, dense<[[31.0, 62.0], [64.0, 125.0]]> : tensor<2x2xf32>
  func.return
}

// -----

func.func @vectors() {
  %a = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %v = stablehlo.constant dense<[10, 100]> : tensor<2xi32>
  %0 = stablehlo.dot %a, %v : (tensor<2x2xi32>, tensor<2xi32>) -> tensor<2xi32>
  check.expect_eq_const %0, dense<[210, 430]> : tensor<2xi32>
  %1 = stablehlo.dot %v, %a : (tensor<2xi32>, tensor<2x2xi32>) -> tensor<2xi32>
  check.expect_eq_const %1, dense<[310, 420]> : tensor<2xi32>
  %2 = stablehlo.dot %v, %v : (tensor<2xi32>, tensor<2xi32>) -> tensor<i32>
  check.expect_eq_const %2, dense<10100> : tensor<i32>
  func.return
}
