// SPDX-License-Identifier: Apache-2.0
//
// The inverse hyperbolic sine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.001, -1000.0, 1.0e+30, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = chlo.asinh %0 : tensor<10xf32> -> tensor<10xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.8813736, -0.8813736, 0.0009999999, -7.6009026, 69.7707, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.001, -1000.0, 1.0e+30, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = chlo.asinh %0 : tensor<10xf64> -> tensor<10xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.881373587019543, -0.881373587019543, 0.0009999998333334083, -7.600902709541988, 69.77069997038132, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.0010004043579101562, -1000.0, 0x7C00, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = chlo.asinh %0 : tensor<10xf16> -> tensor<10xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.88134765625, -0.88134765625, 0.0010004043579101562, -7.6015625, 0x7C00, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.00099945068359375, -1000.0, 1.0002555517425873e+30, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = chlo.asinh %0 : tensor<10xbf16> -> tensor<10xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.8828125, -0.8828125, 0.00099945068359375, -7.59375, 70.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (1.0e+10, -3.0e+12)]> : tensor<6xcomplex<f32>>
  %1 = chlo.asinh %0 : tensor<6xcomplex<f32>> -> tensor<6xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.7328577, 0.89590746), (-1.4492081, -0.11147793), (1.8902414, -1.0886482), (-0.0010000019, 0.0020000003), (0.8813736, 7.0710676e-06), (29.422787, -1.567463)]> : tensor<6xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f32>>, tensor<6xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (10000000000.0, -3000000000000.0)]> : tensor<6xcomplex<f64>>
  %1 = chlo.asinh %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.7328576759736453, 0.8959074812088902), (-1.449208152255119, -0.11147792536848175), (1.8902413596022003, -1.0886482420610688), (-0.0010000018333364083, 0.0020000003333304835), (0.8813735870372207, 7.071067811836013e-06), (29.422786140681296, -1.56746300580716)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}

// -----

// Infinities, signed zeros, branch cuts.
func.func @c128_edges() {
  %0 = stablehlo.constant dense<[(0.0, 2.0), (-0.0, 2.0), (0x7FF0000000000000, 0x7FF0000000000000), (0xFFF0000000000000, 1.0)]> : tensor<4xcomplex<f64>>
  %1 = chlo.asinh %0 : tensor<4xcomplex<f64>> -> tensor<4xcomplex<f64>>
  %2 = stablehlo.constant dense<[(1.3169578969248168, 1.5707963267948966), (-1.3169578969248168, 1.5707963267948966), (0x7FF0000000000000, 0.7853981633974483), (0xFFF0000000000000, 0.0)]> : tensor<4xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>
  return
}
