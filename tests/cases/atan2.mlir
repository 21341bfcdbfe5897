// SPDX-License-Identifier: Apache-2.0
//
// The angle of (y, x), in all quadrants and on the axes.

func.func @f32() {
  %0 = stablehlo.constant dense<[1.0, 1.0, -1.5, -1.0, 0.0, 0.0, -0.0, 0x7FC00000, 1.0]> : tensor<9xf32>
  %1 = stablehlo.constant dense<[2.0, -2.0, -2.5, 0.0, -1.0, 1.0, 1.0, 1.0, 0x7F800000]> : tensor<9xf32>
  %2 = stablehlo.atan2 %0, %1 : tensor<9xf32>
  %3 = stablehlo.constant dense<[0.4636476, 2.6779451, -2.6011732, -1.5707964, 3.1415927, 0.0, -0.0, 0x7FC00000, 0.0]> : tensor<9xf32>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[1.0, 1.0, -1.5, -1.0, 0.0, 0.0, -0.0, 0x7FF8000000000000, 1.0]> : tensor<9xf64>
  %1 = stablehlo.constant dense<[2.0, -2.0, -2.5, 0.0, -1.0, 1.0, 1.0, 1.0, 0x7FF0000000000000]> : tensor<9xf64>
  %2 = stablehlo.atan2 %0, %1 : tensor<9xf64>
  %3 = stablehlo.constant dense<[0.4636476090008061, 2.677945044588987, -2.601173153319209, -1.5707963267948966, 3.141592653589793, 0.0, -0.0, 0x7FF8000000000000, 0.0]> : tensor<9xf64>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[1.0, 1.0, -1.5, -1.0, 0.0, 0.0, -0.0, 0x7E00, 1.0]> : tensor<9xf16>
  %1 = stablehlo.constant dense<[2.0, -2.0, -2.5, 0.0, -1.0, 1.0, 1.0, 1.0, 0x7C00]> : tensor<9xf16>
  %2 = stablehlo.atan2 %0, %1 : tensor<9xf16>
  %3 = stablehlo.constant dense<[0.463623046875, 2.677734375, -2.6015625, -1.5703125, 3.140625, 0.0, -0.0, 0x7E00, 0.0]> : tensor<9xf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.0, 1.0, -1.5, -1.0, 0.0, 0.0, -0.0, 0x7FC0, 1.0]> : tensor<9xbf16>
  %1 = stablehlo.constant dense<[2.0, -2.0, -2.5, 0.0, -1.0, 1.0, 1.0, 1.0, 0x7F80]> : tensor<9xbf16>
  %2 = stablehlo.atan2 %0, %1 : tensor<9xbf16>
  %3 = stablehlo.constant dense<[0.462890625, 2.671875, -2.59375, -1.5703125, 3.140625, 0.0, -0.0, 0x7FC0, 0.0]> : tensor<9xbf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}
