// SPDX-License-Identifier: Apache-2.0
//
// Constants: splats, lists, every kind of element.

func.func @splat() {
  %0 = stablehlo.constant dense<7> : tensor<2x2xi16>
  check.expect_eq_const %0, dense<[[7, 7], [7, 7]]> : tensor<2x2xi16>
  return
}

// -----

func.func @list() {
  %0 = stablehlo.constant dense<[[true, false], [false, true]]> : tensor<2x2xi1>
  %1 = stablehlo.not %0 : tensor<2x2xi1>
  check.expect_eq_const %1, dense<[[false, true], [true, false]]> : tensor<2x2xi1>
  return
}

// -----

func.func @complex() {
  %0 = stablehlo.constant dense<[(1.0, -2.0), (0.5, 4.0)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.imag %0 : (tensor<2xcomplex<f64>>) -> tensor<2xf64>
  check.expect_eq_const %1, dense<[-2.0, 4.0]> : tensor<2xf64>
  return
}

// -----

func.func @narrow() {
  %0 = stablehlo.constant dense<[-8, 7, -1]> : tensor<3xi4>
  %1 = stablehlo.convert %0 : (tensor<3xi4>) -> tensor<3xi32>
  check.expect_eq_const %1, dense<[-8, 7, -1]> : tensor<3xi32>
  return
}

// -----

func.func @empty() {
  %0 = stablehlo.constant dense<> : tensor<0x3xf32>
  %1 = stablehlo.get_dimension_size %0, dim = 1 : (tensor<0x3xf32>) -> tensor<i32>
  check.expect_eq_const %1, dense<3> : tensor<i32>
  return
}
