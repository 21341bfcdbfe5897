// SPDX-License-Identifier: Apache-2.0
//
// Iota: every dimension, every kind of element.

func.func @rows() {
  %0 = stablehlo.iota dim = 0 : tensor<3x2xi64>
  check.expect_eq_const %0, dense<[[0, 0], [1, 1], [2, 2]]> : tensor<3x2xi64>
  return
}

// -----

func.func @middle() {
  %0 = stablehlo.iota dim = 1 : tensor<2x3x2xbf16>
  check.expect_eq_const %0, dense<[[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]]> : tensor<2x3x2xbf16>
  return
}

// -----

func.func @wraps() {
  %0 = stablehlo.iota dim = 0 : tensor<258xui8>
  %1 = stablehlo.slice %0 [254:258] : (tensor<258xui8>) -> tensor<4xui8>
  check.expect_eq_const %1, dense<[254, 255, 0, 1]> : tensor<4xui8>
  return
}

// -----

func.func @complex() {
  %0 = stablehlo.iota dim = 0 : tensor<3xcomplex<f32>>
  check.expect_eq_const %0, dense<[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]> : tensor<3xcomplex<f32>>
  return
}
