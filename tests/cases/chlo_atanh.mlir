// SPDX-License-Identifier: Apache-2.0
//
// The inverse hyperbolic tangent.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.001, 1.5, 0x7FC00000]> : tensor<9xf32>
  %1 = chlo.atanh %0 : tensor<9xf32> -> tensor<9xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0x7F800000, 0xFF800000, 0.54930615, -0.97295505, 0.0010000004, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.001, 1.5, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = chlo.atanh %0 : tensor<9xf64> -> tensor<9xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0x7FF0000000000000, 0xFFF0000000000000, 0.5493061443340549, -0.9729550745276566, 0.0010000003333335333, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.0010004043579101562, 1.5, 0x7E00]> : tensor<9xf16>
  %1 = chlo.atanh %0 : tensor<9xf16> -> tensor<9xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0x7C00, 0xFC00, 0.54931640625, -0.97314453125, 0.0010004043579101562, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 0.00099945068359375, 1.5, 0x7FC0]> : tensor<9xbf16>
  %1 = chlo.atanh %0 : tensor<9xbf16> -> tensor<9xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0x7F80, 0xFF80, 0.55078125, -0.97265625, 0.00099945068359375, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (1.0e+10, -3.0e+12)]> : tensor<6xcomplex<f32>>
  %1 = chlo.atanh %0 : tensor<6xcomplex<f32>> -> tensor<6xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.23887786, 0.84757566), (-0.5358801, -1.4898776), (0.12498899, -1.3060015), (-0.0009999964, 0.0019999994), (6.1030364, 0.7854007), (1.1110988e-15, -1.5707964)]> : tensor<6xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f32>>, tensor<6xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05), (10000000000.0, -3000000000000.0)]> : tensor<6xcomplex<f64>>
  %1 = chlo.atanh %0 : tensor<6xcomplex<f64>> -> tensor<6xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.2388778612568591, 0.847575660670829), (-0.5358800995910896, -1.489877611175685), (0.1249889878822717, -1.3060015274038583), (-0.0009999963333415334, 0.0019999993333257335), (6.103036322771337, 0.7854006633974483), (1.1110987655692715e-15, -1.5707963267945633)]> : tensor<6xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<6xcomplex<f64>>, tensor<6xcomplex<f64>>
  return
}

// -----

// Infinities, signed zeros, branch cuts.
func.func @c128_edges() {
  %0 = stablehlo.constant dense<[(1.0, 0.0), (2.0, 0.0), (2.0, -0.0), (1.0, 1.0e-200), (1.0e+300, 1.0e+300)]> : tensor<5xcomplex<f64>>
  %1 = chlo.atanh %0 : tensor<5xcomplex<f64>> -> tensor<5xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0x7FF0000000000000, 0.0), (0.5493061443340549, 1.5707963267948966), (0.5493061443340549, -1.5707963267948966), (230.60508288968455, 0.7853981633974483), (5.0e-301, 1.5707963267948966)]> : tensor<5xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<5xcomplex<f64>>, tensor<5xcomplex<f64>>
  return
}
