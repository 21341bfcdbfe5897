// SPDX-License-Identifier: Apache-2.0
//
// Which channels may be folded: the first of each may, the second must not.

// y * s + o: the second channel's weights overflow with their scale.
func.func @scale_and_offset() {
  %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 1.0e30]]> : tensor<2x2xf32>
  %s = stablehlo.constant dense<[4.0, 1.0e10]> : tensor<2xf32>
  %o = stablehlo.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %scale, %offset, %ok, %some_fail = "webhlo.fold_scales"(%w, %s, %o) {dimension = 1 : i64, steps = "*+"} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xi1>, tensor<i1>)
  check.expect_eq_const %scale, dense<[4.0, 1.0]> : tensor<2xf32>
  check.expect_eq_const %offset, dense<[5.0, 0.0]> : tensor<2xf32>
  check.expect_eq_const %ok, dense<[true, false]> : tensor<2xi1>
  check.expect_eq_const %some_fail, dense<true> : tensor<i1>
  return
}

// -----

// 3 - (y / d - o): dividing by a number whose reciprocal is infinite; offsets that cancel.
func.func @division_and_cancellation() {
  %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]]> : tensor<3x2xf32>
  %d = stablehlo.constant dense<[8.0, 1.0e-40, 2.0]> : tensor<3xf32>
  %o = stablehlo.constant dense<[1.0, 1.0, 1.0e6]> : tensor<3xf32>
  %p = stablehlo.constant dense<[3.0, 3.0, -1.0e6]> : tensor<3xf32>
  %scale, %offset, %ok, %some_fail = "webhlo.fold_scales"(%w, %d, %o, %p) {dimension = 0 : i64, steps = "/-~"} : (tensor<3x2xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xi1>, tensor<i1>)
  check.expect_eq_const %scale, dense<[-0.125, 1.0, 1.0]> : tensor<3xf32>
  check.expect_eq_const %offset, dense<[4.0, 0.0, 0.0]> : tensor<3xf32>
  check.expect_eq_const %ok, dense<[true, false, false]> : tensor<3xi1>
  check.expect_eq_const %some_fail, dense<true> : tensor<i1>
  return
}
