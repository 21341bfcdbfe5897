// SPDX-License-Identifier: Apache-2.0
//
// Padding: outside, between, negative.

func.func @edges_and_interior() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %1 = stablehlo.constant dense<9> : tensor<i32>
  %2 = stablehlo.pad %0, %1, low = [1, 0], high = [0, 2], interior = [2, 1] : (tensor<2x2xi32>, tensor<i32>) -> tensor<5x5xi32>
  check.expect_eq_const %2, dense<[[9, 9, 9, 9, 9], [1, 9, 2, 9, 9], [9, 9, 9, 9, 9], [9, 9, 9, 9, 9], [3, 9, 4, 9, 9]]> : tensor<5x5xi32>
  return
}

// -----

func.func @negative() {
  %0 = stablehlo.iota dim = 0 : tensor<6xf32>
  %1 = stablehlo.constant dense<-1.0> : tensor<f32>
  %2 = stablehlo.pad %0, %1, low = [-3], high = [2], interior = [1] : (tensor<6xf32>, tensor<f32>) -> tensor<10xf32>
  %3 = stablehlo.pad %0, %1, low = [1], high = [-5], interior = [1] : (tensor<6xf32>, tensor<f32>) -> tensor<7xf32>
  check.expect_eq_const %2, dense<[-1.0, 2.0, -1.0, 3.0, -1.0, 4.0, -1.0, 5.0, -1.0, -1.0]> : tensor<10xf32>
  check.expect_eq_const %3, dense<[-1.0, 0.0, -1.0, 1.0, -1.0, 2.0, -1.0]> : tensor<7xf32>
  return
}

// -----

func.func @crops_everything() {
  %0 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi8>
  %1 = stablehlo.constant dense<5> : tensor<i8>
  %2 = stablehlo.pad %0, %1, low = [-4], high = [3], interior = [0] : (tensor<3xi8>, tensor<i8>) -> tensor<2xi8>
  check.expect_eq_const %2, dense<5> : tensor<2xi8>
  return
}

// -----

func.func @empty_operand() {
  %0 = stablehlo.constant dense<> : tensor<0xf64>
  %1 = stablehlo.constant dense<2.0> : tensor<f64>
  %2 = stablehlo.pad %0, %1, low = [1], high = [2], interior = [4] : (tensor<0xf64>, tensor<f64>) -> tensor<3xf64>
  check.expect_eq_const %2, dense<2.0> : tensor<3xf64>
  return
}

// -----

// As many elements go as come: the size stays, the places do not.
func.func @same_size() {
  %0 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<5xf32>
  %1 = stablehlo.constant dense<-1.0> : tensor<f32>
  %2 = stablehlo.pad %0, %1, low = [0], high = [-4], interior = [1] : (tensor<5xf32>, tensor<f32>) -> tensor<5xf32>
  %3 = stablehlo.pad %0, %1, low = [-2], high = [-2], interior = [1] : (tensor<5xf32>, tensor<f32>) -> tensor<5xf32>
  %4 = stablehlo.pad %0, %1, low = [-8], high = [0], interior = [2] : (tensor<5xf32>, tensor<f32>) -> tensor<5xf32>
  %5 = stablehlo.pad %0, %1, low = [1], high = [-1], interior = [0] : (tensor<5xf32>, tensor<f32>) -> tensor<5xf32>
  check.expect_eq_const %2, dense<[1.0, -1.0, 2.0, -1.0, 3.0]> : tensor<5xf32>
  check.expect_eq_const %3, dense<[2.0, -1.0, 3.0, -1.0, 4.0]> : tensor<5xf32>
  check.expect_eq_const %4, dense<[-1.0, 4.0, -1.0, -1.0, 5.0]> : tensor<5xf32>
  check.expect_eq_const %5, dense<[-1.0, 1.0, 2.0, 3.0, 4.0]> : tensor<5xf32>
  return
}

// -----

// Each edge and the interior at once, in two dimensions: rows 0 and 1 go, row 2 comes to 1.
func.func @negative_edges_and_interior() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9]]> : tensor<3x3xi32>
  %1 = stablehlo.constant dense<0> : tensor<i32>
  %2 = stablehlo.pad %0, %1, low = [-3, 1], high = [2, -2], interior = [1, 2] : (tensor<3x3xi32>, tensor<i32>) -> tensor<4x6xi32>
  %3 = stablehlo.pad %0, %1, low = [1, -1], high = [-2, -1], interior = [0, 1] : (tensor<3x3xi32>, tensor<i32>) -> tensor<2x3xi32>
  check.expect_eq_const %2, dense<[[0, 0, 0, 0, 0, 0], [0, 7, 0, 0, 8, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]> : tensor<4x6xi32>
  check.expect_eq_const %3, dense<[[0, 0, 0], [0, 2, 0]]> : tensor<2x3xi32>
  return
}

// -----

// The interior of a single element is nowhere, and may be as large as it likes.
func.func @single_element() {
  %0 = stablehlo.constant dense<[7]> : tensor<1xui64>
  %1 = stablehlo.constant dense<1> : tensor<ui64>
  %2 = stablehlo.pad %0, %1, low = [2], high = [-1], interior = [9223372036854775807] : (tensor<1xui64>, tensor<ui64>) -> tensor<2xui64>
  %3 = stablehlo.pad %0, %1, low = [1], high = [1], interior = [9223372036854775807] : (tensor<1xui64>, tensor<ui64>) -> tensor<3xui64>
  check.expect_eq_const %2, dense<[1, 1]> : tensor<2xui64>
  check.expect_eq_const %3, dense<[1, 7, 1]> : tensor<3xui64>
  return
}
