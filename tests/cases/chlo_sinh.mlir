// SPDX-License-Identifier: Apache-2.0
//
// The hyperbolic sine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.001, 10.0, 100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = chlo.sinh %0 : tensor<10xf32> -> tensor<10xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.1752012, -6.0502043, 0.0010000002, 11013.232, 0x7F800000, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.001, 10.0, 100.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = chlo.sinh %0 : tensor<10xf64> -> tensor<10xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.1752011936438014, -6.0502044810397875, 0.001000000166666675, 11013.232874703393, 1.3440585709080678e+43, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.0010004043579101562, 10.0, 100.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = chlo.sinh %0 : tensor<10xf16> -> tensor<10xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.1748046875, -6.05078125, 0.0010004043579101562, 11016.0, 0x7C00, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -2.5, 0.00099945068359375, 10.0, 100.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = chlo.sinh %0 : tensor<10xbf16> -> tensor<10xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.171875, -6.0625, 0.00099945068359375, 11008.0, 0x7F80, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05)]> : tensor<5xcomplex<f32>>
  %1 = chlo.sinh %0 : tensor<5xcomplex<f32>> -> tensor<5xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.281549, 0.9488645), (-3.51411, -0.9307821), (-2.1079707, -0.33197206), (-0.0009999982, 0.0019999999), (1.1752012, 1.5430805e-05)]> : tensor<5xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<5xcomplex<f32>>, tensor<5xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0), (-0.001, 0.002), (1.0, 1.0e-05)]> : tensor<5xcomplex<f64>>
  %1 = chlo.sinh %0 : tensor<5xcomplex<f64>> -> tensor<5xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.2815489951353344, 0.9488645314371681), (-3.514110100973512, -0.9307821094643965), (-2.1079706837093544, -0.3319720638632362), (-0.0009999981666670083, 0.00199999966666635), (1.1752011935850415, 1.543080634789526e-05)]> : tensor<5xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<5xcomplex<f64>>, tensor<5xcomplex<f64>>
  return
}
