// SPDX-License-Identifier: Apache-2.0
//
// The tangent; stablehlo.tan is the same.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, 0x7F800000, 0x7FC00000]> : tensor<8xf32>
  %1 = chlo.tan %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5574077, -14.10142, -0.7470223, 0.0010000004, 0x7FC00000, 0x7FC00000]> : tensor<8xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  %1 = chlo.tan %0 : tensor<8xf64> -> tensor<8xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5574077246549023, -14.101419947171719, -0.7470222972386603, 0.0010000003333334668, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf64>, tensor<8xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, 0x7C00, 0x7E00]> : tensor<8xf16>
  %1 = chlo.tan %0 : tensor<8xf16> -> tensor<8xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5576171875, -14.1015625, -0.7470703125, 0.0010004043579101562, 0x7E00, 0x7E00]> : tensor<8xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf16>, tensor<8xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, 0x7F80, 0x7FC0]> : tensor<8xbf16>
  %1 = chlo.tan %0 : tensor<8xbf16> -> tensor<8xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5546875, -14.125, -0.74609375, 0.00099945068359375, 0x7FC0, 0x7FC0]> : tensor<8xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xbf16>, tensor<8xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05)]> : tensor<5xcomplex<f32>>
  %1 = chlo.tan %0 : tensor<5xcomplex<f32>> -> tensor<5xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.19557731, 0.8429662), (1.5966892, -1.0993981), (0.00070304924, -1.0049198), (-0.0009999964, 0.0019999994), (1.5574077, 3.4255187e-05)]> : tensor<5xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<5xcomplex<f32>>, tensor<5xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05)]> : tensor<5xcomplex<f64>>
  %1 = chlo.tan %0 : tensor<5xcomplex<f64>> -> tensor<5xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.195577310065934, 0.8429662048457832), (1.5966892107707558, -1.099398135211779), (0.000703049224357747, -1.004919718908783), (-0.0009999963333388, 0.0019999993333282666), (1.5574077241214093, 3.42551881986971e-05)]> : tensor<5xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<5xcomplex<f64>>, tensor<5xcomplex<f64>>
  return
}
