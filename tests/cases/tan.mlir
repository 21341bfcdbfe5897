// SPDX-License-Identifier: Apache-2.0
//
// Tangent.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7F800000, 0x7FC00000]> : tensor<9xf32>
  %1 = stablehlo.tan %0 : tensor<9xf32>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.5574077, -14.10142, -0.7470223, 0.0010000004, -1.4492795, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = stablehlo.tan %0 : tensor<9xf64>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.5574077246549023, -14.101419947171719, -0.7470222972386603, 0.0010000003333334668, -1.4492795301268253, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 0x7C00, 0x7E00]> : tensor<9xf16>
  %1 = stablehlo.tan %0 : tensor<9xf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.5576171875, -14.1015625, -0.7470703125, 0.0010004043579101562, -1.44921875, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 0x7F80, 0x7FC0]> : tensor<9xbf16>
  %1 = stablehlo.tan %0 : tensor<9xbf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.5546875, -14.125, -0.74609375, 0.00099945068359375, -1.453125, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.tan %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.19557731, 0.8429662), (1.5966892, -1.0993981), (0.00070304924, -1.0049198)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.tan %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.195577310065934, 0.8429662048457832), (1.5966892107707558, -1.099398135211779), (0.000703049224357747, -1.004919718908783)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// Close to a pole, and far from any.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(-1.5, -0.001), (1.57, 1.0e-200), (1.0e+300, 400.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.tan %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(-14.09860233992712, -0.1998102456600794), (1255.7655915007897, 1.5769482207973282e-194), (0.0, 1.0)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
