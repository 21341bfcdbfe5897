// SPDX-License-Identifier: Apache-2.0
//
// Windows with strides, both dilations, padding of either sign, and several inputs.

func.func @max_pool() {
  %0 = stablehlo.iota dim = 0 : tensor<25xf32>
  %1 = stablehlo.reshape %0 : (tensor<25xf32>) -> tensor<5x5xf32>
  %2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %3 = "stablehlo.reduce_window"(%1, %2) <{
    window_dimensions = array<i64: 3, 2>, window_strides = array<i64: 2, 2>, padding = dense<[[1, 1], [0, 1]]> : tensor<2x2xi64>
  }> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %larger = stablehlo.maximum %a, %b : tensor<f32>
    stablehlo.return %larger : tensor<f32>
  }) : (tensor<5x5xf32>, tensor<f32>) -> tensor<3x3xf32>
  check.expect_eq_const %3, dense<[[6.0, 8.0, 9.0], [16.0, 18.0, 19.0], [21.0, 23.0, 24.0]]> : tensor<3x3xf32>
  return
}

// -----

func.func @dilated_sum() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %1 = stablehlo.constant dense<0> : tensor<i32>
  %2 = "stablehlo.reduce_window"(%0, %1) <{
    window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 1, 1>, base_dilations = array<i64: 2, 1>, window_dilations = array<i64: 2, 1>, padding = dense<[[1, 0], [1, 0]]> : tensor<2x2xi64>
  }> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %sum = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %sum : tensor<i32>
  }) : (tensor<3x2xi32>, tensor<i32>) -> tensor<4x2xi32>
  check.expect_eq_const %2, dense<[[0, 0], [4, 10], [0, 0], [8, 18]]> : tensor<4x2xi32>
  return
}

// -----

func.func @cumulative_sum() {
  %0 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf16>
  %1 = stablehlo.constant dense<0.0> : tensor<f16>
  %2 = "stablehlo.reduce_window"(%0, %1) <{
    window_dimensions = array<i64: 4>, padding = dense<[[3, 0]]> : tensor<1x2xi64>
  }> ({
  ^bb0(%a: tensor<f16>, %b: tensor<f16>):
    %sum = stablehlo.add %a, %b : tensor<f16>
    stablehlo.return %sum : tensor<f16>
  }) : (tensor<4xf16>, tensor<f16>) -> tensor<4xf16>
  check.expect_eq_const %2, dense<[1.0, 3.0, 6.0, 10.0]> : tensor<4xf16>
  return
}

// -----

func.func @negative_padding() {
  %0 = stablehlo.constant dense<[1, 2, 3, 4, 5, 6]> : tensor<6xui8>
  %1 = stablehlo.constant dense<1> : tensor<ui8>
  %2 = "stablehlo.reduce_window"(%0, %1) <{
    window_dimensions = array<i64: 2>, padding = dense<[[-1, -2]]> : tensor<1x2xi64>
  }> ({
  ^bb0(%a: tensor<ui8>, %b: tensor<ui8>):
    %product = stablehlo.multiply %a, %b : tensor<ui8>
    stablehlo.return %product : tensor<ui8>
  }) : (tensor<6xui8>, tensor<ui8>) -> tensor<2xui8>
  check.expect_eq_const %2, dense<[6, 12]> : tensor<2xui8>
  return
}

// -----

func.func @two_inputs() {
  %0 = stablehlo.constant dense<[1, 5, 2, 4]> : tensor<4xi32>
  %1 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf64>
  %2 = stablehlo.constant dense<0> : tensor<i32>
  %3 = stablehlo.constant dense<0.0> : tensor<f64>
  %4:2 = "stablehlo.reduce_window"(%0, %1, %2, %3) <{
    window_dimensions = array<i64: 2>, window_strides = array<i64: 2>
  }> ({
  ^bb0(%a: tensor<i32>, %b: tensor<f64>, %c: tensor<i32>, %d: tensor<f64>):
    %larger = stablehlo.maximum %a, %c : tensor<i32>
    %sum = stablehlo.add %b, %d : tensor<f64>
    stablehlo.return %larger, %sum : tensor<i32>, tensor<f64>
  }) : (tensor<4xi32>, tensor<4xf64>, tensor<i32>, tensor<f64>) -> (tensor<2xi32>, tensor<2xf64>)
  check.expect_eq_const %4#0, dense<[5, 4]> : tensor<2xi32>
  check.expect_eq_const %4#1, dense<[3.0, 7.0]> : tensor<2xf64>
  return
}

// -----

func.func @running_products() {
  %0 = stablehlo.constant dense<[2.0, 3.0, 0.5, -4.0]> : tensor<4xf32>
  %1 = stablehlo.constant dense<1.0> : tensor<f32>
  %2 = "stablehlo.reduce_window"(%0, %1) <{window_dimensions = array<i64: 4>, padding = dense<[[0, 3]]> : tensor<1x2xi64>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %3 = stablehlo.multiply %a, %b : tensor<f32>
      stablehlo.return %3 : tensor<f32>
  }) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  check.expect_eq_const %2, dense<[-12.0, -6.0, -2.0, -4.0]> : tensor<4xf32>
  return
}

// -----

// As in the gradient of a pool: what is padded, between elements too, changes nothing.
func.func @windows_of_a_pad() {
  %0 = stablehlo.constant dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>
  %1 = stablehlo.constant dense<0.0> : tensor<f32>
  %2 = stablehlo.pad %0, %1, low = [0, 2, 0], high = [0, 1, 0], interior = [0, 1, 0] : (tensor<1x3x1xf32>, tensor<f32>) -> tensor<1x8x1xf32>
  %3 = "stablehlo.reduce_window"(%2, %1) <{window_dimensions = array<i64: 1, 3, 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %4 = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %4 : tensor<f32>
  }) : (tensor<1x8x1xf32>, tensor<f32>) -> tensor<1x6x1xf32>
  check.expect_eq_const %3, dense<[[[1.0], [1.0], [3.0], [2.0], [5.0], [3.0]]]> : tensor<1x6x1xf32>
  return
}
