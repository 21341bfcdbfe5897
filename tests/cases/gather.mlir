// SPDX-License-Identifier: Apache-2.0
//
// Gather: clamped starts, collapsed and batching dimensions, scalar indices.

func.func @rows() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]> : tensor<4x3xi32>
  %1 = stablehlo.constant dense<[2, 0, 9, -1]> : tensor<4xi64>
  %2 = "stablehlo.gather"(%0, %1) <{
    dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>,
    slice_sizes = array<i64: 1, 3>
  }> : (tensor<4x3xi32>, tensor<4xi64>) -> tensor<4x3xi32>
  check.expect_eq_const %2, dense<[[7, 8, 9], [1, 2, 3], [10, 11, 12], [1, 2, 3]]> : tensor<4x3xi32>
  return
}

// -----

func.func @windows() {
  %0 = stablehlo.iota dim = 0 : tensor<24xf32>
  %1 = stablehlo.reshape %0 : (tensor<24xf32>) -> tensor<4x6xf32>
  %2 = stablehlo.constant dense<[[1, 0], [4, 2], [7, 3]]> : tensor<3x2xui8>
  %3 = "stablehlo.gather"(%1, %2) <{
    dimension_numbers = #stablehlo.gather<offset_dims = [0, 2], start_index_map = [1, 0], index_vector_dim = 1>,
    slice_sizes = array<i64: 2, 2>
  }> : (tensor<4x6xf32>, tensor<3x2xui8>) -> tensor<2x3x2xf32>
  check.expect_eq_const %3, dense<[[[1.0, 2.0], [16.0, 17.0], [16.0, 17.0]], [[7.0, 8.0], [22.0, 23.0], [22.0, 23.0]]]> : tensor<2x3x2xf32>
  return
}

// -----

func.func @batching() {
  %0 = stablehlo.constant dense<[[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]> : tensor<2x3x2xi64>
  %1 = stablehlo.constant dense<[[2, 0], [1, 1], [0, 2]]> : tensor<3x2xi32>
  %2 = "stablehlo.gather"(%0, %1) <{
    dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [1], start_index_map = [1], index_vector_dim = 2>,
    slice_sizes = array<i64: 1, 1, 2>
  }> : (tensor<2x3x2xi64>, tensor<3x2xi32>) -> tensor<3x2x2xi64>
  check.expect_eq_const %2, dense<[[[5, 6], [7, 8]], [[3, 4], [9, 10]], [[1, 2], [11, 12]]]> : tensor<3x2x2xi64>
  return
}

// -----

// The index vectors lie along dimension 0, and say columns before rows; windows of a batching
// dimension in the middle.
func.func @batching_in_the_middle() {
  %0 = stablehlo.constant dense<[[[1, 2, 3, 4], [5, 6, 7, 8]], [[9, 10, 11, 12], [13, 14, 15, 16]], [[17, 18, 19, 20], [21, 22, 23, 24]]]> : tensor<3x2x4xi16>
  %1 = stablehlo.constant dense<[[[0, 3, 1], [2, -5, 9]], [[0, 1, 5], [2, 0, -1]]]> : tensor<2x2x3xi64>
  %2 = "stablehlo.gather"(%0, %1) <{
    dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], operand_batching_dims = [1], start_indices_batching_dims = [1], start_index_map = [2, 0], index_vector_dim = 0>,
    slice_sizes = array<i64: 1, 1, 2>
  }> : (tensor<3x2x4xi16>, tensor<2x2x3xi64>) -> tensor<2x2x3xi16>
  check.expect_eq_const %2, dense<[[[1, 11, 18], [2, 12, 19]], [[23, 5, 7], [24, 6, 8]]]> : tensor<2x2x3xi16>
  return
}

// -----

// Without a dimension of their own, indices are vectors of one element.
func.func @scalars() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf64>
  %1 = stablehlo.constant dense<[[2, 0], [7, 1]]> : tensor<2x2xui32>
  %2 = "stablehlo.gather"(%0, %1) <{
    dimension_numbers = #stablehlo.gather<offset_dims = [0], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>,
    slice_sizes = array<i64: 1, 2>
  }> : (tensor<3x2xf64>, tensor<2x2xui32>) -> tensor<2x2x2xf64>
  check.expect_eq_const %2, dense<[[[5.0, 1.0], [5.0, 3.0]], [[6.0, 2.0], [6.0, 4.0]]]> : tensor<2x2x2xf64>
  return
}

// -----

// Rows of a table that a product reads, too, which may store it in fewer bits.
func.func @rows_of_a_products_table() {
  %0 = stablehlo.iota dim = 1 : tensor<70x64xf32>
  %1 = stablehlo.constant dense<[[3], [69], [-1], [100]]> : tensor<4x1xi32>
  %2 = "stablehlo.gather"(%0, %1) <{
    dimension_numbers = #stablehlo.gather<
      offset_dims = [1],
      collapsed_slice_dims = [0],
      start_index_map = [0],
      index_vector_dim = 1>,
    slice_sizes = array<i64: 1, 64>,
    indices_are_sorted = false
  }> : (tensor<70x64xf32>, tensor<4x1xi32>) -> tensor<4x64xf32>
  %3 = stablehlo.iota dim = 1 : tensor<4x64xf32>
  %4 = stablehlo.constant dense<1.0> : tensor<2x64xf32>
  %5 = "webhlo.matmul"(%4, %0) <{transpose_rhs = true}> : (tensor<2x64xf32>, tensor<70x64xf32>) -> tensor<2x70xf32>
  check.expect_eq %2, %3 : tensor<4x64xf32>
  check.expect_eq_const %5, dense<2016.0> : tensor<2x70xf32>
  return
}
