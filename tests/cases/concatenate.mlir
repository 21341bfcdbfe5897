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

// -----

// What is concatenated of concatenations, and slices that lie within one operand, or do not.
func.func @chains() {
  %0 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[4, 5]> : tensor<2xi32>
  %2 = stablehlo.concatenate %0, %1, dim = 0 : (tensor<3xi32>, tensor<2xi32>) -> tensor<5xi32>
  %3 = stablehlo.slice %2 [3:5] : (tensor<5xi32>) -> tensor<2xi32>
  %4 = stablehlo.slice %2 [0:3:2] : (tensor<5xi32>) -> tensor<2xi32>
  %5 = stablehlo.slice %2 [2:4] : (tensor<5xi32>) -> tensor<2xi32>
  %6 = stablehlo.concatenate %4, %2, %3, dim = 0 : (tensor<2xi32>, tensor<5xi32>, tensor<2xi32>) -> tensor<9xi32>
  check.expect_eq_const %5, dense<[3, 4]> : tensor<2xi32>
  check.expect_eq_const %6, dense<[1, 3, 1, 2, 3, 4, 5, 4, 5]> : tensor<9xi32>
  return
}

// -----

// Rows that are computed where they are to lie together: read before, twice there, in another's
// place, and beside some that are not computed.
func.func @composed() {
  %x = stablehlo.constant dense<[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]]> : tensor<1x16xi32>
  %0 = stablehlo.add %x, %x : tensor<1x16xi32>
  %1 = stablehlo.multiply %0, %x : tensor<1x16xi32>
  %2 = stablehlo.concatenate %0, %1, %x, %0, dim = 0 : (tensor<1x16xi32>, tensor<1x16xi32>, tensor<1x16xi32>, tensor<1x16xi32>) -> tensor<4x16xi32>
  %3 = stablehlo.concatenate %1, %2, dim = 0 : (tensor<1x16xi32>, tensor<4x16xi32>) -> tensor<5x16xi32>
  %4 = stablehlo.subtract %2, %2 : tensor<4x16xi32>
  %5 = stablehlo.concatenate %4, %2, dim = 0 : (tensor<4x16xi32>, tensor<4x16xi32>) -> tensor<8x16xi32>
  check.expect_eq_const %3, dense<[[2, 8, 18, 32, 50, 72, 98, 128, 162, 200, 242, 288, 338, 392, 450, 512],
                                   [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32],
                                   [2, 8, 18, 32, 50, 72, 98, 128, 162, 200, 242, 288, 338, 392, 450, 512],
                                   [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
                                   [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32]]> : tensor<5x16xi32>
  %6 = stablehlo.slice %5 [3:5, 0:16] : (tensor<8x16xi32>) -> tensor<2x16xi32>
  check.expect_eq_const %6, dense<[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                                   [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32]]> : tensor<2x16xi32>
  return
}
