// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.einsum and stablehlo.unary_einsum

func.func @matrices() {
  %a = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = stablehlo.constant dense<[[1.0, 0.0], [0.0, 1.0], [10.0, 20.0]]> : tensor<3x2xf32>
  %0 = stablehlo.einsum %a, %b, config = "ij,jk->ik" : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %0, dense<[[31.0, 62.0], [64.0, 125.0]]> : tensor<2x2xf32>
  %1 = stablehlo.einsum %a, %b, config = "ij,jk->ki" : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %1, dense<[[31.0, 64.0], [62.0, 125.0]]> : tensor<2x2xf32>
  func.return
}

// -----

// What neither the other operand nor the result has is summed first; what both and the result have
// is a batch.
func.func @sums_and_batches() {
  %a = stablehlo.constant dense<[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]> : tensor<2x2x2xi32>
  %b = stablehlo.constant dense<[[1, 10], [100, 1000]]> : tensor<2x2xi32>
  %0 = stablehlo.einsum %a, %b, config = "bij,kb->kb" : (tensor<2x2x2xi32>, tensor<2x2xi32>) -> tensor<2x2xi32>
  check.expect_eq_const %0, dense<[[10, 260], [1000, 26000]]> : tensor<2x2xi32>
  func.return
}

// -----

func.func @outer_and_elementwise() {
  %a = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = stablehlo.constant dense<[3.0, 5.0]> : tensor<2xf32>
  %0 = stablehlo.einsum %a, %b, config = "i,j->ij" : (tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %0, dense<[[3.0, 5.0], [6.0, 10.0]]> : tensor<2x2xf32>
  %1 = stablehlo.einsum %a, %b, config = "i,i->i" : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[3.0, 10.0]> : tensor<2xf32>
  %2 = stablehlo.einsum %a, %b, config = "i,i->" : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  check.expect_eq_const %2, dense<13.0> : tensor<f32>
  func.return
}

// -----

func.func @unary() {
  %a = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %0 = "stablehlo.unary_einsum"(%a) {einsum_config = "ij->ji"} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %0, dense<[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]> : tensor<3x2xf32>
  %1 = "stablehlo.unary_einsum"(%a) {einsum_config = "ij->i"} : (tensor<2x3xf32>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[6.0, 15.0]> : tensor<2xf32>
  func.return
}
