// SPDX-License-Identifier: Apache-2.0
//
// The steps of a recurrent network multiply their rows of the input by the same weights: one product does.
//
// stage: join-products
// weights: 1 2
func.func @main(%x: tensor<5x1x3xf32>, %w: tensor<2x3xf32>, %u: tensor<2x2xf32>) -> tensor<1x2xf32> {
  %s1 = stablehlo.slice %x [1:2, 0:1, 0:3] : (tensor<5x1x3xf32>) -> tensor<1x1x3xf32>
  %s2 = stablehlo.slice %x [2:3, 0:1, 0:3] : (tensor<5x1x3xf32>) -> tensor<1x1x3xf32>
  %s3 = stablehlo.slice %x [3:4, 0:1, 0:3] : (tensor<5x1x3xf32>) -> tensor<1x1x3xf32>
  %s4 = stablehlo.slice %x [4:5, 0:1, 0:3] : (tensor<5x1x3xf32>) -> tensor<1x1x3xf32>
  %r1 = stablehlo.reshape %s1 : (tensor<1x1x3xf32>) -> tensor<1x3xf32>
  %r2 = stablehlo.reshape %s2 : (tensor<1x1x3xf32>) -> tensor<1x3xf32>
  %r3 = stablehlo.reshape %s3 : (tensor<1x1x3xf32>) -> tensor<1x3xf32>
  %r4 = stablehlo.reshape %s4 : (tensor<1x1x3xf32>) -> tensor<1x3xf32>
  %p4 = "webhlo.matmul"(%r4, %w) <{transpose_rhs = true}> : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  %h4 = "webhlo.matmul"(%p4, %u) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %p3 = "webhlo.matmul"(%r3, %w) <{transpose_rhs = true}> : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  %a3 = stablehlo.add %h4, %p3 : tensor<1x2xf32>
  %h3 = "webhlo.matmul"(%a3, %u) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %p2 = "webhlo.matmul"(%r2, %w) <{transpose_rhs = true}> : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  %a2 = stablehlo.add %h3, %p2 : tensor<1x2xf32>
  %p1 = "webhlo.matmul"(%r1, %w) <{transpose_rhs = true}> : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  %a1 = stablehlo.add %a2, %p1 : tensor<1x2xf32>
  return %a1 : tensor<1x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<5x1x3xf32>, %arg1: tensor<2x3xf32>, %arg2: tensor<2x2xf32>) -> tensor<1x2xf32> {
    %0 = stablehlo.reshape %arg0 : (tensor<5x1x3xf32>) -> tensor<5x3xf32>
    %1 = stablehlo.slice %0 [1:5, 0:3] : (tensor<5x3xf32>) -> tensor<4x3xf32>
    %2 = "webhlo.matmul"(%1, %arg1) <{transpose_rhs = true}> : (tensor<4x3xf32>, tensor<2x3xf32>) -> tensor<4x2xf32>
    %3 = stablehlo.slice %2 [3:4, 0:2] : (tensor<4x2xf32>) -> tensor<1x2xf32>
    %4 = "webhlo.matmul"(%3, %arg2) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
    %5 = stablehlo.slice %2 [2:3, 0:2] : (tensor<4x2xf32>) -> tensor<1x2xf32>
    %6 = stablehlo.add %4, %5 : tensor<1x2xf32>
    %7 = "webhlo.matmul"(%6, %arg2) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
    %8 = stablehlo.slice %2 [1:2, 0:2] : (tensor<4x2xf32>) -> tensor<1x2xf32>
    %9 = stablehlo.add %7, %8 : tensor<1x2xf32>
    %10 = stablehlo.slice %2 [0:1, 0:2] : (tensor<4x2xf32>) -> tensor<1x2xf32>
    %11 = stablehlo.add %9, %10 : tensor<1x2xf32>
    return %11 : tensor<1x2xf32>
  }
}
// -----
// Of columns, of rows with others between them, with other weights or of other tensors: these stay.
//
// stage: join-products
// weights: 1 2
func.func @main(%x: tensor<40x4xf32>, %w: tensor<2x2xf32>, %v: tensor<4x2xf32>) -> (tensor<40x2xf32>, tensor<1x2xf32>) {
  %c0 = stablehlo.slice %x [0:1, 0:2] : (tensor<40x4xf32>) -> tensor<1x2xf32>
  %c1 = stablehlo.slice %x [1:2, 0:2] : (tensor<40x4xf32>) -> tensor<1x2xf32>
  %c2 = stablehlo.slice %x [2:3, 0:2] : (tensor<40x4xf32>) -> tensor<1x2xf32>
  %c3 = stablehlo.slice %x [0:40, 0:2] : (tensor<40x4xf32>) -> tensor<40x2xf32>
  %p0 = "webhlo.matmul"(%c0, %w) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %p1 = "webhlo.matmul"(%c1, %w) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %p2 = "webhlo.matmul"(%c2, %w) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %p3 = "webhlo.matmul"(%c3, %w) : (tensor<40x2xf32>, tensor<2x2xf32>) -> tensor<40x2xf32>
  %r0 = stablehlo.slice %x [0:1, 0:4] : (tensor<40x4xf32>) -> tensor<1x4xf32>
  %r1 = stablehlo.slice %x [13:14, 0:4] : (tensor<40x4xf32>) -> tensor<1x4xf32>
  %r2 = stablehlo.slice %x [26:27, 0:4] : (tensor<40x4xf32>) -> tensor<1x4xf32>
  %r3 = stablehlo.slice %x [39:40, 0:4] : (tensor<40x4xf32>) -> tensor<1x4xf32>
  %q0 = "webhlo.matmul"(%r0, %v) : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32>
  %q1 = "webhlo.matmul"(%r1, %v) : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32>
  %q2 = "webhlo.matmul"(%r2, %v) : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32>
  %q3 = "webhlo.matmul"(%r3, %v) : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32>
  %s0 = stablehlo.add %p0, %p1 : tensor<1x2xf32>
  %s1 = stablehlo.add %s0, %p2 : tensor<1x2xf32>
  %s2 = stablehlo.add %s1, %q0 : tensor<1x2xf32>
  %s3 = stablehlo.add %s2, %q1 : tensor<1x2xf32>
  %s4 = stablehlo.add %s3, %q2 : tensor<1x2xf32>
  %s5 = stablehlo.add %s4, %q3 : tensor<1x2xf32>
  return %p3, %s5 : tensor<40x2xf32>, tensor<1x2xf32>
}
// ----> the same
