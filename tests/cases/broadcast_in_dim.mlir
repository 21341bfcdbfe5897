// SPDX-License-Identifier: Apache-2.0
//
// Broadcasting: scalars, dimensions of size 1, new dimensions, permuted dimensions.

func.func @scalar() {
  %0 = stablehlo.constant dense<2.5> : tensor<f16>
  %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f16>) -> tensor<2x3xf16>
  check.expect_eq_const %1, dense<2.5> : tensor<2x3xf16>
  return
}

// -----

func.func @expands_ones() {
  %0 = stablehlo.constant dense<[[4], [5]]> : tensor<2x1xi32>
  %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<2x1xi32>) -> tensor<2x3xi32>
  check.expect_eq_const %1, dense<[[4, 4, 4], [5, 5, 5]]> : tensor<2x3xi32>
  return
}

// -----

func.func @permutes() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xui16>
  %1 = stablehlo.broadcast_in_dim %0, dims = [2, 0] : (tensor<2x3xui16>) -> tensor<3x2x2xui16>
  check.expect_eq_const %1, dense<[[[1, 4], [1, 4]], [[2, 5], [2, 5]], [[3, 6], [3, 6]]]> : tensor<3x2x2xui16>
  return
}

// -----

func.func @vector_to_columns() {
  %0 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<2xi1>) -> tensor<2x2xi1>
  check.expect_eq_const %1, dense<[[true, true], [false, false]]> : tensor<2x2xi1>
  return
}

// -----

func.func @to_empty() {
  %0 = stablehlo.constant dense<1.0> : tensor<1xf64>
  %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<1xf64>) -> tensor<2x0xf64>
  check.expect_eq_const %1, dense<> : tensor<2x0xf64>
  return
}
