// SPDX-License-Identifier: Apache-2.0
//
// The targets that are computed here: annotations for several devices, and checks.

func.func @identity() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = stablehlo.custom_call @Sharding(%0) : (tensor<2xf32>) -> tensor<2xf32>
  stablehlo.custom_call @check.expect_eq(%0, %1) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
  return
}

// -----

func.func @close() {
  %0 = stablehlo.constant dense<[1.0, 0x7FC00000, 0.0]> : tensor<3xf32>
  %1 = stablehlo.constant dense<[0x3F800003, 0xFFC00001, -0.0]> : tensor<3xf32>
  %2 = stablehlo.constant dense<[1.0009, 0x7FC00000, 0.0009]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_close(%0, %1) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  stablehlo.custom_call @check.expect_almost_eq(%0, %2) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  return
}
