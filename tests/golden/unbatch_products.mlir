// SPDX-License-Identifier: Apache-2.0
//
// A linear layer as torchax writes it: the weights are broadcast to have the batch.
//
// stage: unbatch-products
// weights: 1
func.func @main(%x: tensor<4x5x3xf32>, %w: tensor<2x3xf32>) -> tensor<4x5x2xf32> {
  %t = stablehlo.transpose %w, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %b = stablehlo.broadcast_in_dim %t, dims = [1, 2] : (tensor<3x2xf32>) -> tensor<4x3x2xf32>
  %p = stablehlo.dot_general %x, %b, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [HIGHEST, DEFAULT] : (tensor<4x5x3xf32>, tensor<4x3x2xf32>) -> tensor<4x5x2xf32>
  return %p : tensor<4x5x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x5x3xf32>, %arg1: tensor<2x3xf32>) -> tensor<4x5x2xf32> {
    %0 = stablehlo.transpose %arg1, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<3x2xf32>) -> tensor<3x2xf32>
    %2 = stablehlo.dot_general %arg0, %1, contracting_dims = [2] x [0], precision = [HIGHEST, DEFAULT] : (tensor<4x5x3xf32>, tensor<3x2xf32>) -> tensor<4x5x2xf32>
    return %2 : tensor<4x5x2xf32>
  }
}
// -----
// One dimension of two, and one that has the size of one before.
//
// stage: unbatch-products
func.func @main(%x: tensor<7x4x5x3xf32>, %w: tensor<7x1x3x2xf32>) -> tensor<7x4x5x2xf32> {
  %b = stablehlo.broadcast_in_dim %w, dims = [0, 1, 2, 3] : (tensor<7x1x3x2xf32>) -> tensor<7x4x3x2xf32>
  %p = stablehlo.dot_general %x, %b, batching_dims = [0, 1] x [0, 1], contracting_dims = [3] x [2] : (tensor<7x4x5x3xf32>, tensor<7x4x3x2xf32>) -> tensor<7x4x5x2xf32>
  return %p : tensor<7x4x5x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<7x4x5x3xf32>, %arg1: tensor<7x1x3x2xf32>) -> tensor<7x4x5x2xf32> {
    %0 = stablehlo.reshape %arg1 : (tensor<7x1x3x2xf32>) -> tensor<7x3x2xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1, 2] : (tensor<7x3x2xf32>) -> tensor<7x3x2xf32>
    %2 = stablehlo.dot_general %arg0, %1, batching_dims = [0] x [0], contracting_dims = [3] x [1] : (tensor<7x4x5x3xf32>, tensor<7x3x2xf32>) -> tensor<7x4x5x2xf32>
    return %2 : tensor<7x4x5x2xf32>
  }
}
// -----
// All of a dimension but the batch is broadcast; so is the batch of the vector, which has no other dimension.
//
// stage: unbatch-products
func.func @main(%x: tensor<4x3xf32>, %w: tensor<3xf32>) -> (tensor<4x2xf32>, tensor<4xf32>) {
  %b = stablehlo.broadcast_in_dim %w, dims = [2] : (tensor<3xf32>) -> tensor<2x4x3xf32>
  %p = stablehlo.dot_general %x, %b, batching_dims = [0] x [1], contracting_dims = [1] x [2] : (tensor<4x3xf32>, tensor<2x4x3xf32>) -> tensor<4x2xf32>
  %c = stablehlo.broadcast_in_dim %w, dims = [1] : (tensor<3xf32>) -> tensor<4x3xf32>
  %q = stablehlo.dot_general %x, %c, batching_dims = [0] x [0], contracting_dims = [1] x [1] : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4xf32>
  return %p, %q : tensor<4x2xf32>, tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x3xf32>, %arg1: tensor<3xf32>) -> (tensor<4x2xf32>, tensor<4xf32>) {
    %0 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %1 = stablehlo.dot_general %arg0, %0, contracting_dims = [1] x [1] : (tensor<4x3xf32>, tensor<2x3xf32>) -> tensor<4x2xf32>
    %2 = stablehlo.broadcast_in_dim %arg1, dims = [0] : (tensor<3xf32>) -> tensor<3xf32>
    %3 = stablehlo.dot_general %arg0, %2, contracting_dims = [1] x [0] : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4xf32>
    return %1, %3 : tensor<4x2xf32>, tensor<4xf32>
  }
}
// -----
// A batch behind rows, one that stays behind one that would not, two in another order, and weights of each batch: these stay.
//
// stage: unbatch-products
func.func @main(%x: tensor<5x4x3xf32>, %w: tensor<3x2xf32>, %y: tensor<7x4x3xf32>, %v: tensor<4x3x2xf32>) -> (tensor<4x5x2xf32>, tensor<7x4x2xf32>, tensor<4x7x2xf32>, tensor<4x7x2xf32>) {
  %b = stablehlo.broadcast_in_dim %w, dims = [1, 2] : (tensor<3x2xf32>) -> tensor<4x3x2xf32>
  %p = stablehlo.dot_general %x, %b, batching_dims = [1] x [0], contracting_dims = [2] x [1] : (tensor<5x4x3xf32>, tensor<4x3x2xf32>) -> tensor<4x5x2xf32>
  %c = stablehlo.broadcast_in_dim %v, dims = [1, 2, 3] : (tensor<4x3x2xf32>) -> tensor<7x4x3x2xf32>
  %q = stablehlo.dot_general %y, %c, batching_dims = [0, 1] x [0, 1], contracting_dims = [2] x [2] : (tensor<7x4x3xf32>, tensor<7x4x3x2xf32>) -> tensor<7x4x2xf32>
  %d = stablehlo.broadcast_in_dim %w, dims = [2, 3] : (tensor<3x2xf32>) -> tensor<7x4x3x2xf32>
  %s = stablehlo.dot_general %y, %d, batching_dims = [1, 0] x [1, 0], contracting_dims = [2] x [2] : (tensor<7x4x3xf32>, tensor<7x4x3x2xf32>) -> tensor<4x7x2xf32>
  %u = stablehlo.dot_general %y, %v, batching_dims = [1] x [0], contracting_dims = [2] x [1] : (tensor<7x4x3xf32>, tensor<4x3x2xf32>) -> tensor<4x7x2xf32>
  return %p, %q, %s, %u : tensor<4x5x2xf32>, tensor<7x4x2xf32>, tensor<4x7x2xf32>, tensor<4x7x2xf32>
}
// ----> the same
