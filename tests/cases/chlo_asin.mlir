// SPDX-License-Identifier: Apache-2.0
//
// The inverse sine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.001, 1.5, 0x7FC00000]> : tensor<9xf32>
  %1 = chlo.asin %0 : tensor<9xf32> -> tensor<9xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5707964, -1.5707964, 0.5235988, -0.8480621, 0.0010000002, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.001, 1.5, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = chlo.asin %0 : tensor<9xf64> -> tensor<9xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5707963267948966, -1.5707963267948966, 0.5235987755982989, -0.848062078981481, 0.0010000001666667416, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.0010004043579101562, 1.5, 0x7E00]> : tensor<9xf16>
  %1 = chlo.asin %0 : tensor<9xf16> -> tensor<9xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5703125, -1.5703125, 0.5234375, -0.84814453125, 0.0010004043579101562, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.00099945068359375, 1.5, 0x7FC0]> : tensor<9xbf16>
  %1 = chlo.asin %0 : tensor<9xbf16> -> tensor<9xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.5703125, -1.5703125, 0.5234375, -0.84765625, 0.00099945068359375, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (1.0e+10, -3.0e+12)]> : tensor<6xcomplex<f32>>
  %1 = chlo.asin %0 : tensor<6xcomplex<f32>> -> tensor<6xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.34943905, 0.92613304), (-1.4279242, -1.3287634), (0.44656706, -1.9168395), (-0.0009999982, 0.0019999999), (1.5676341, 0.0031622802), (0.0033333208, -29.422787)]> : tensor<6xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f32>>, tensor<6xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (10000000000.0, -3000000000000.0)]> : tensor<6xcomplex<f64>>
  %1 = chlo.asin %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.34943906285721327, 0.9261330313501824), (-1.427924144520526, -1.3287633703408075), (0.44656704907177, -1.9168395294689364), (-0.0009999981666697416, 0.0019999996666638167), (1.5676340517699656, 0.0031622802953938335), (0.003333320987736625, -29.422786140681296)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}

// -----

// Infinities, signed zeros, branch cuts.
func.func @c128_edges() {
  %0 = stablehlo.constant dense<[(2.0, 0.0), (2.0, -0.0), (-0.0, 0.0), (0x7FF0000000000000, 0x7FF0000000000000), (1.0, 0x7FF0000000000000), (1.0e-320, 1.0e-320)]> : tensor<6xcomplex<f64>>
  %1 = chlo.asin %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(1.5707963267948966, 1.3169578969248168), (1.5707963267948966, -1.3169578969248168), (-0.0, 0.0), (0.7853981633974483, 0x7FF0000000000000), (0.0, 0x7FF0000000000000), (1.0e-320, 1.0e-320)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}
