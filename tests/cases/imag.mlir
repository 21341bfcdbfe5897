// SPDX-License-Identifier: Apache-2.0
//
// Imaginary parts.

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (3.0, 4.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.imag %0 : (tensor<3xcomplex<f32>>) -> tensor<3xf32>
  check.expect_eq_const %1, dense<[1.0, -0.25, 4.0]> : tensor<3xf32>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (3.0, 4.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.imag %0 : (tensor<3xcomplex<f64>>) -> tensor<3xf64>
  check.expect_eq_const %1, dense<[1.0, -0.25, 4.0]> : tensor<3xf64>
  return
}
