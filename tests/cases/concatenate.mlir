// SPDX-License-Identifier: Apache-2.0
//
// Concatenation along every dimension, empty inputs included.

func.func @rows() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
  %1 = stablehlo.constant dense<[[5, 6]]> : tensor<1x2xi64>
  %2 = stablehlo.constant dense<> : tensor<0x2xi64>
  %3 = stablehlo.concatenate %0, %2, %1, dim = 0 : (tensor<2x2xi64>, tensor<0x2xi64>, tensor<1x2xi64>) -> tensor<3x2xi64>
  check.expect_eq_const %3, dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi64>
  return
}

// -----

func.func @columns() {
  %0 = stablehlo.constant dense<[[1.0], [2.0]]> : tensor<2x1xf16>
  %1 = stablehlo.constant dense<[[3.0, 4.0], [5.0, 6.0]]> : tensor<2x2xf16>
  %2 = stablehlo.concatenate %0, %1, %0, dim = 1 : (tensor<2x1xf16>, tensor<2x2xf16>, tensor<2x1xf16>) -> tensor<2x4xf16>
  check.expect_eq_const %2, dense<[[1.0, 3.0, 4.0, 1.0], [2.0, 5.0, 6.0, 2.0]]> : tensor<2x4xf16>
  return
}

// -----

func.func @middle() {
  %0 = stablehlo.constant dense<[[[1, 2]], [[3, 4]]]> : tensor<2x1x2xi32>
  %1 = stablehlo.constant dense<[[[5, 6], [7, 8]], [[9, 10], [11, 12]]]> : tensor<2x2x2xi32>
  %2 = stablehlo.concatenate %1, %0, dim = 1 : (tensor<2x2x2xi32>, tensor<2x1x2xi32>) -> tensor<2x3x2xi32>
  check.expect_eq_const %2, dense<[[[5, 6], [7, 8], [1, 2]], [[9, 10], [11, 12], [3, 4]]]> : tensor<2x3x2xi32>
  return
}
