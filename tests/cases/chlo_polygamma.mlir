// SPDX-License-Identifier: Apache-2.0
//
// The n-th derivative of digamma.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 2.0, 3.0, 5.0, 1.0, 2.0, 30.0, 1.0, 2.0, 1.5, -1.0, 1.0, 0x7FC00000, 2.0]> : tensor<15xf32>
  %1 = stablehlo.constant dense<[2.5, 1.0, 0.5, 10.0, 1.5, -1.5, -2.25, 20.0, 0.0, 0.0, 2.0, 2.0, 0x7F800000, 2.0, 0x7FC00000]> : tensor<15xf32>
  %2 = chlo.polygamma %0, %1 : tensor<15xf32>, tensor<15xf32> -> tensor<15xf32>
  %3 = stablehlo.constant dense<[0.70315665, 1.644934, -16.828796, 0.0023199013, 11.113548, 9.379247, 123.89695, -1.5940266e-08, 0x7F800000, 0x7FC00000, 0x7FC00000, 0x7FC00000, 0.0, 0x7FC00000, 0x7FC00000]> : tensor<15xf32>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<15xf32>, tensor<15xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 2.0, 3.0, 5.0, 1.0, 2.0, 30.0, 1.0, 2.0, 1.5, -1.0, 1.0, 0x7FF8000000000000, 2.0]> : tensor<15xf64>
  %1 = stablehlo.constant dense<[2.5, 1.0, 0.5, 10.0, 1.5, -1.5, -2.25, 20.0, 0.0, 0.0, 2.0, 2.0, 0x7FF0000000000000, 2.0, 0x7FF8000000000000]> : tensor<15xf64>
  %2 = chlo.polygamma %0, %1 : tensor<15xf64>, tensor<15xf64> -> tensor<15xf64>
  %3 = stablehlo.constant dense<[0.7031566406452432, 1.6449340668482264, -16.82879664423432, 0.0023199013042898686, 11.113548602435497, 9.379246644989124, 123.89694977406016, -1.59402668621415e-08, 0x7FF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 0.0, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<15xf64>
  check.expect_close %2, %3, max_ulp_difference = 30 : tensor<15xf64>, tensor<15xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 2.0, 3.0, 5.0, 1.0, 2.0, 30.0, 1.0, 2.0, 1.5, -1.0, 1.0, 0x7E00, 2.0]> : tensor<15xf16>
  %1 = stablehlo.constant dense<[2.5, 1.0, 0.5, 10.0, 1.5, -1.5, -2.25, 20.0, 0.0, 0.0, 2.0, 2.0, 0x7C00, 2.0, 0x7E00]> : tensor<15xf16>
  %2 = chlo.polygamma %0, %1 : tensor<15xf16>, tensor<15xf16> -> tensor<15xf16>
  %3 = stablehlo.constant dense<[0.703125, 1.64453125, -16.828125, 0.0023193359375, 11.1171875, 9.3828125, 123.875, -0.0, 0x7C00, 0x7E00, 0x7E00, 0x7E00, 0.0, 0x7E00, 0x7E00]> : tensor<15xf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<15xf16>, tensor<15xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, 1.0, 2.0, 3.0, 5.0, 1.0, 2.0, 30.0, 1.0, 2.0, 1.5, -1.0, 1.0, 0x7FC0, 2.0]> : tensor<15xbf16>
  %1 = stablehlo.constant dense<[2.5, 1.0, 0.5, 10.0, 1.5, -1.5, -2.25, 20.0, 0.0, 0.0, 2.0, 2.0, 0x7F80, 2.0, 0x7FC0]> : tensor<15xbf16>
  %2 = chlo.polygamma %0, %1 : tensor<15xbf16>, tensor<15xbf16> -> tensor<15xbf16>
  %3 = stablehlo.constant dense<[0.703125, 1.6484375, -16.875, 0.0023193359375, 11.125, 9.375, 124.0, -1.594889909029007e-08, 0x7F80, 0x7FC0, 0x7FC0, 0x7FC0, 0.0, 0x7FC0, 0x7FC0]> : tensor<15xbf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<15xbf16>, tensor<15xbf16>
  return
}
