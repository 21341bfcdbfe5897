// SPDX-License-Identifier: Apache-2.0
//
// Broadcasts through unit dimensions become one broadcast.
//
// stage: canonicalize-shapes
func.func @main(%x: tensor<4xf32>) -> tensor<2x4x3xf32> {
  %a = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<1x4x1xf32>
  %b = stablehlo.broadcast_in_dim %a, dims = [0, 1, 2] : (tensor<1x4x1xf32>) -> tensor<2x4x3xf32>
  return %b : tensor<2x4x3xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> tensor<2x4x3xf32> {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<4xf32>) -> tensor<2x4x3xf32>
    return %0 : tensor<2x4x3xf32>
  }
}
// -----
// A transpose that moves only unit dimensions is a reshape.
//
// stage: canonicalize-shapes
func.func @main(%x: tensor<4x1x3xf32>) -> tensor<1x4x3xf32> {
  %y = stablehlo.transpose %x, dims = [1, 0, 2] : (tensor<4x1x3xf32>) -> tensor<1x4x3xf32>
  return %y : tensor<1x4x3xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x1x3xf32>) -> tensor<1x4x3xf32> {
    %0 = stablehlo.reshape %arg0 : (tensor<4x1x3xf32>) -> tensor<1x4x3xf32>
    return %0 : tensor<1x4x3xf32>
  }
}
// -----
// A transpose of real dimensions stays.
//
// stage: canonicalize-shapes
func.func @main(%x: tensor<4x3xf32>) -> tensor<3x4xf32> {
  %y = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x3xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}
// ----> the same
