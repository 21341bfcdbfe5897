// SPDX-License-Identifier: Apache-2.0
//
// Two products and the softmax between them; the scale is the first one's epilogue.
//
// stage: fuse-attention
func.func @main(%q: tensor<2x16x8xf32>, %k: tensor<2x16x8xf32>, %v: tensor<2x16x4xf32>) -> tensor<2x16x4xf32> {
  %s = "webhlo.matmul"(%q, %k) <{transpose_rhs = true}> ({
  ^bb0(%p: tensor<2x16x16xf32>):
    %c = stablehlo.constant dense<0.5> : tensor<2x16x16xf32>
    %m = stablehlo.multiply %p, %c : tensor<2x16x16xf32>
    stablehlo.return %m : tensor<2x16x16xf32>
  }) : (tensor<2x16x8xf32>, tensor<2x16x8xf32>) -> tensor<2x16x16xf32>
  %e = "webhlo.softmax"(%s) : (tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %y = "webhlo.matmul"(%e, %v) : (tensor<2x16x16xf32>, tensor<2x16x4xf32>) -> tensor<2x16x4xf32>
  return %y : tensor<2x16x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x16x8xf32>, %arg1: tensor<2x16x8xf32>, %arg2: tensor<2x16x4xf32>) -> tensor<2x16x4xf32> {
    %0 = "webhlo.attention"(%arg0, %arg1, %arg2) <{transpose_keys = true}> ({
    ^bb0(%arg3: tensor<2x16x16xf32>):
      %1 = stablehlo.constant dense<0.5> : tensor<2x16x16xf32>
      %2 = stablehlo.multiply %arg3, %1 : tensor<2x16x16xf32>
      stablehlo.return %2 : tensor<2x16x16xf32>
    }) : (tensor<2x16x8xf32>, tensor<2x16x8xf32>, tensor<2x16x4xf32>) -> tensor<2x16x4xf32>
    return %0 : tensor<2x16x4xf32>
  }
}
// -----
// Behind reshapes that keep rows, with a mask, and values that lie transposed.
//
// stage: fuse-attention
func.func @main(%q: tensor<1x2x16x8xf32>, %k: tensor<1x2x8x16xf32>, %v: tensor<2x4x16xf32>, %mask: tensor<16xf32>) -> tensor<2x16x4xf32> {
  %s = "webhlo.matmul"(%q, %k, %mask) ({
  ^bb0(%p: tensor<1x2x16x16xf32>, %m: tensor<16xf32>):
    %b = stablehlo.broadcast_in_dim %m, dims = [3] : (tensor<16xf32>) -> tensor<1x2x16x16xf32>
    %a = stablehlo.add %p, %b : tensor<1x2x16x16xf32>
    stablehlo.return %a : tensor<1x2x16x16xf32>
  }) : (tensor<1x2x16x8xf32>, tensor<1x2x8x16xf32>, tensor<16xf32>) -> tensor<1x2x16x16xf32>
  %e = "webhlo.softmax"(%s) <{zero_masked_rows = true}> : (tensor<1x2x16x16xf32>) -> tensor<1x2x16x16xf32>
  %r = stablehlo.reshape %e : (tensor<1x2x16x16xf32>) -> tensor<2x16x16xf32>
  %y = "webhlo.matmul"(%r, %v) <{transpose_rhs = true}> : (tensor<2x16x16xf32>, tensor<2x4x16xf32>) -> tensor<2x16x4xf32>
  return %y : tensor<2x16x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1x2x16x8xf32>, %arg1: tensor<1x2x8x16xf32>, %arg2: tensor<2x4x16xf32>, %arg3: tensor<16xf32>) -> tensor<2x16x4xf32> {
    %0 = stablehlo.reshape %arg2 : (tensor<2x4x16xf32>) -> tensor<1x2x4x16xf32>
    %1 = "webhlo.attention"(%arg0, %arg1, %0, %arg3) <{transpose_values = true, zero_masked_rows = true}> ({
    ^bb0(%arg4: tensor<1x2x16x16xf32>, %arg5: tensor<16xf32>):
      %2 = stablehlo.broadcast_in_dim %arg5, dims = [3] : (tensor<16xf32>) -> tensor<1x2x16x16xf32>
      %3 = stablehlo.add %arg4, %2 : tensor<1x2x16x16xf32>
      stablehlo.return %3 : tensor<1x2x16x16xf32>
    }) : (tensor<1x2x16x8xf32>, tensor<1x2x8x16xf32>, tensor<1x2x4x16xf32>, tensor<16xf32>) -> tensor<1x2x16x4xf32>
    %4 = stablehlo.reshape %1 : (tensor<1x2x16x4xf32>) -> tensor<2x16x4xf32>
    return %4 : tensor<2x16x4xf32>
  }
}
// -----
// Whoever else wants the weights wants them in memory.
//
// stage: fuse-attention
func.func @main(%q: tensor<2x16x8xf32>, %k: tensor<2x16x8xf32>, %v: tensor<2x16x4xf32>) -> (tensor<2x16x4xf32>, tensor<2x16x16xf32>) {
  %s = "webhlo.matmul"(%q, %k) {transpose_rhs = true} : (tensor<2x16x8xf32>, tensor<2x16x8xf32>) -> tensor<2x16x16xf32>
  %e = "webhlo.softmax"(%s) : (tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %y = "webhlo.matmul"(%e, %v) : (tensor<2x16x16xf32>, tensor<2x16x4xf32>) -> tensor<2x16x4xf32>
  return %y, %e : tensor<2x16x4xf32>, tensor<2x16x16xf32>
}
// ----> the same
// -----
// And the scores.
//
// stage: fuse-attention
func.func @main(%q: tensor<2x16x8xf32>, %k: tensor<2x16x8xf32>, %v: tensor<2x16x4xf32>) -> (tensor<2x16x4xf32>, tensor<2x16x16xf32>) {
  %s = "webhlo.matmul"(%q, %k) {transpose_rhs = true} : (tensor<2x16x8xf32>, tensor<2x16x8xf32>) -> tensor<2x16x16xf32>
  %e = "webhlo.softmax"(%s) : (tensor<2x16x16xf32>) -> tensor<2x16x16xf32>
  %y = "webhlo.matmul"(%e, %v) : (tensor<2x16x16xf32>, tensor<2x16x4xf32>) -> tensor<2x16x4xf32>
  return %y, %s : tensor<2x16x4xf32>, tensor<2x16x16xf32>
}
// ----> the same
// -----
// Of few queries.
//
// stage: fuse-attention
func.func @main(%q: tensor<2x3x8xf32>, %k: tensor<2x16x8xf32>, %v: tensor<2x16x4xf32>) -> tensor<2x3x4xf32> {
  %s = "webhlo.matmul"(%q, %k) {transpose_rhs = true} : (tensor<2x3x8xf32>, tensor<2x16x8xf32>) -> tensor<2x3x16xf32>
  %e = "webhlo.softmax"(%s) : (tensor<2x3x16xf32>) -> tensor<2x3x16xf32>
  %y = "webhlo.matmul"(%e, %v) : (tensor<2x3x16xf32>, tensor<2x16x4xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}
// ----> the same
// -----
// A reshape between them that makes other rows.
//
// stage: fuse-attention
func.func @main(%q: tensor<2x16x8xf32>, %k: tensor<2x16x8xf32>, %v: tensor<32x4xf32>) -> tensor<16x4xf32> {
  %s = "webhlo.matmul"(%q, %k) {transpose_rhs = true} : (tensor<2x16x8xf32>, tensor<2x16x8xf32>) -> tensor<2x16x16xf32>
  %r = stablehlo.reshape %s : (tensor<2x16x16xf32>) -> tensor<16x32xf32>
  %e = "webhlo.softmax"(%r) : (tensor<16x32xf32>) -> tensor<16x32xf32>
  %y = "webhlo.matmul"(%e, %v) : (tensor<16x32xf32>, tensor<32x4xf32>) -> tensor<16x4xf32>
  return %y : tensor<16x4xf32>
}
// ----> the same
// -----
// The second product is in a branch, which may not be taken.
//
// stage: fuse-attention
func.func @main(%q: tensor<16x8xf32>, %k: tensor<8x16xf32>, %v: tensor<16x16xf32>, %p: tensor<i1>) -> tensor<16x16xf32> {
  %s = "webhlo.matmul"(%q, %k) : (tensor<16x8xf32>, tensor<8x16xf32>) -> tensor<16x16xf32>
  %e = "webhlo.softmax"(%s) : (tensor<16x16xf32>) -> tensor<16x16xf32>
  %y = "stablehlo.if"(%p) ({
    %z = "webhlo.matmul"(%e, %v) : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
    stablehlo.return %z : tensor<16x16xf32>
  }, {
    stablehlo.return %v : tensor<16x16xf32>
  }) : (tensor<i1>) -> tensor<16x16xf32>
  return %y : tensor<16x16xf32>
}
// ----> the same
