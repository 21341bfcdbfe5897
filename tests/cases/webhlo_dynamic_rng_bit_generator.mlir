// SPDX-License-Identifier: Apache-2.0
//
// As many random bits as an operand says, the same as with a static shape.

func.func @same() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xui64>
  %1 = stablehlo.constant dense<[2, 3]> : tensor<2xi32>
  %2:2 = "webhlo.dynamic_rng_bit_generator"(%0, %1) {rng_algorithm = #stablehlo<rng_algorithm THREE_FRY>} : (tensor<2xui64>, tensor<2xi32>) -> (tensor<2xui64>, tensor<2x3xui32>)
  %3:2 = stablehlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<2x3xui32>)
  check.expect_eq %2#0, %3#0 : tensor<2xui64>
  check.expect_eq %2#1, %3#1 : tensor<2x3xui32>
  return
}
