// SPDX-License-Identifier: Apache-2.0
//
// The inverse of the error function.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0e-30, 0.001, -0.5, 0.75, 0.9921875, -0.99609375, 1.0, -1.0, 1.5, 0x7FC00000]> : tensor<12xf32>
  %1 = chlo.erf_inv %0 : tensor<12xf32> -> tensor<12xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 8.862269e-31, 0.0008862272, -0.47693628, 0.8134198, 1.8809518, -2.040452, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7FC00000]> : tensor<12xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<12xf32>, tensor<12xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0e-30, 0.001, -0.5, 0.75, 0.9921875, -0.99609375, 1.0, -1.0, 1.5, 0x7FF8000000000000]> : tensor<12xf64>
  %1 = chlo.erf_inv %0 : tensor<12xf64> -> tensor<12xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 8.862269254527581e-31, 0.0008862271574665521, -0.4769362762044699, 0.8134198475976185, 1.8809517454731395, -2.0404520146056093, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<12xf64>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<12xf64>, tensor<12xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.0, 0.0010004043579101562, -0.5, 0.75, 0.9921875, -0.99609375, 1.0, -1.0, 1.5, 0x7E00]> : tensor<12xf16>
  %1 = chlo.erf_inv %0 : tensor<12xf16> -> tensor<12xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, -0.0, 0.0008864402770996094, -0.47705078125, 0.8134765625, 1.880859375, -2.041015625, 0x7C00, 0xFC00, 0x7E00, 0x7E00]> : tensor<12xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<12xf16>, tensor<12xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 9.98402083170343e-31, 0.00099945068359375, -0.5, 0.75, 0.9921875, -0.99609375, 1.0, -1.0, 1.5, 0x7FC0]> : tensor<12xbf16>
  %1 = chlo.erf_inv %0 : tensor<12xbf16> -> tensor<12xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 8.874685183736383e-31, 0.000885009765625, -0.4765625, 0.8125, 1.8828125, -2.046875, 0x7F80, 0xFF80, 0x7FC0, 0x7FC0]> : tensor<12xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<12xbf16>, tensor<12xbf16>
  return
}
