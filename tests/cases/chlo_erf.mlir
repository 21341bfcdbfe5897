// SPDX-License-Identifier: Apache-2.0
//
// The error function.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0e-30, 0.001, -0.5, 0.984375, 1.0, -1.5, 2.5, 3.75, 10.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<14xf32>
  %1 = chlo.erf %0 : tensor<14xf32> -> tensor<14xf32>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.1283791e-30, 0.0011283788, -0.5204999, 0.83611286, 0.8427008, -0.96610516, 0.999593, 0.9999999, 1.0, 1.0, -1.0, 0x7FC00000]> : tensor<14xf32>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<14xf32>, tensor<14xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0e-30, 0.001, -0.5, 0.984375, 1.0, -1.5, 2.5, 3.75, 10.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<14xf64>
  %1 = chlo.erf %0 : tensor<14xf64> -> tensor<14xf64>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.1283791670955127e-30, 0.0011283787909692365, -0.5204998778130465, 0.8361128700503965, 0.8427007929497149, -0.9661051464753108, 0.999593047982555, 0.9999998862727434, 1.0, 1.0, -1.0, 0x7FF8000000000000]> : tensor<14xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<14xf64>, tensor<14xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.0, 0.0010004043579101562, -0.5, 0.984375, 1.0, -1.5, 2.5, 3.75, 10.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<14xf16>
  %1 = chlo.erf %0 : tensor<14xf16> -> tensor<14xf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, -0.0, 0.001129150390625, -0.5205078125, 0.8359375, 0.8427734375, -0.96630859375, 0.99951171875, 1.0, 1.0, 1.0, -1.0, 0x7E00]> : tensor<14xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<14xf16>, tensor<14xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 9.98402083170343e-31, 0.00099945068359375, -0.5, 0.984375, 1.0, -1.5, 2.5, 3.75, 10.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<14xbf16>
  %1 = chlo.erf %0 : tensor<14xbf16> -> tensor<14xbf16>
  %2 = stablehlo.constant dense<[-0.0, -0.0, 1.1278245754331653e-30, 0.001129150390625, -0.51953125, 0.8359375, 0.84375, -0.96484375, 1.0, 1.0, 1.0, 1.0, -1.0, 0x7FC0]> : tensor<14xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<14xbf16>, tensor<14xbf16>
  return
}
