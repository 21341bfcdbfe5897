// SPDX-License-Identifier: Apache-2.0
//
// Sorting: stable, several operands, any dimension, a comparator that contradicts itself.

func.func @descending_with_indices() {
  %0 = stablehlo.constant dense<[3, 1, 3, 2]> : tensor<4xi64>
  %1 = stablehlo.iota dim = 0 : tensor<4xi32>
  %2:2 = "stablehlo.sort"(%0, %1) <{dimension = 0 : i64, is_stable = true}> ({
  ^bb0(%a: tensor<i64>, %b: tensor<i64>, %i: tensor<i32>, %j: tensor<i32>):
    %before = stablehlo.compare GT, %a, %b, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
    stablehlo.return %before : tensor<i1>
  }) : (tensor<4xi64>, tensor<4xi32>) -> (tensor<4xi64>, tensor<4xi32>)
  check.expect_eq_const %2#0, dense<[3, 3, 2, 1]> : tensor<4xi64>
  check.expect_eq_const %2#1, dense<[0, 2, 3, 1]> : tensor<4xi32>
  return
}

// -----

func.func @columns() {
  %0 = stablehlo.constant dense<[[3.0, 1.0], [2.0, 9.0], [7.0, 4.0]]> : tensor<3x2xf32>
  %1 = "stablehlo.sort"(%0) <{dimension = -2 : i64}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %before = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %before : tensor<i1>
  }) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %1, dense<[[2.0, 1.0], [3.0, 4.0], [7.0, 9.0]]> : tensor<3x2xf32>
  return
}

// -----

func.func @always_true() {
  %0 = stablehlo.constant dense<[2, 1, 3]> : tensor<3xi32>
  %1 = "stablehlo.sort"(%0) <{dimension = 0 : i64}> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %before = stablehlo.constant dense<true> : tensor<i1>
    stablehlo.return %before : tensor<i1>
  }) : (tensor<3xi32>) -> tensor<3xi32>
  %2 = stablehlo.constant dense<0> : tensor<i32>
  %3 = stablehlo.reduce(%1 init: %2) applies stablehlo.add across dimensions = [0] : (tensor<3xi32>, tensor<i32>) -> tensor<i32>
  check.expect_eq_const %3, dense<6> : tensor<i32>
  return
}
