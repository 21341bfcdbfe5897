// SPDX-License-Identifier: Apache-2.0
//
// Steps as they are written, on the channels that are not ok; bounds on all.

func.func @each_step() {
  %y = stablehlo.constant dense<[[1.0, 2.0, 3.0], [-4.0, -5.0, -6.0]]> : tensor<2x3xf32>
  %ok = stablehlo.constant dense<[false, true, false]> : tensor<3xi1>
  %s = stablehlo.constant dense<[2.0, 7.0, 4.0]> : tensor<3xf32>
  %d = stablehlo.constant dense<[4.0, 7.0, 8.0]> : tensor<3xf32>
  %o = stablehlo.constant dense<[10.0, 7.0, 20.0]> : tensor<3xf32>
  %a = "webhlo.rescale"(%y, %ok, %s, %o) {steps = "*+"} : (tensor<2x3xf32>, tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  check.expect_eq_const %a, dense<[[12.0, 2.0, 32.0], [2.0, -5.0, -4.0]]> : tensor<2x3xf32>
  %b = "webhlo.rescale"(%y, %ok, %d, %o, %o) {steps = "/-~"} : (tensor<2x3xf32>, tensor<3xi1>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  check.expect_eq_const %b, dense<[[19.75, 2.0, 39.625], [21.0, -5.0, 40.75]]> : tensor<2x3xf32>
  return
}

// -----

func.func @bounds_keep_nan() {
  %y = stablehlo.constant dense<[[0x7FC00000, -2.0, 9.0], [0x7F800000, 0x7FC00000, 1.0]]> : tensor<2x3xf32>
  %ok = stablehlo.constant dense<[false, true, true]> : tensor<3xi1>
  %s = stablehlo.constant dense<0.0> : tensor<3xf32>
  %a = "webhlo.rescale"(%y, %ok, %s) {clamp_max = 6.0 : f32, clamp_min = 0.0 : f32, steps = "*"} : (tensor<2x3xf32>, tensor<3xi1>, tensor<3xf32>) -> tensor<2x3xf32>
  check.expect_eq_const %a, dense<[[0x7FC00000, 0.0, 6.0], [0x7FC00000, 0x7FC00000, 1.0]]> : tensor<2x3xf32>
  return
}
