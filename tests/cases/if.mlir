// SPDX-License-Identifier: Apache-2.0
//
// Branches, with values from around them.

func.func @both_ways() {
  %true = stablehlo.constant dense<true> : tensor<i1>
  %false = stablehlo.constant dense<false> : tensor<i1>
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = "stablehlo.if"(%true) ({
    %sum = stablehlo.add %0, %0 : tensor<2xf32>
    stablehlo.return %sum : tensor<2xf32>
  }, {
    stablehlo.return %0 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  %2 = "stablehlo.if"(%false) ({
    %sum = stablehlo.add %0, %0 : tensor<2xf32>
    stablehlo.return %sum : tensor<2xf32>
  }, {
    stablehlo.return %0 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[2.0, 4.0]> : tensor<2xf32>
  check.expect_eq_const %2, dense<[1.0, 2.0]> : tensor<2xf32>
  return
}
