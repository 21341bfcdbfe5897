// SPDX-License-Identifier: Apache-2.0
//
// The derivative of log gamma: NaN at its poles.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.001, -0.5, 0.5, 1.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %1 = chlo.digamma %0 : tensor<15xf32> -> tensor<15xf32>
  %2 = stablehlo.constant dense<[-1000.5755, 0.036489975, -1.96351, -0.5772157, -0.023613544, 0.70315665, 0.70315665, -1.0307689, 4.600162, 0x7FC00000, 0x7FC00000, 0x7FC00000, 0x7F800000, 0x7FC00000, 0x7FC00000]> : tensor<15xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<15xf32>, tensor<15xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.001, -0.5, 0.5, 1.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<15xf64>
  %1 = chlo.digamma %0 : tensor<15xf64> -> tensor<15xf64>
  %2 = stablehlo.constant dense<[-1000.5755719318103, 0.03648997397857652, -1.9635100260214235, -0.5772156649015329, -0.023613544005297898, 0.7031566406452432, 0.7031566406452432, -1.0307688328309315, 4.600161852738087, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<15xf64>
  check.expect_close %1, %2, max_ulp_difference = 40 : tensor<15xf64>, tensor<15xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0010004043579101562, -0.5, 0.5, 1.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<15xf16>
  %1 = chlo.digamma %0 : tensor<15xf16> -> tensor<15xf16>
  %2 = stablehlo.constant dense<[-1000.0, 0.0364990234375, -1.9638671875, -0.5771484375, -0.02362060546875, 0.703125, 0.703125, -1.03125, 4.6015625, 0x7E00, 0x7E00, 0x7E00, 0x7C00, 0x7E00, 0x7E00]> : tensor<15xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<15xf16>, tensor<15xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.00099945068359375, -0.5, 0.5, 1.0, 1.4375, 2.5, -1.5, -7.75, 100.0, 0.0, -1.0, -0.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<15xbf16>
  %1 = chlo.digamma %0 : tensor<15xbf16> -> tensor<15xbf16>
  %2 = stablehlo.constant dense<[-1000.0, 0.036376953125, -1.9609375, -0.578125, -0.0235595703125, 0.703125, 0.703125, -1.03125, 4.59375, 0x7FC0, 0x7FC0, 0x7FC0, 0x7F80, 0x7FC0, 0x7FC0]> : tensor<15xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<15xbf16>, tensor<15xbf16>
  return
}
