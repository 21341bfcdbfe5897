// SPDX-License-Identifier: Apache-2.0
//
// Choice by a predicate for each element, or one for all.

func.func @tensor() {
  %0 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi16>
  %2 = stablehlo.constant dense<[-1, -2, -3]> : tensor<3xi16>
  %3 = stablehlo.select %0, %1, %2 : tensor<3xi1>, tensor<3xi16>
  check.expect_eq_const %3, dense<[1, -2, 3]> : tensor<3xi16>
  return
}

// -----

func.func @scalar() {
  %0 = stablehlo.constant dense<false> : tensor<i1>
  %1 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf64>
  %2 = stablehlo.constant dense<[3.0, 4.0]> : tensor<2xf64>
  %3 = stablehlo.select %0, %1, %2 : (tensor<i1>, tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  check.expect_eq_const %3, dense<[3.0, 4.0]> : tensor<2xf64>
  return
}

// -----

func.func @complex() {
  %0 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %1 = stablehlo.constant dense<[(1.0, 2.0), (3.0, 4.0)]> : tensor<2xcomplex<f64>>
  %2 = stablehlo.negate %1 : tensor<2xcomplex<f64>>
  %3 = stablehlo.select %0, %1, %2 : tensor<2xi1>, tensor<2xcomplex<f64>>
  check.expect_eq_const %3, dense<[(1.0, 2.0), (-3.0, -4.0)]> : tensor<2xcomplex<f64>>
  return
}
