// SPDX-License-Identifier: Apache-2.0
//
// The inverse hyperbolic cosine.

func.func @f32() {
  %0 = stablehlo.constant dense<[1.0, 1.0078125, 2.0, 1000.0, 0.5, -2.0, 0x7F800000, 0x7FC00000]> : tensor<8xf32>
  %1 = chlo.acosh %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = stablehlo.constant dense<[0.0, 0.12491876, 1.316958, 7.600902, 0x7FC00000, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<8xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[1.0, 1.0078125, 2.0, 1000.0, 0.5, -2.0, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  %1 = chlo.acosh %0 : tensor<8xf64> -> tensor<8xf64>
  %2 = stablehlo.constant dense<[0.0, 0.12491876251108061, 1.3169578969248168, 7.600902209541989, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf64>, tensor<8xf64>
  return
}

// -----

func.func @far_below_one() {
  %0 = stablehlo.constant dense<[-300.0, -11487.0, -1.0e9, 0xFFF0000000000000]> : tensor<4xf64>
  %1 = chlo.acosh %0 : tensor<4xf64> -> tensor<4xf64>
  %2 = stablehlo.constant dense<0x7FF8000000000000> : tensor<4xf64>
  check.expect_eq %1, %2 : tensor<4xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[1.0, 1.0078125, 2.0, 1000.0, 0.5, -2.0, 0x7C00, 0x7E00]> : tensor<8xf16>
  %1 = chlo.acosh %0 : tensor<8xf16> -> tensor<8xf16>
  %2 = stablehlo.constant dense<[0.0, 0.12493896484375, 1.3173828125, 7.6015625, 0x7E00, 0x7E00, 0x7C00, 0x7E00]> : tensor<8xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xf16>, tensor<8xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.0, 1.0078125, 2.0, 1000.0, 0.5, -2.0, 0x7F80, 0x7FC0]> : tensor<8xbf16>
  %1 = chlo.acosh %0 : tensor<8xbf16> -> tensor<8xbf16>
  %2 = stablehlo.constant dense<[0.0, 0.125, 1.3203125, 7.59375, 0x7FC0, 0x7FC0, 0x7F80, 0x7FC0]> : tensor<8xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<8xbf16>, tensor<8xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (1.0e+10, -3.0e+12)]> : tensor<6xcomplex<f32>>
  %1 = chlo.acosh %0 : tensor<6xcomplex<f32>> -> tensor<6xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.92613304, 1.2213572), (1.3287634, -2.9987204), (1.9168395, -1.1242293), (0.0019999999, 1.5717963), (0.0031622802, 0.003162275), (29.422787, -1.567463)]> : tensor<6xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f32>>, tensor<6xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (10000000000.0, -3000000000000.0)]> : tensor<6xcomplex<f64>>
  %1 = chlo.acosh %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.9261330313501824, 1.2213572639376833), (1.3287633703408075, -2.9987204713154223), (1.9168395294689364, -1.1242292777231266), (0.0019999996666638167, 1.5717963249615663), (0.0031622802953938335, 0.0031622750249310667), (29.422786140681296, -1.56746300580716)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}

// -----

// Infinities, signed zeros, branch cuts.
func.func @c128_edges() {
  %0 = stablehlo.constant dense<[(0.0, 0.0), (0.5, -0.0), (0x7FF0000000000000, 0xFFF0000000000000), (0xFFF0000000000000, 1.0)]> : tensor<4xcomplex<f64>>
  %1 = chlo.acosh %0 : tensor<4xcomplex<f64>> -> tensor<4xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.0, 1.5707963267948966), (0.0, -1.0471975511965979), (0x7FF0000000000000, -0.7853981633974483), (0x7FF0000000000000, 3.141592653589793)]> : tensor<4xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>
  return
}
