// SPDX-License-Identifier: Apache-2.0
//
// min(max(operand, lower), upper); NaN stays.

func.func @tensor() {
  %0 = stablehlo.constant dense<[0, 0, 5]> : tensor<3xi32>
  %1 = stablehlo.constant dense<[-3, 4, 9]> : tensor<3xi32>
  %2 = stablehlo.constant dense<[2, 3, 4]> : tensor<3xi32>
  %3 = stablehlo.clamp %0, %1, %2 : tensor<3xi32>
  check.expect_eq_const %3, dense<[0, 3, 4]> : tensor<3xi32>
  return
}

// -----

func.func @scalar_bounds() {
  %0 = stablehlo.constant dense<-1.0> : tensor<f32>
  %1 = stablehlo.constant dense<[-3.0, 0x7FC00000, 0.5, 0x7F800000]> : tensor<4xf32>
  %2 = stablehlo.constant dense<2.0> : tensor<f32>
  %3 = stablehlo.clamp %0, %1, %2 : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  check.expect_eq_const %3, dense<[-1.0, 0x7FC00000, 0.5, 2.0]> : tensor<4xf32>
  return
}

// -----

func.func @unsigned() {
  %0 = stablehlo.constant dense<3> : tensor<2xui8>
  %1 = stablehlo.constant dense<[1, 255]> : tensor<2xui8>
  %2 = stablehlo.constant dense<200> : tensor<2xui8>
  %3 = stablehlo.clamp %0, %1, %2 : tensor<2xui8>
  check.expect_eq_const %3, dense<[3, 200]> : tensor<2xui8>
  return
}
