// SPDX-License-Identifier: Apache-2.0
//
// exp(x) - 1, exact near zero.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 1.0e-07, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<11xf32>
  %1 = stablehlo.exponential_minus_one %0 : tensor<11xf32>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.7182819, -0.77686983, 11.182494, 0.0010005002, -0.9992898, 1.0000001e-07, 0x7F800000, -1.0, 0x7FC00000]> : tensor<11xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<11xf32>, tensor<11xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 1.0e-07, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  %1 = stablehlo.exponential_minus_one %0 : tensor<11xf64>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.7182818284590453, -0.7768698398515702, 11.182493960703473, 0.0010005001667083417, -0.9992898256111574, 1.0000000500000016e-07, 0x7FF0000000000000, -1.0, 0x7FF8000000000000]> : tensor<11xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<11xf64>, tensor<11xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 1.1920928955078125e-07, 0x7C00, 0xFC00, 0x7E00]> : tensor<11xf16>
  %1 = stablehlo.exponential_minus_one %0 : tensor<11xf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.71875, -0.77685546875, 11.1796875, 0.0010013580322265625, -0.99951171875, 1.1920928955078125e-07, 0x7C00, -1.0, 0x7E00]> : tensor<11xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<11xf16>, tensor<11xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 1.0011717677116394e-07, 0x7F80, 0xFF80, 0x7FC0]> : tensor<11xbf16>
  %1 = stablehlo.exponential_minus_one %0 : tensor<11xbf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.71875, -0.77734375, 11.1875, 0.00099945068359375, -1.0, 1.0011717677116394e-07, 0x7F80, -1.0, 0x7FC0]> : tensor<11xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<11xbf16>, tensor<11xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.exponential_minus_one %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(-0.109192096, 1.3873512), (-0.868872, -0.033482485), (-5.4368386, -0.632456)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.exponential_minus_one %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(-0.10919209570687138, 1.3873511113297634), (-0.8688719629763175, -0.033482484899570245), (-5.436838551730911, -0.6324559977279266)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 6 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// One part overflows only by itself.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(1000.0, 1.0e-200), (1000.0, 0.0), (1.0e-300, 1.0e-300)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.exponential_minus_one %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0x7FF0000000000000, 1.970071114017047e+234), (0x7FF0000000000000, 0.0), (1.0e-300, 1.0e-300)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
