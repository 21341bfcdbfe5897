// SPDX-License-Identifier: Apache-2.0
//
// Equal nodes merge, also when they have computations.
//
// stage: eliminate-common-subexpressions
func.func @main(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %a = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %b = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  return %a, %b : tensor<2xf32>, tensor<2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
    %0 = stablehlo.constant dense<0.0> : tensor<f32>
    %1 = stablehlo.reduce(%arg0 init: %0) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
    return %1, %1 : tensor<2xf32>, tensor<2xf32>
  }
}
// -----
// Branches do not share what they compute.
//
// stage: eliminate-common-subexpressions
func.func @main(%p: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %r = "stablehlo.if"(%p) ({
    %a = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %a : tensor<4xf32>
  }, {
    %b = stablehlo.negate %x : tensor<4xf32>
    %c = stablehlo.add %b, %b : tensor<4xf32>
    stablehlo.return %c : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
// ----> the same
// -----
// A computation keeps the literals that it has of its own; a loop uses those outside.
//
// stage: eliminate-common-subexpressions
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<f32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = "stablehlo.sort"(%x) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %own = stablehlo.constant dense<0.0> : tensor<f32>
      %1 = stablehlo.maximum %a, %own : tensor<f32>
      %2 = stablehlo.compare LT, %1, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %2 : tensor<i1>
  }) : (tensor<4xf32>) -> tensor<4xf32>
  %3 = stablehlo.while(%i = %zero) : tensor<f32>
    cond {
      %again = stablehlo.constant dense<0.0> : tensor<f32>
      %4 = stablehlo.compare GT, %i, %again, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    } do {
      stablehlo.return %i : tensor<f32>
    }
  return %0, %3 : tensor<4xf32>, tensor<f32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> (tensor<4xf32>, tensor<f32>) {
    %0 = stablehlo.constant dense<0.0> : tensor<f32>
    %1 = "stablehlo.sort"(%arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      %2 = stablehlo.constant dense<0.0> : tensor<f32>
      %3 = stablehlo.maximum %arg1, %2 : tensor<f32>
      %4 = stablehlo.compare LT, %3, %arg2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    }) : (tensor<4xf32>) -> tensor<4xf32>
    %5 = stablehlo.while(%arg3 = %0) : tensor<f32>
    cond {
      %6 = stablehlo.compare GT, %arg3, %0, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %6 : tensor<i1>
    } do {
      stablehlo.return %arg3 : tensor<f32>
    }
    return %1, %5 : tensor<4xf32>, tensor<f32>
  }
}
