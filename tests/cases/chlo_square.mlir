// SPDX-License-Identifier: Apache-2.0
//
// The square; of complex numbers without cancellation, and real where the parts are alike.

func.func @f32() {
  %0 = stablehlo.constant dense<[1.5, -2.0, -0.0, 1.0e30]> : tensor<4xf32>
  %1 = chlo.square %0 : tensor<4xf32> -> tensor<4xf32>
  check.expect_eq_const %1, dense<[2.25, 4.0, 0.0, 0x7F800000]> : tensor<4xf32>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(1.5, 2.0), (1.0, 0.99999994), (3.0e38, -3.0e38), (0.0, -2.0)]> : tensor<4xcomplex<f32>>
  %1 = chlo.square %0 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
  %2 = stablehlo.constant dense<[(-1.75, 6.0), (1.1920929e-07, 1.9999999), (0.0, 0xFF800000), (-4.0, 0.0)]> : tensor<4xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>
  return
}
