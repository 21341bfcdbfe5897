// SPDX-License-Identifier: Apache-2.0
//
// Scatter: accumulation over repeated indices, windows out of bounds, several inputs.

func.func @adds_repeated() {
  %0 = stablehlo.constant dense<[10, 20, 30, 40]> : tensor<4xi32>
  %1 = stablehlo.constant dense<[[1], [3], [1], [7], [-1]]> : tensor<5x1xi32>
  %2 = stablehlo.constant dense<[1, 2, 3, 4, 5]> : tensor<5xi32>
  %3 = "stablehlo.scatter"(%0, %1, %2) <{
    scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>
  }> ({
  ^bb0(%current: tensor<i32>, %update: tensor<i32>):
    %sum = stablehlo.add %current, %update : tensor<i32>
    stablehlo.return %sum : tensor<i32>
  }) : (tensor<4xi32>, tensor<5x1xi32>, tensor<5xi32>) -> tensor<4xi32>
  check.expect_eq_const %3, dense<[10, 24, 30, 42]> : tensor<4xi32>
  check.expect_eq_const %0, dense<[10, 20, 30, 40]> : tensor<4xi32>
  return
}

// -----

func.func @replaces_windows() {
  %0 = stablehlo.constant dense<0.0> : tensor<3x4xf32>
  %1 = stablehlo.constant dense<[[0, 1], [1, 2], [2, 0]]> : tensor<3x2xi64>
  %2 = stablehlo.constant dense<[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]], [[9.0, 9.0], [9.0, 9.0]]]> : tensor<3x2x2xf32>
  %3 = "stablehlo.scatter"(%0, %1, %2) <{
    scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1, 2], scatter_dims_to_operand_dims = [0, 1], index_vector_dim = 1>,
    unique_indices = true
  }> ({
  ^bb0(%current: tensor<f32>, %update: tensor<f32>):
    stablehlo.return %update : tensor<f32>
  }) : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2x2xf32>) -> tensor<3x4xf32>
  check.expect_eq_const %3, dense<[[0.0, 1.0, 2.0, 0.0], [0.0, 3.0, 5.0, 6.0], [0.0, 0.0, 7.0, 8.0]]> : tensor<3x4xf32>
  return
}

// -----

func.func @batching() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
  %1 = stablehlo.constant dense<[[0, 2], [2, 2]]> : tensor<2x2xi32>
  %2 = stablehlo.constant dense<[[10, 20], [30, 40]]> : tensor<2x2xi64>
  %3 = "stablehlo.scatter"(%0, %1, %2) <{
    scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [1], input_batching_dims = [0], scatter_indices_batching_dims = [0], scatter_dims_to_operand_dims = [1], index_vector_dim = 2>
  }> ({
  ^bb0(%current: tensor<i64>, %update: tensor<i64>):
    %larger = stablehlo.maximum %current, %update : tensor<i64>
    stablehlo.return %larger : tensor<i64>
  }) : (tensor<2x3xi64>, tensor<2x2xi32>, tensor<2x2xi64>) -> tensor<2x3xi64>
  check.expect_eq_const %3, dense<[[10, 2, 20], [4, 5, 40]]> : tensor<2x3xi64>
  return
}

// -----

func.func @two_inputs() {
  %0 = stablehlo.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf64>
  %1 = stablehlo.constant dense<[4, 5, 6]> : tensor<3xi32>
  %2 = stablehlo.constant dense<[[2], [0]]> : tensor<2x1xi32>
  %3 = stablehlo.constant dense<[0.5, 0.25]> : tensor<2xf64>
  %4 = stablehlo.constant dense<[7, 8]> : tensor<2xi32>
  %5:2 = "stablehlo.scatter"(%0, %1, %2, %3, %4) <{
    scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>
  }> ({
  ^bb0(%a: tensor<f64>, %b: tensor<i32>, %c: tensor<f64>, %d: tensor<i32>):
    %product = stablehlo.multiply %a, %c : tensor<f64>
    %difference = stablehlo.subtract %b, %d : tensor<i32>
    stablehlo.return %product, %difference : tensor<f64>, tensor<i32>
  }) : (tensor<3xf64>, tensor<3xi32>, tensor<2x1xi32>, tensor<2xf64>, tensor<2xi32>) -> (tensor<3xf64>, tensor<3xi32>)
  check.expect_eq_const %5#0, dense<[0.25, 2.0, 1.5]> : tensor<3xf64>
  check.expect_eq_const %5#1, dense<[-4, 5, -1]> : tensor<3xi32>
  return
}

// -----

// The result must not take the place of an operand whose old elements are updates, too.
func.func @updates_are_the_operand() {
  %0 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf64>
  %1 = stablehlo.constant dense<[[3], [3], [0], [1]]> : tensor<4x1xi32>
  %2 = stablehlo.add %0, %0 : tensor<4xf64>
  %3 = "stablehlo.scatter"(%2, %1, %2) <{
    scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>
  }> ({
  ^bb0(%current: tensor<f64>, %update: tensor<f64>):
    %product = stablehlo.multiply %current, %update : tensor<f64>
    stablehlo.return %product : tensor<f64>
  }) : (tensor<4xf64>, tensor<4x1xi32>, tensor<4xf64>) -> tensor<4xf64>
  check.expect_eq_const %3, dense<[12.0, 32.0, 6.0, 64.0]> : tensor<4xf64>
  return
}
