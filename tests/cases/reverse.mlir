// SPDX-License-Identifier: Apache-2.0
//
// Reverse along one and several dimensions.

func.func @one() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
  %1 = stablehlo.reverse %0, dims = [1] : tensor<2x3xi64>
  check.expect_eq_const %1, dense<[[3, 2, 1], [6, 5, 4]]> : tensor<2x3xi64>
  return
}

// -----

func.func @both() {
  %0 = stablehlo.constant dense<[[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]]> : tensor<2x3xbf16>
  %1 = stablehlo.reverse %0, dims = [1, 0] : tensor<2x3xbf16>
  check.expect_eq_const %1, dense<[[6.5, 5.5, 4.5], [3.5, 2.5, 1.5]]> : tensor<2x3xbf16>
  return
}

// -----

func.func @middle() {
  %0 = stablehlo.constant dense<[[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]> : tensor<2x3x2xui8>
  %1 = stablehlo.reverse %0, dims = [1] : tensor<2x3x2xui8>
  check.expect_eq_const %1, dense<[[[5, 6], [3, 4], [1, 2]], [[11, 12], [9, 10], [7, 8]]]> : tensor<2x3x2xui8>
  return
}
