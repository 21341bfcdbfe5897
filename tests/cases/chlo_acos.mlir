// SPDX-License-Identifier: Apache-2.0
//
// The inverse cosine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.001, 1.5, 0x7FC00000]> : tensor<9xf32>
  %1 = chlo.acos %0 : tensor<9xf32> -> tensor<9xf32>
  %2 = stablehlo.constant dense<[1.5707964, 1.5707964, 0.0, 3.1415927, 1.0471976, 2.4188583, 1.5697963, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.001, 1.5, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = chlo.acos %0 : tensor<9xf64> -> tensor<9xf64>
  %2 = stablehlo.constant dense<[1.5707963267948966, 1.5707963267948966, 0.0, 3.141592653589793, 1.0471975511965979, 2.4188584057763776, 1.56979632662823, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.0010004043579101562, 1.5, 0x7E00]> : tensor<9xf16>
  %1 = chlo.acos %0 : tensor<9xf16> -> tensor<9xf16>
  %2 = stablehlo.constant dense<[1.5703125, 1.5703125, 0.0, 3.140625, 1.046875, 2.41796875, 1.5693359375, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.00099945068359375, 1.5, 0x7FC0]> : tensor<9xbf16>
  %1 = chlo.acos %0 : tensor<9xbf16> -> tensor<9xbf16>
  %2 = stablehlo.constant dense<[1.5703125, 1.5703125, 0.0, 3.140625, 1.046875, 2.421875, 1.5703125, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (1.0e+10, -3.0e+12)]> : tensor<6xcomplex<f32>>
  %1 = chlo.acos %0 : tensor<6xcomplex<f32>> -> tensor<6xcomplex<f32>>
  %2 = stablehlo.constant dense<[(1.2213572, -0.92613304), (2.9987204, 1.3287634), (1.1242293, 1.9168395), (1.5717963, -0.0019999999), (0.003162275, -0.0031622802), (1.567463, 29.422787)]> : tensor<6xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f32>>, tensor<6xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (10000000000.0, -3000000000000.0)]> : tensor<6xcomplex<f64>>
  %1 = chlo.acos %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(1.2213572639376833, -0.9261330313501824), (2.9987204713154223, 1.3287633703408075), (1.1242292777231266, 1.9168395294689364), (1.5717963249615663, -0.0019999996666638167), (0.0031622750249310667, -0.0031622802953938335), (1.56746300580716, 29.422786140681296)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}

// -----

// Infinities, signed zeros, branch cuts.
func.func @c128_edges() {
  %0 = stablehlo.constant dense<[(2.0, 0.0), (2.0, -0.0), (0x7FF0000000000000, 0x7FF0000000000000), (0xFFF0000000000000, 1.0), (0.0, 0x7FF0000000000000), (1.0e-300, 1.0e+300)]> : tensor<6xcomplex<f64>>
  %1 = chlo.acos %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.0, -1.3169578969248168), (0.0, 1.3169578969248168), (0.7853981633974483, 0xFFF0000000000000), (3.141592653589793, 0xFFF0000000000000), (1.5707963267948966, 0xFFF0000000000000), (1.5707963267948966, -691.4686750787737)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}
