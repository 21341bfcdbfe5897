// SPDX-License-Identifier: Apache-2.0
//
// Cholesky factors of either triangle; only one triangle of the operand is read.

func.func @lower() {
  %0 = stablehlo.constant dense<[[4.0, 99.0, 99.0], [2.0, 10.0, 99.0], [-2.0, 5.0, 21.0]]> : tensor<3x3xf32>
  %1 = stablehlo.cholesky %0, lower = true : tensor<3x3xf32>
  check.expect_eq_const %1, dense<[[2.0, 0.0, 0.0], [1.0, 3.0, 0.0], [-1.0, 2.0, 4.0]]> : tensor<3x3xf32>
  return
}

// -----

func.func @upper_complex() {
  %0 = stablehlo.constant dense<[[(4.0, 0.0), (2.0, 4.0)], [(99.0, 99.0), (9.0, 0.0)]]> : tensor<2x2xcomplex<f64>>
  %1 = stablehlo.cholesky %0, lower = false : tensor<2x2xcomplex<f64>>
  check.expect_eq_const %1, dense<[[(2.0, 0.0), (1.0, 2.0)], [(0.0, 0.0), (2.0, 0.0)]]> : tensor<2x2xcomplex<f64>>
  return
}

// -----

func.func @indefinite() {
  %0 = stablehlo.constant dense<[[[1.0, 0.0], [0.0, 4.0]], [[1.0, 2.0], [2.0, 1.0]]]> : tensor<2x2x2xf64>
  %1 = stablehlo.cholesky %0, lower = true : tensor<2x2x2xf64>
  check.expect_eq_const %1, dense<[[[1.0, 0.0], [0.0, 2.0]], [[0x7FF8000000000000, 0x7FF8000000000000], [0x7FF8000000000000, 0x7FF8000000000000]]]> : tensor<2x2x2xf64>
  return
}
