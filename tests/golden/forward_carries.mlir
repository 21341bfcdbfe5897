// SPDX-License-Identifier: Apache-2.0
//
// What loops carry unchanged is the value outside.
// A scan's step: what it carries beside its state never changes. Of two nested loops, the inner one
// carries on what the outer one does.
//
// stage: forward-carries
func.func @main(%x: tensor<2x2xf32>, %w: tensor<2x2xf32>, %n: tensor<i32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %r:3 = stablehlo.while(%i = %zero, %a = %x, %v = %w) : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %s:3 = stablehlo.while(%j = %i, %u = %v, %b = %a) : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
        cond {
          %more = stablehlo.compare LT, %j, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %more : tensor<i1>
        } do {
          %next = stablehlo.add %j, %j : tensor<i32>
          %c = stablehlo.multiply %b, %u : tensor<2x2xf32>
          stablehlo.return %next, %u, %c : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
        }
      stablehlo.return %s#0, %s#2, %s#1 : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
    }
  return %r#1, %r#2 : tensor<2x2xf32>, tensor<2x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x2xf32>, %arg1: tensor<2x2xf32>, %arg2: tensor<i32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
    %0 = stablehlo.constant dense<0> : tensor<i32>
    %1:2 = stablehlo.while(%arg3 = %0, %arg4 = %arg0) : tensor<i32>, tensor<2x2xf32>
    cond {
      %2 = stablehlo.compare LT, %arg3, %arg2 : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %2 : tensor<i1>
    } do {
      %3:2 = stablehlo.while(%arg5 = %arg3, %arg6 = %arg4) : tensor<i32>, tensor<2x2xf32>
      cond {
        %4 = stablehlo.compare LT, %arg5, %arg2 : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %4 : tensor<i1>
      } do {
        %5 = stablehlo.add %arg5, %arg5 : tensor<i32>
        %6 = stablehlo.multiply %arg6, %arg1 : tensor<2x2xf32>
        stablehlo.return %5, %6 : tensor<i32>, tensor<2x2xf32>
      }
      stablehlo.return %3#0, %3#1 : tensor<i32>, tensor<2x2xf32>
    }
    return %1#1, %arg1 : tensor<2x2xf32>, tensor<2x2xf32>
  }
}
// -----
// A loop that changes nothing stays.
//
// stage: forward-carries
func.func @main(%n: tensor<i32>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %r:3 = stablehlo.while(%i = %n, %a = %x, %b = %y) : tensor<i32>, tensor<4xf32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      stablehlo.return %i, %a, %b : tensor<i32>, tensor<4xf32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
}
// ----> the same
// -----
// Values that change places stay.
//
// stage: forward-carries
func.func @main(%n: tensor<i32>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %r:3 = stablehlo.while(%i = %n, %a = %x, %b = %y) : tensor<i32>, tensor<4xf32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      stablehlo.return %i, %b, %a : tensor<i32>, tensor<4xf32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<i32>, %arg1: tensor<4xf32>, %arg2: tensor<4xf32>) -> tensor<4xf32> {
    %0:2 = stablehlo.while(%arg3 = %arg1, %arg4 = %arg2) : tensor<4xf32>, tensor<4xf32>
    cond {
      %1 = stablehlo.compare LT, %arg0, %arg0 : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      stablehlo.return %arg4, %arg3 : tensor<4xf32>, tensor<4xf32>
    }
    return %0#0 : tensor<4xf32>
  }
}
