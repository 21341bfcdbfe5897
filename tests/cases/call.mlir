// SPDX-License-Identifier: Apache-2.0
//
// Calls: arguments, several results, a result that is an argument, a result given twice.

func.func private @sum_and_first(%a: tensor<2xf32>, %b: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = stablehlo.add %a, %b : tensor<2xf32>
  return %0, %a, %0 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

func.func @calls() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = stablehlo.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %2:3 = call @sum_and_first(%0, %1) : (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %3:3 = func.call @sum_and_first(%2#0, %2#1) : (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  check.expect_eq_const %2#0, dense<[11.0, 22.0]> : tensor<2xf32>
  check.expect_eq_const %2#1, dense<[1.0, 2.0]> : tensor<2xf32>
  check.expect_eq_const %2#2, dense<[11.0, 22.0]> : tensor<2xf32>
  check.expect_eq_const %3#2, dense<[12.0, 24.0]> : tensor<2xf32>
  return
}
