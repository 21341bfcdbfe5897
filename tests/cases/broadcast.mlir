// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.broadcast

func.func @new_leading_dimensions() {
  %x = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %0 = stablehlo.broadcast %x, sizes = [3, 1] : (tensor<2xi32>) -> tensor<3x1x2xi32>
  check.expect_eq_const %0, dense<[[[1, 2]], [[1, 2]], [[1, 2]]]> : tensor<3x1x2xi32>
  func.return
}

// -----

func.func @scalar() {
  %x = stablehlo.constant dense<2.5> : tensor<f32>
  %0 = stablehlo.broadcast %x, sizes = [2] : (tensor<f32>) -> tensor<2xf32>
  check.expect_eq_const %0, dense<[2.5, 2.5]> : tensor<2xf32>
  %1 = stablehlo.broadcast %x, sizes = [0] : (tensor<f32>) -> tensor<0xf32>
  check.expect_eq_const %1, dense<[]> : tensor<0xf32>
  func.return
}
