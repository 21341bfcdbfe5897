// SPDX-License-Identifier: Apache-2.0
//
// Hyperbolic tangent.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.tanh %0 : tensor<10xf32>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.7615942, -0.90514827, 0.9866143, 0.0009999997, -0.999999, 1.0, -1.0, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.tanh %0 : tensor<10xf64>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.7615941559557649, -0.9051482536448664, 0.9866142981514303, 0.0009999996666668, -0.9999989913051835, 1.0, -1.0, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = stablehlo.tanh %0 : tensor<10xf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.76171875, -0.9052734375, 0.98681640625, 0.0010004043579101562, -1.0, 1.0, -1.0, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = stablehlo.tanh %0 : tensor<10xbf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.76171875, -0.90625, 0.98828125, 0.00099945068359375, -1.0, 1.0, -1.0, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.tanh %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(1.0428307, 0.80687743), (-0.9682146, -0.017009461), (0.9084174, 0.025337301)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.tanh %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(1.0428307283443612, 0.806877412163085), (-0.968214572183509, -0.017009461384601497), (0.9084174179337577, 0.025337300300091577)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// Close to a pole, and far from any.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(0.001, -1.5), (1.0e-200, 1.57), (-400.0, 0.3)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.tanh %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.1998102456600794, -14.09860233992712), (1.5769482207973282e-194, 1255.7655915007897), (-1.0, 0.0)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
