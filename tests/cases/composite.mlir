// SPDX-License-Identifier: Apache-2.0
//
// A composite means what its decomposition computes.

func.func private @my.square_sum.impl(%a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.multiply %a, %a : tensor<2xf32>
  %1 = stablehlo.multiply %b, %b : tensor<2xf32>
  %2 = stablehlo.add %0, %1 : tensor<2xf32>
  return %2 : tensor<2xf32>
}

func.func @decomposes() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = stablehlo.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %2 = stablehlo.composite "my.square_sum" %0, %1 {composite_attributes = {exponent = 2 : i64}, decomposition = @my.square_sum.impl, version = 1 : i32} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq_const %2, dense<[10.0, 20.0]> : tensor<2xf32>
  return
}
