// SPDX-License-Identifier: Apache-2.0
//
// The complementary error function.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.001, -0.5, 1.0, -1.5, 2.5, 5.0, 9.0, 100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<13xf32>
  %1 = chlo.erfc %0 : tensor<13xf32> -> tensor<13xf32>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.9988716, 1.5204998, 0.1572992, 1.9661051, 0.00040695202, 1.5374598e-12, 4.1370317e-37, 0.0, 0.0, 2.0, 0x7FC00000]> : tensor<13xf32>
  check.expect_close %1, %2, max_ulp_difference = 6 : tensor<13xf32>, tensor<13xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.001, -0.5, 1.0, -1.5, 2.5, 5.0, 9.0, 100.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<13xf64>
  %1 = chlo.erfc %0 : tensor<13xf64> -> tensor<13xf64>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.9988716212090307, 1.5204998778130465, 0.15729920705028513, 1.9661051464753108, 0.0004069520174449589, 1.537459794428035e-12, 4.13703174651381e-37, 0.0, 0.0, 2.0, 0x7FF8000000000000]> : tensor<13xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<13xf64>, tensor<13xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.0010004043579101562, -0.5, 1.0, -1.5, 2.5, 5.0, 9.0, 100.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<13xf16>
  %1 = chlo.erfc %0 : tensor<13xf16> -> tensor<13xf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.9990234375, 1.5205078125, 0.1573486328125, 1.9658203125, 0.0004069805145263672, 0.0, 0.0, 0.0, 0.0, 2.0, 0x7E00]> : tensor<13xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<13xf16>, tensor<13xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.00099945068359375, -0.5, 1.0, -1.5, 2.5, 5.0, 9.0, 100.0, 0x7F80, 0xFF80, 0x7FC0]> : tensor<13xbf16>
  %1 = chlo.erfc %0 : tensor<13xbf16> -> tensor<13xbf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 1.0, 1.5234375, 0.1572265625, 1.96875, 0.0004062652587890625, 1.5347723092418164e-12, 4.1436175866485635e-37, 0.0, 0.0, 2.0, 0x7FC0]> : tensor<13xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<13xbf16>, tensor<13xbf16>
  return
}

// -----

// Where results become subnormal, and vanish; where those of their square's halves would be lost.
func.func @f32_tail() {
  %0 = stablehlo.constant dense<[9.19, 9.5, 9.9, 10.0, 10.05, 10.1, 3.3333333, 7.7777777, 1.0e-30, -1.0e-30, -10.0, 0.4999]> : tensor<12xf32>
  %1 = chlo.erfc %0 : tensor<12xf32> -> tensor<12xf32>
  %2 = stablehlo.constant dense<[1.2786762e-38, 3.7692e-41, 1.5e-44, 1.0e-45, 1.0e-45, 0.0, 2.4284689e-06, 3.84518e-28, 1.0, 1.0, 2.0, 0.479588]> : tensor<12xf32>
  check.expect_close %1, %2, max_ulp_difference = 6 : tensor<12xf32>, tensor<12xf32>
  return
}
