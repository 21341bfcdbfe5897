// SPDX-License-Identifier: Apache-2.0
//
// The identity, for any number of values.

func.func @identity() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %1 = stablehlo.constant dense<3.5> : tensor<f64>
  %2:2 = stablehlo.optimization_barrier %0, %1 : tensor<2xi32>, tensor<f64>
  check.expect_eq_const %2#0, dense<[1, 2]> : tensor<2xi32>
  check.expect_eq_const %2#1, dense<3.5> : tensor<f64>
  return
}
