// SPDX-License-Identifier: Apache-2.0
//
// The hyperbolic cosine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.001, 10.0, 100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = chlo.cosh %0 : tensor<10xf32> -> tensor<10xf32>
  %2 = stablehlo.constant dense<[1.0, 1.0, 1.5430807, 6.1322894, 1.0000005, 11013.233, 0x7F800000, 0x7F800000, 0x7F800000, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.001, 10.0, 100.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = chlo.cosh %0 : tensor<10xf64> -> tensor<10xf64>
  %2 = stablehlo.constant dense<[1.0, 1.0, 1.5430806348152437, 6.132289479663686, 1.0000005000000416, 11013.232920103323, 1.3440585709080678e+43, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.0010004043579101562, 10.0, 100.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = chlo.cosh %0 : tensor<10xf16> -> tensor<10xf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 1.54296875, 6.1328125, 1.0, 11016.0, 0x7C00, 0x7C00, 0x7C00, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.00099945068359375, 10.0, 100.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = chlo.cosh %0 : tensor<10xbf16> -> tensor<10xbf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 1.546875, 6.125, 1.0, 11008.0, 0x7F80, 0x7F80, 0x7F80, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05)]> : tensor<5xcomplex<f32>>
  %1 = chlo.cosh %0 : tensor<5xcomplex<f32>> -> tensor<5xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.6092589, 0.43848658), (3.6452382, 0.89729965), (-2.328868, -0.30048394), (0.9999985, -1.999999e-06), (1.5430807, 1.1752011e-05)]> : tensor<5xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<5xcomplex<f32>>, tensor<5xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05)]> : tensor<5xcomplex<f64>>
  %1 = chlo.cosh %0 : tensor<5xcomplex<f64>> -> tensor<5xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.6092589091577942, 0.43848657989259526), (3.645238137997194, 0.8972996245648263), (-2.3288678680215558, -0.30048393386469036), (0.9999984999997084, -1.999999000000061e-06), (1.5430806347380897, 1.175201193624215e-05)]> : tensor<5xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<5xcomplex<f64>>, tensor<5xcomplex<f64>>
  return
}
