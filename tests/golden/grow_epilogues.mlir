// SPDX-License-Identifier: Apache-2.0
//
// A fusion of the product and what is there already becomes its epilogue; bias and relu have been.
//
// stage: grow-epilogues
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>, %r: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = "webhlo.matmul"(%x, %w, %b) ({
  ^bb0(%p: tensor<2x4xf32>, %v: tensor<4xf32>):
    %bb = stablehlo.broadcast_in_dim %v, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
    %a = stablehlo.add %p, %bb : tensor<2x4xf32>
    stablehlo.return %a : tensor<2x4xf32>
  }) : (tensor<2x8xf32>, tensor<8x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %z = "webhlo.fusion"(%r, %y) ({
  ^bb0(%p: tensor<2x4xf32>, %q: tensor<2x4xf32>):
    %a = stablehlo.add %p, %q : tensor<2x4xf32>
    %c = stablehlo.tanh %a : tensor<2x4xf32>
    stablehlo.return %c : tensor<2x4xf32>
  }) : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %z : tensor<2x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x8xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>, %arg3: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %0 = "webhlo.matmul"(%arg0, %arg1, %arg2, %arg3) ({
    ^bb0(%arg4: tensor<2x4xf32>, %arg5: tensor<4xf32>, %arg6: tensor<2x4xf32>):
      %1 = stablehlo.broadcast_in_dim %arg5, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
      %2 = stablehlo.add %arg4, %1 : tensor<2x4xf32>
      %3 = stablehlo.add %arg6, %2 : tensor<2x4xf32>
      %4 = stablehlo.tanh %3 : tensor<2x4xf32>
      stablehlo.return %4 : tensor<2x4xf32>
    }) : (tensor<2x8xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    return %0 : tensor<2x4xf32>
  }
}
// -----
// A reshape in between is looked through: the product gets the fusion's shape.
//
// stage: grow-epilogues
func.func @main(%x: tensor<6x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>, %r: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %y = "webhlo.matmul"(%x, %w, %b) ({
  ^bb0(%p: tensor<6x4xf32>, %v: tensor<4xf32>):
    %bb = stablehlo.broadcast_in_dim %v, dims = [1] : (tensor<4xf32>) -> tensor<6x4xf32>
    %a = stablehlo.add %p, %bb : tensor<6x4xf32>
    %zero = stablehlo.constant dense<0.0> : tensor<6x4xf32>
    %c = stablehlo.maximum %a, %zero : tensor<6x4xf32>
    stablehlo.return %c : tensor<6x4xf32>
  }) : (tensor<6x8xf32>, tensor<8x4xf32>, tensor<4xf32>) -> tensor<6x4xf32>
  %s = stablehlo.reshape %y : (tensor<6x4xf32>) -> tensor<2x3x4xf32>
  %z = "webhlo.fusion"(%s, %r) ({
  ^bb0(%p: tensor<2x3x4xf32>, %q: tensor<2x3x4xf32>):
    %a = stablehlo.add %p, %q : tensor<2x3x4xf32>
    stablehlo.return %a : tensor<2x3x4xf32>
  }) : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %z : tensor<2x3x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<6x8xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>, %arg3: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
    %0 = stablehlo.reshape %arg0 : (tensor<6x8xf32>) -> tensor<2x3x8xf32>
    %1 = "webhlo.matmul"(%0, %arg1, %arg2, %arg3) ({
    ^bb0(%arg4: tensor<2x3x4xf32>, %arg5: tensor<4xf32>, %arg6: tensor<2x3x4xf32>):
      %2 = stablehlo.broadcast_in_dim %arg5, dims = [2] : (tensor<4xf32>) -> tensor<2x3x4xf32>
      %3 = stablehlo.add %arg4, %2 : tensor<2x3x4xf32>
      %4 = stablehlo.constant dense<0.0> : tensor<2x3x4xf32>
      %5 = stablehlo.maximum %3, %4 : tensor<2x3x4xf32>
      %6 = stablehlo.add %5, %arg6 : tensor<2x3x4xf32>
      stablehlo.return %6 : tensor<2x3x4xf32>
    }) : (tensor<2x3x8xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
    return %1 : tensor<2x3x4xf32>
  }
}
// -----
// But not when the epilogue has something else of the old shape.
//
// stage: grow-epilogues
func.func @main(%x: tensor<6x8xf32>, %w: tensor<8x4xf32>, %b: tensor<6xf32>) -> tensor<2x3x4xf32> {
  %y = "webhlo.matmul"(%x, %w, %b) ({
  ^bb0(%p: tensor<6x4xf32>, %v: tensor<6xf32>):
    %bb = stablehlo.broadcast_in_dim %v, dims = [0] : (tensor<6xf32>) -> tensor<6x4xf32>
    %a = stablehlo.add %p, %bb : tensor<6x4xf32>
    stablehlo.return %a : tensor<6x4xf32>
  }) : (tensor<6x8xf32>, tensor<8x4xf32>, tensor<6xf32>) -> tensor<6x4xf32>
  %s = stablehlo.reshape %y : (tensor<6x4xf32>) -> tensor<2x3x4xf32>
  %z = "webhlo.fusion"(%s) ({
  ^bb0(%p: tensor<2x3x4xf32>):
    %a = stablehlo.tanh %p : tensor<2x3x4xf32>
    stablehlo.return %a : tensor<2x3x4xf32>
  }) : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %z : tensor<2x3x4xf32>
}
// ----> the same
// -----
// Of two products that are added, the second one takes the sum.
//
// stage: grow-epilogues
func.func @main(%x: tensor<2x8xf32>, %v: tensor<8x4xf32>, %w: tensor<8x4xf32>) -> tensor<2x4xf32> {
  %y = "webhlo.matmul"(%x, %v) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %z = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %s = "webhlo.fusion"(%y, %z) ({
  ^bb0(%p: tensor<2x4xf32>, %q: tensor<2x4xf32>):
    %a = stablehlo.add %p, %q : tensor<2x4xf32>
    stablehlo.return %a : tensor<2x4xf32>
  }) : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %s : tensor<2x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x8xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<8x4xf32>) -> tensor<2x4xf32> {
    %0 = "webhlo.matmul"(%arg0, %arg1) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
    %1 = "webhlo.matmul"(%arg0, %arg2, %0) ({
    ^bb0(%arg3: tensor<2x4xf32>, %arg4: tensor<2x4xf32>):
      %2 = stablehlo.add %arg4, %arg3 : tensor<2x4xf32>
      stablehlo.return %2 : tensor<2x4xf32>
    }) : (tensor<2x8xf32>, tensor<8x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    return %1 : tensor<2x4xf32>
  }
}
// -----
// A fusion with a second result, or a second user of the product, stays a loop of its own; and what
// stands outside a branch stays there.
//
// stage: grow-epilogues
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %c: tensor<i1>) -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %s:2 = "webhlo.fusion"(%y) ({
  ^bb0(%p: tensor<2x4xf32>):
    %a = stablehlo.negate %p : tensor<2x4xf32>
    %b = stablehlo.tanh %a : tensor<2x4xf32>
    stablehlo.return %a, %b : tensor<2x4xf32>, tensor<2x4xf32>
  }) : (tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  %z = "webhlo.matmul"(%s#0, %w) {transpose_rhs = true} : (tensor<2x4xf32>, tensor<8x4xf32>) -> tensor<2x8xf32>
  %u = "webhlo.matmul"(%z, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %t = "webhlo.fusion"(%u) ({
  ^bb0(%p: tensor<2x4xf32>):
    %a = stablehlo.negate %p : tensor<2x4xf32>
    stablehlo.return %a : tensor<2x4xf32>
  }) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %o = "webhlo.matmul"(%z, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %i = "stablehlo.if"(%c) ({
    %f = "webhlo.fusion"(%o) ({
    ^bb0(%p: tensor<2x4xf32>):
      %a = stablehlo.negate %p : tensor<2x4xf32>
      stablehlo.return %a : tensor<2x4xf32>
    }) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    stablehlo.return %f : tensor<2x4xf32>
  }, {
    stablehlo.return %u : tensor<2x4xf32>
  }) : (tensor<i1>) -> tensor<2x4xf32>
  return %s#0, %s#1, %u, %t, %i : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}
// ----> the same
// -----
// Batches are given the fusion's shape where the matrices stay.
//
// stage: grow-epilogues
func.func @main(%x: tensor<6x4x8xf32>, %w: tensor<6x5x8xf32>, %m: tensor<4x5xf32>) -> tensor<2x3x4x5xf32> {
  %y = "webhlo.matmul"(%x, %w) {transpose_rhs = true} : (tensor<6x4x8xf32>, tensor<6x5x8xf32>) -> tensor<6x4x5xf32>
  %r = stablehlo.reshape %y : (tensor<6x4x5xf32>) -> tensor<2x3x4x5xf32>
  %z = "webhlo.fusion"(%r, %m) ({
  ^bb0(%p: tensor<2x3x4x5xf32>, %q: tensor<4x5xf32>):
    %b = stablehlo.broadcast_in_dim %q, dims = [2, 3] : (tensor<4x5xf32>) -> tensor<2x3x4x5xf32>
    %a = stablehlo.add %p, %b : tensor<2x3x4x5xf32>
    stablehlo.return %a : tensor<2x3x4x5xf32>
  }) : (tensor<2x3x4x5xf32>, tensor<4x5xf32>) -> tensor<2x3x4x5xf32>
  return %z : tensor<2x3x4x5xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<6x4x8xf32>, %arg1: tensor<6x5x8xf32>, %arg2: tensor<4x5xf32>) -> tensor<2x3x4x5xf32> {
    %0 = stablehlo.reshape %arg0 : (tensor<6x4x8xf32>) -> tensor<2x3x4x8xf32>
    %1 = stablehlo.reshape %arg1 : (tensor<6x5x8xf32>) -> tensor<2x3x5x8xf32>
    %2 = "webhlo.matmul"(%0, %1, %arg2) <{transpose_rhs = true}> ({
    ^bb0(%arg3: tensor<2x3x4x5xf32>, %arg4: tensor<4x5xf32>):
      %3 = stablehlo.broadcast_in_dim %arg4, dims = [2, 3] : (tensor<4x5xf32>) -> tensor<2x3x4x5xf32>
      %4 = stablehlo.add %arg3, %3 : tensor<2x3x4x5xf32>
      stablehlo.return %4 : tensor<2x3x4x5xf32>
    }) : (tensor<2x3x4x8xf32>, tensor<2x3x5x8xf32>, tensor<4x5xf32>) -> tensor<2x3x4x5xf32>
    return %2 : tensor<2x3x4x5xf32>
  }
}
// -----
// Other matrices are another product.
//
// stage: grow-epilogues
func.func @main(%x: tensor<6x4x8xf32>, %w: tensor<6x5x8xf32>) -> tensor<3x8x5xf32> {
  %y = "webhlo.matmul"(%x, %w) {transpose_rhs = true} : (tensor<6x4x8xf32>, tensor<6x5x8xf32>) -> tensor<6x4x5xf32>
  %r = stablehlo.reshape %y : (tensor<6x4x5xf32>) -> tensor<3x8x5xf32>
  %z = "webhlo.fusion"(%r) ({
  ^bb0(%p: tensor<3x8x5xf32>):
    %a = stablehlo.tanh %p : tensor<3x8x5xf32>
    stablehlo.return %a : tensor<3x8x5xf32>
  }) : (tensor<3x8x5xf32>) -> tensor<3x8x5xf32>
  return %z : tensor<3x8x5xf32>
}
// ----> the same
// -----
// What the fusion reads may be a reshape behind the product, of what is there before.
//
// stage: grow-epilogues
func.func @main(%q: tensor<2x16x8xf32>, %k: tensor<2x8x16xf32>, %m: tensor<1x1x16x16xf32>) -> tensor<1x2x16x16xf32> {
  %s = "webhlo.matmul"(%q, %k) : (tensor<2x16x8xf32>, tensor<2x8x16xf32>) -> tensor<2x16x16xf32>
  %r = stablehlo.reshape %s : (tensor<2x16x16xf32>) -> tensor<1x2x16x16xf32>
  %n = stablehlo.reshape %m : (tensor<1x1x16x16xf32>) -> tensor<16x16xf32>
  %f = "webhlo.fusion"(%r, %n) ({
  ^bb0(%a: tensor<1x2x16x16xf32>, %b: tensor<16x16xf32>):
    %c = stablehlo.broadcast_in_dim %b, dims = [2, 3] : (tensor<16x16xf32>) -> tensor<1x2x16x16xf32>
    %d = stablehlo.add %a, %c : tensor<1x2x16x16xf32>
    stablehlo.return %d : tensor<1x2x16x16xf32>
  }) : (tensor<1x2x16x16xf32>, tensor<16x16xf32>) -> tensor<1x2x16x16xf32>
  return %f : tensor<1x2x16x16xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x16x8xf32>, %arg1: tensor<2x8x16xf32>, %arg2: tensor<1x1x16x16xf32>) -> tensor<1x2x16x16xf32> {
    %0 = stablehlo.reshape %arg0 : (tensor<2x16x8xf32>) -> tensor<1x2x16x8xf32>
    %1 = stablehlo.reshape %arg1 : (tensor<2x8x16xf32>) -> tensor<1x2x8x16xf32>
    %2 = stablehlo.reshape %arg2 : (tensor<1x1x16x16xf32>) -> tensor<16x16xf32>
    %3 = "webhlo.matmul"(%0, %1, %2) ({
    ^bb0(%arg3: tensor<1x2x16x16xf32>, %arg4: tensor<16x16xf32>):
      %4 = stablehlo.broadcast_in_dim %arg4, dims = [2, 3] : (tensor<16x16xf32>) -> tensor<1x2x16x16xf32>
      %5 = stablehlo.add %arg3, %4 : tensor<1x2x16x16xf32>
      stablehlo.return %5 : tensor<1x2x16x16xf32>
    }) : (tensor<1x2x16x8xf32>, tensor<1x2x8x16xf32>, tensor<16x16xf32>) -> tensor<1x2x16x16xf32>
    return %3 : tensor<1x2x16x16xf32>
  }
}
// -----
// But of nothing that is computed behind it.
//
// stage: grow-epilogues
func.func @main(%q: tensor<2x16x8xf32>, %k: tensor<2x8x16xf32>, %m: tensor<1x1x16x16xf32>) -> tensor<2x16x16xf32> {
  %s = "webhlo.matmul"(%q, %k) : (tensor<2x16x8xf32>, tensor<2x8x16xf32>) -> tensor<2x16x16xf32>
  %e = "stablehlo.sort"(%m) ({
  ^bb0(%x: tensor<f32>, %y: tensor<f32>):
    %l = stablehlo.compare LT, %x, %y : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %l : tensor<i1>
  }) {dimension = 3 : i64} : (tensor<1x1x16x16xf32>) -> tensor<1x1x16x16xf32>
  %n = stablehlo.reshape %e : (tensor<1x1x16x16xf32>) -> tensor<16x16xf32>
  %f = "webhlo.fusion"(%s, %n) ({
  ^bb0(%a: tensor<2x16x16xf32>, %b: tensor<16x16xf32>):
    %c = stablehlo.broadcast_in_dim %b, dims = [1, 2] : (tensor<16x16xf32>) -> tensor<2x16x16xf32>
    %d = stablehlo.add %a, %c : tensor<2x16x16xf32>
    stablehlo.return %d : tensor<2x16x16xf32>
  }) : (tensor<2x16x16xf32>, tensor<16x16xf32>) -> tensor<2x16x16xf32>
  return %f : tensor<2x16x16xf32>
}
// ----> the same
