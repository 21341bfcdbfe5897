// SPDX-License-Identifier: Apache-2.0
//
// log(1 + x), exact near zero.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 0.001, -0.5, 37.25, -1.0, -2.0, 0x7F800000, 0x7FC00000]> : tensor<9xf32>
  %1 = stablehlo.log_plus_one %0 : tensor<9xf32>
  %2 = stablehlo.constant dense<[0.0, 0.6931472, 0.0009995004, -0.6931472, 3.6441436, 0xFF800000, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 0.001, -0.5, 37.25, -1.0, -2.0, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = stablehlo.log_plus_one %0 : tensor<9xf64>
  %2 = stablehlo.constant dense<[0.0, 0.6931471805599453, 0.0009995003330835331, -0.6931471805599453, 3.644143560272545, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 0.0010004043579101562, -0.5, 37.25, -1.0, -2.0, 0x7C00, 0x7E00]> : tensor<9xf16>
  %1 = stablehlo.log_plus_one %0 : tensor<9xf16>
  %2 = stablehlo.constant dense<[0.0, 0.693359375, 0.00099945068359375, -0.693359375, 3.64453125, 0xFC00, 0x7E00, 0x7C00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 0.00099945068359375, -0.5, 37.25, -1.0, -2.0, 0x7F80, 0x7FC0]> : tensor<9xbf16>
  %1 = stablehlo.log_plus_one %0 : tensor<9xbf16>
  %2 = stablehlo.constant dense<[0.0, 0.69140625, 0.00099945068359375, -0.69140625, 3.640625, 0xFF80, 0x7FC0, 0x7F80, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (1.5, -3.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.log_plus_one %0 : tensor<2xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.5893275, 0.5880026), (1.3622898, -0.87605804)]> : tensor<2xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<2xcomplex<f32>>, tensor<2xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (1.5, -3.0)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.log_plus_one %0 : tensor<2xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.5893274981708231, 0.5880026035475675), (1.3622897515267103, -0.8760580505981934)]> : tensor<2xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>
  return
}

// -----

// |1 + z| may overflow, or be almost 1.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(1.7e+308, -1.7e+308), (-1.0e-300, 1.0e-200), (-2.0, 1.0e-10), (0.75, 1.0e+200)]> : tensor<4xcomplex<f64>>
  %1 = stablehlo.log_plus_one %0 : tensor<4xcomplex<f64>>
  %2 = stablehlo.constant dense<[(710.0734104835083, -0.7853981633974483), (-1.0e-300, 1.0e-200), (5.0000000000000005e-21, 3.141592653489793), (460.51701859880916, 1.5707963267948966)]> : tensor<4xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>
  return
}

// -----

// A small real part counts.
func.func @c128_small() {
  %0 = stablehlo.constant dense<[(0.001, 0.5), (1.0e-10, 1.5)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.log_plus_one %0 : tensor<2xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.11237153569981627, 0.46324792876629295), (0.5893274982015922, 0.9827937232011752)]> : tensor<2xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>
  return
}
