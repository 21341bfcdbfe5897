// SPDX-License-Identifier: Apache-2.0
//
// The gradient of max pooling: ties go to the first, padding is never selected.

func.func @pool_gradient() {
  %0 = stablehlo.constant dense<[[1.0, 5.0, 2.0, 5.0], [5.0, 3.0, 1.0, 0.0]]> : tensor<2x4xf32>
  %1 = stablehlo.constant dense<[[10.0, 20.0]]> : tensor<1x2xf32>
  %2 = stablehlo.constant dense<0.0> : tensor<f32>
  %3 = "stablehlo.select_and_scatter"(%0, %1, %2) <{
    window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>
  }> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %keep = stablehlo.compare GE, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %keep : tensor<i1>
  }, {
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %sum = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %sum : tensor<f32>
  }) : (tensor<2x4xf32>, tensor<1x2xf32>, tensor<f32>) -> tensor<2x4xf32>
  check.expect_eq_const %3, dense<[[0.0, 10.0, 0.0, 20.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  return
}

// -----

func.func @overlapping_with_padding() {
  %0 = stablehlo.constant dense<[-3, -1, -2, -4]> : tensor<4xi64>
  %1 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi64>
  %2 = stablehlo.constant dense<100> : tensor<i64>
  %3 = "stablehlo.select_and_scatter"(%0, %1, %2) <{
    window_dimensions = array<i64: 2>, window_strides = array<i64: 2>, padding = dense<[[1, 1]]> : tensor<1x2xi64>
  }> ({
  ^bb0(%a: tensor<i64>, %b: tensor<i64>):
    %keep = stablehlo.compare GE, %a, %b, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
    stablehlo.return %keep : tensor<i1>
  }, {
  ^bb0(%a: tensor<i64>, %b: tensor<i64>):
    %sum = stablehlo.add %a, %b : tensor<i64>
    stablehlo.return %sum : tensor<i64>
  }) : (tensor<4xi64>, tensor<3xi64>, tensor<i64>) -> tensor<4xi64>
  check.expect_eq_const %3, dense<[101, 102, 100, 103]> : tensor<4xi64>
  return
}
