// SPDX-License-Identifier: Apache-2.0
//
// Complex numbers from their parts.

func.func @c64() {
  %0 = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %1 = stablehlo.constant dense<[3.0, 0.5]> : tensor<2xf32>
  %2 = stablehlo.complex %0, %1 : tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<[(1.0, 3.0), (-2.0, 0.5)]> : tensor<2xcomplex<f32>>
  return
}
