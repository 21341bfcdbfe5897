// SPDX-License-Identifier: Apache-2.0
//
// The conjugate: of a real number the number itself.

func.func @complex() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (-0.5, -0.0), (0x7FC00000, 0x7F800000)]> : tensor<3xcomplex<f32>>
  %1 = chlo.conj %0 : tensor<3xcomplex<f32>> -> tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(1.0, -2.0), (-0.5, 0.0), (0x7FC00000, 0xFF800000)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 0 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @real() {
  %0 = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf64>
  %1 = chlo.conj %0 : tensor<2xf64> -> tensor<2xf64>
  check.expect_eq_const %1, dense<[1.0, -2.0]> : tensor<2xf64>
  return
}
