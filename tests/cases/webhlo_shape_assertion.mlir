// SPDX-License-Identifier: Apache-2.0
//
// What a program demands of sizes.

func.func @holds() {
  %0 = stablehlo.constant dense<true> : tensor<i1>
  %1 = stablehlo.constant dense<4> : tensor<i32>
  "webhlo.shape_assertion"(%0, %1) {error_message = "{0} is odd"} : (tensor<i1>, tensor<i32>) -> ()
  check.expect_eq_const %1, dense<4> : tensor<i32>
  return
}
