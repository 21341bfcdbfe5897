// SPDX-License-Identifier: Apache-2.0
//
// A comparator that uses literals of the function around gets its own; a loop shares them, and what
// is no literal stays captured.
//
// stage: sink-constants
func.func @main(%x: tensor<4xf32>, %y: tensor<f32>) -> (tensor<4xf32>, tensor<f32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = "stablehlo.sort"(%x) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %1 = stablehlo.maximum %a, %zero : tensor<f32>
      %2 = stablehlo.maximum %b, %y : tensor<f32>
      %3 = stablehlo.compare LT, %1, %2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %3 : tensor<i1>
  }) : (tensor<4xf32>) -> tensor<4xf32>
  %4 = stablehlo.while(%i = %y) : tensor<f32>
    cond {
      %5 = stablehlo.compare LT, %i, %zero, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %5 : tensor<i1>
    } do {
      %6 = stablehlo.add %i, %i : tensor<f32>
      stablehlo.return %6 : tensor<f32>
    }
  return %0, %4 : tensor<4xf32>, tensor<f32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>, %arg1: tensor<f32>) -> (tensor<4xf32>, tensor<f32>) {
    %0 = stablehlo.constant dense<0.0> : tensor<f32>
    %1 = "stablehlo.sort"(%arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %2 = stablehlo.constant dense<0.0> : tensor<f32>
      %3 = stablehlo.maximum %arg2, %2 : tensor<f32>
      %4 = stablehlo.maximum %arg3, %arg1 : tensor<f32>
      %5 = stablehlo.compare LT, %3, %4, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %5 : tensor<i1>
    }) : (tensor<4xf32>) -> tensor<4xf32>
    %6 = stablehlo.while(%arg4 = %arg1) : tensor<f32>
    cond {
      %7 = stablehlo.compare LT, %arg4, %0, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %7 : tensor<i1>
    } do {
      %8 = stablehlo.add %arg4, %arg4 : tensor<f32>
      stablehlo.return %8 : tensor<f32>
    }
    return %1, %6 : tensor<4xf32>, tensor<f32>
  }
}
