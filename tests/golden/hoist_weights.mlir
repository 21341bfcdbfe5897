// SPDX-License-Identifier: Apache-2.0
//
// What a loop computes from weights and literals alone is computed before it.
//
// stage: hoist-weights
// weights: 1
func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  %r:2 = stablehlo.while(%i = %n, %a = %x) : tensor<i32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %two = stablehlo.constant dense<2.0> : tensor<4xf32>
      %v = stablehlo.multiply %w, %two : tensor<4xf32>
      %u = stablehlo.negate %v : tensor<4xf32>
      %y = stablehlo.exponential %two : tensor<4xf32>
      %b = stablehlo.multiply %a, %u : tensor<4xf32>
      %c = stablehlo.add %b, %y : tensor<4xf32>
      stablehlo.return %i, %c : tensor<i32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>, %arg2: tensor<i32>) -> tensor<4xf32> {
    %0 = stablehlo.constant dense<2.0> : tensor<4xf32>
    %1 = stablehlo.multiply %arg1, %0 : tensor<4xf32>
    %2 = stablehlo.negate %1 : tensor<4xf32>
    %3:2 = stablehlo.while(%arg3 = %arg2, %arg4 = %arg0) : tensor<i32>, tensor<4xf32>
    cond {
      %4 = stablehlo.compare LT, %arg3, %arg2 : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    } do {
      %5 = stablehlo.exponential %0 : tensor<4xf32>
      %6 = stablehlo.multiply %arg4, %2 : tensor<4xf32>
      %7 = stablehlo.add %6, %5 : tensor<4xf32>
      stablehlo.return %arg3, %7 : tensor<i32>, tensor<4xf32>
    }
    return %3#1 : tensor<4xf32>
  }
}
// -----
// The literals that a loop's products take are weights as well.
//
// stage: hoist-weights
func.func @main(%x: tensor<1x2xf32>, %n: tensor<i32>) -> tensor<1x2xf32> {
  %r:2 = stablehlo.while(%i = %n, %a = %x) : tensor<i32>, tensor<1x2xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
      %c = stablehlo.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
      %y = "webhlo.matmul"(%a, %w) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      %z = stablehlo.add %y, %c : tensor<1x2xf32>
      stablehlo.return %i, %z : tensor<i32>, tensor<1x2xf32>
    }
  return %r#1 : tensor<1x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x2xf32>, %arg1: tensor<i32>) -> tensor<1x2xf32> {
    %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
    %1:2 = stablehlo.while(%arg2 = %arg1, %arg3 = %arg0) : tensor<i32>, tensor<1x2xf32>
    cond {
      %2 = stablehlo.compare LT, %arg2, %arg1 : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %2 : tensor<i1>
    } do {
      %3 = stablehlo.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
      %4 = "webhlo.matmul"(%arg3, %0) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      %5 = stablehlo.add %4, %3 : tensor<1x2xf32>
      stablehlo.return %arg2, %5 : tensor<i32>, tensor<1x2xf32>
    }
    return %1#1 : tensor<1x2xf32>
  }
}
