// SPDX-License-Identifier: Apache-2.0
//
// The modified Bessel function of order 1, scaled by e^-|x|.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.001, -1.0, 2.5, 8.0, 29.5, -31.0, 1000.0, 1.0e+30, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<13xf32>
  %1 = chlo.bessel_i1e %0 : tensor<13xf32> -> tensor<13xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.0004995003, -0.20791042, 0.20658465, 0.13414249, 0.07250733, -0.070776395, 0.01261093, 3.9894227e-16, 0.0, -0.0, 0x7FC00000]> : tensor<13xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<13xf32>, tensor<13xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.001, -1.0, 2.5, 8.0, 29.5, -31.0, 1000.0, 1.0e+30, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<13xf64>
  %1 = chlo.bessel_i1e %0 : tensor<13xf64> -> tensor<13xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.0004995003123542213, -0.20791041534970844, 0.20658464953126657, 0.13414249329269817, 0.07250732615718372, -0.07077639283438568, 0.012610930256928629, 3.989422804014327e-16, 0.0, -0.0, 0x7FF8000000000000]> : tensor<13xf64>
  check.expect_close %1, %2, max_ulp_difference = 6 : tensor<13xf64>, tensor<13xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.0010004043579101562, -1.0, 2.5, 8.0, 29.5, -31.0, 1000.0, 0x7C00, 0x7C00, 0xFC00, 0x7E00]> : tensor<13xf16>
  %1 = chlo.bessel_i1e %0 : tensor<13xf16> -> tensor<13xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.000499725341796875, -0.2078857421875, 0.20654296875, 0.1341552734375, 0.072509765625, -0.07080078125, 0.01261138916015625, 0.0, 0.0, -0.0, 0x7E00]> : tensor<13xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<13xf16>, tensor<13xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.00099945068359375, -1.0, 2.5, 8.0, 29.5, -31.0, 1000.0, 1.0002555517425873e+30, 0x7F80, 0xFF80, 0x7FC0]> : tensor<13xbf16>
  %1 = chlo.bessel_i1e %0 : tensor<13xbf16> -> tensor<13xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 0.000499725341796875, -0.2080078125, 0.20703125, 0.1337890625, 0.072265625, -0.07080078125, 0.01263427734375, 3.9898639947466563e-16, 0.0, -0.0, 0x7FC0]> : tensor<13xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<13xbf16>, tensor<13xbf16>
  return
}
