// SPDX-License-Identifier: Apache-2.0
//
// The check ops on what they accept; tests/core/ops/check_test.cc has what they refuse.

func.func @accepts() {
  %0 = stablehlo.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  %1 = stablehlo.constant dense<[1.00005, 0x7FC00000]> : tensor<2xf32>
  %2 = stablehlo.constant dense<[0x3F800002, 0x7FC00000]> : tensor<2xf32>
  check.expect_eq %0, %0 : tensor<2xf32>
  check.expect_eq_const %0, dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  check.expect_almost_eq %0, %1 : tensor<2xf32>
  check.expect_almost_eq %0, %1, tolerance = 0.001 : tensor<2xf32>
  check.expect_almost_eq_const %1, dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  check.expect_close %0, %2, max_ulp_difference = 2 : tensor<2xf32>, tensor<2xf32>
  return
}
