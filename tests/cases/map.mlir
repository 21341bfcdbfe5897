// SPDX-License-Identifier: Apache-2.0
//
// A computation applied element by element.

func.func @two_inputs() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %1 = stablehlo.constant dense<[[5, 6], [7, 8]]> : tensor<2x2xi32>
  %2 = "stablehlo.map"(%0, %1) <{dimensions = array<i64: 0, 1>}> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %square = stablehlo.multiply %a, %a : tensor<i32>
    %difference = stablehlo.subtract %square, %b : tensor<i32>
    stablehlo.return %difference : tensor<i32>
  }) : (tensor<2x2xi32>, tensor<2x2xi32>) -> tensor<2x2xi32>
  check.expect_eq_const %2, dense<[[-4, -2], [2, 8]]> : tensor<2x2xi32>
  return
}

// Of complex numbers of f64, to their parts' type.
func.func @complex() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (3.0, -4.0), (0.0, 5.0)]> : tensor<3xcomplex<f64>>
  %1 = "stablehlo.map"(%0) <{dimensions = array<i64: 0>}> ({
  ^bb0(%a: tensor<complex<f64>>):
    %square = stablehlo.multiply %a, %a : tensor<complex<f64>>
    %part = stablehlo.imag %square : (tensor<complex<f64>>) -> tensor<f64>
    stablehlo.return %part : tensor<f64>
  }) : (tensor<3xcomplex<f64>>) -> tensor<3xf64>
  check.expect_eq_const %1, dense<[4.0, -24.0, 0.0]> : tensor<3xf64>
  return
}
