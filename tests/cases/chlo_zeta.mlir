// SPDX-License-Identifier: Apache-2.0
//
// Hurwitz's zeta function of s and q: poles, and where it is not defined.

func.func @f32() {
  %0 = stablehlo.constant dense<[2.0, 1.5, 3.0, 1.0625, 40.0, 2.0, 3.0, 2.0, 1.0, 0.5, 2.0, 3.0, 2.5, 0x7F800000, 2.0, 0x7FC00000, 2.0]> : tensor<17xf32>
  %1 = stablehlo.constant dense<[1.0, 0.5, 10.0, 2.0, 1.5, -1.5, -2.25, 1.0e+30, 2.0, 2.0, -1.0, 0.0, -1.5, 1.0, 0x7F800000, 2.0, 0x7FC00000]> : tensor<17xf32>
  %2 = chlo.zeta %0, %1 : tensor<17xf32>, tensor<17xf32> -> tensor<17xf32>
  %3 = stablehlo.constant dense<[1.644934, 4.776538, 0.0055249175, 15.581748, 9.043773e-08, 9.379247, -61.948475, 1.0e-30, 0x7F800000, 0x7FC00000, 0x7F800000, 0x7FC00000, 0x7FC00000, 1.0, 0.0, 0x7FC00000, 0x7FC00000]> : tensor<17xf32>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<17xf32>, tensor<17xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[2.0, 1.5, 3.0, 1.0625, 40.0, 2.0, 3.0, 2.0, 1.0, 0.5, 2.0, 3.0, 2.5, 0x7FF0000000000000, 2.0, 0x7FF8000000000000, 2.0]> : tensor<17xf64>
  %1 = stablehlo.constant dense<[1.0, 0.5, 10.0, 2.0, 1.5, -1.5, -2.25, 1.0e+30, 2.0, 2.0, -1.0, 0.0, -1.5, 1.0, 0x7FF0000000000000, 2.0, 0x7FF8000000000000]> : tensor<17xf64>
  %2 = chlo.zeta %0, %1 : tensor<17xf64>, tensor<17xf64> -> tensor<17xf64>
  %3 = stablehlo.constant dense<[1.6449340668482264, 4.776537947554833, 0.0055249174854010335, 15.581747646655021, 9.043772695905904e-08, 9.379246644989124, -61.94847488703008, 9.999999999999999e-31, 0x7FF0000000000000, 0x7FF8000000000000, 0x7FF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 1.0, 0.0, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<17xf64>
  check.expect_close %2, %3, max_ulp_difference = 40 : tensor<17xf64>, tensor<17xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[2.0, 1.5, 3.0, 1.0625, 40.0, 2.0, 3.0, 2.0, 1.0, 0.5, 2.0, 3.0, 2.5, 0x7C00, 2.0, 0x7E00, 2.0]> : tensor<17xf16>
  %1 = stablehlo.constant dense<[1.0, 0.5, 10.0, 2.0, 1.5, -1.5, -2.25, 0x7C00, 2.0, 2.0, -1.0, 0.0, -1.5, 1.0, 0x7C00, 2.0, 0x7E00]> : tensor<17xf16>
  %2 = chlo.zeta %0, %1 : tensor<17xf16>, tensor<17xf16> -> tensor<17xf16>
  %3 = stablehlo.constant dense<[1.64453125, 4.77734375, 0.005523681640625, 15.578125, 1.1920928955078125e-07, 9.3828125, -61.9375, 0.0, 0x7C00, 0x7E00, 0x7C00, 0x7E00, 0x7E00, 1.0, 0.0, 0x7E00, 0x7E00]> : tensor<17xf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<17xf16>, tensor<17xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[2.0, 1.5, 3.0, 1.0625, 40.0, 2.0, 3.0, 2.0, 1.0, 0.5, 2.0, 3.0, 2.5, 0x7F80, 2.0, 0x7FC0, 2.0]> : tensor<17xbf16>
  %1 = stablehlo.constant dense<[1.0, 0.5, 10.0, 2.0, 1.5, -1.5, -2.25, 1.0002555517425873e+30, 2.0, 2.0, -1.0, 0.0, -1.5, 1.0, 0x7F80, 2.0, 0x7FC0]> : tensor<17xbf16>
  %2 = chlo.zeta %0, %1 : tensor<17xbf16>, tensor<17xbf16> -> tensor<17xbf16>
  %3 = stablehlo.constant dense<[1.6484375, 4.78125, 0.005523681640625, 15.5625, 9.033828973770142e-08, 9.375, -62.0, 9.98402083170343e-31, 0x7F80, 0x7FC0, 0x7F80, 0x7FC0, 0x7FC0, 1.0, 0.0, 0x7FC0, 0x7FC0]> : tensor<17xbf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<17xbf16>, tensor<17xbf16>
  return
}
