// SPDX-License-Identifier: Apache-2.0
//
// Triangular systems on either side, of either triangle, transposed or not.

func.func @lower_left() {
  %0 = stablehlo.constant dense<[[2.0, 99.0, 99.0], [1.0, 4.0, 99.0], [3.0, -1.0, 5.0]]> : tensor<3x3xf64>
  %1 = stablehlo.constant dense<[[2.0, 4.0], [9.0, -2.0], [6.0, 14.0]]> : tensor<3x2xf64>
  %2 = "stablehlo.triangular_solve"(%0, %1) <{left_side = true, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<3x3xf64>, tensor<3x2xf64>) -> tensor<3x2xf64>
  check.expect_almost_eq_const %2, dense<[[1.0, 2.0], [2.0, -1.0], [1.0, 1.4]]> : tensor<3x2xf64>, tolerance = 1.0e-12
  return
}

// -----

func.func @upper_right_transposed() {
  %0 = stablehlo.constant dense<[[2.0, 1.0], [99.0, 4.0]]> : tensor<2x2xf32>
  %1 = stablehlo.constant dense<[[4.0, 8.0], [2.0, 4.0]]> : tensor<2x2xf32>
  %2 = "stablehlo.triangular_solve"(%0, %1) <{left_side = false, lower = false, unit_diagonal = false, transpose_a = #stablehlo<transpose TRANSPOSE>}> : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %2, dense<[[1.0, 2.0], [0.5, 1.0]]> : tensor<2x2xf32>
  return
}

// -----

func.func @unit_diagonal_adjoint() {
  %0 = stablehlo.constant dense<[[(9.0, 9.0), (0.0, 0.0)], [(0.0, 1.0), (9.0, 9.0)]]> : tensor<2x2xcomplex<f64>>
  %1 = stablehlo.constant dense<[[(1.0, -2.0)], [(2.0, 0.0)]]> : tensor<2x1xcomplex<f64>>
  %2 = "stablehlo.triangular_solve"(%0, %1) <{left_side = true, lower = true, unit_diagonal = true, transpose_a = #stablehlo<transpose ADJOINT>}> : (tensor<2x2xcomplex<f64>>, tensor<2x1xcomplex<f64>>) -> tensor<2x1xcomplex<f64>>
  check.expect_eq_const %2, dense<[[(1.0, 0.0)], [(2.0, 0.0)]]> : tensor<2x1xcomplex<f64>>
  return
}
