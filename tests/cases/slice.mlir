// SPDX-License-Identifier: Apache-2.0
//
// Slices with starts, strides and nothing at all.

func.func @strided() {
  %0 = stablehlo.iota dim = 1 : tensor<2x8xi64>
  %1 = stablehlo.slice %0 [0:2, 1:8:3] : (tensor<2x8xi64>) -> tensor<2x3xi64>
  check.expect_eq_const %1, dense<[[1, 4, 7], [1, 4, 7]]> : tensor<2x3xi64>
  return
}

// -----

func.func @rows() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf64>
  %1 = stablehlo.slice %0 [1:3, 0:2] : (tensor<3x2xf64>) -> tensor<2x2xf64>
  check.expect_eq_const %1, dense<[[3.0, 4.0], [5.0, 6.0]]> : tensor<2x2xf64>
  return
}

// -----

func.func @nothing() {
  %0 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xui32>
  %1 = stablehlo.slice %0 [2:2] : (tensor<3xui32>) -> tensor<0xui32>
  check.expect_eq_const %1, dense<> : tensor<0xui32>
  return
}

// -----

// A stride beyond the only element that is taken.
func.func @far_strides() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9]]> : tensor<3x3xi8>
  %1 = stablehlo.slice %0 [1:3:9223372036854775807, 0:3:2] : (tensor<3x3xi8>) -> tensor<1x2xi8>
  check.expect_eq_const %1, dense<[[4, 6]]> : tensor<1x2xi8>
  return
}
