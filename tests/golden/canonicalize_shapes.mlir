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
// -----
// A concatenation of concatenations is one, unless they run along different dimensions.
//
// stage: canonicalize-shapes
func.func @main(%x: tensor<2x3xf32>, %y: tensor<2x1xf32>) -> (tensor<2x5xf32>, tensor<4x4xf32>) {
  %a = stablehlo.concatenate %x, %y, dim = 1 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %b = stablehlo.concatenate %y, %a, dim = 1 : (tensor<2x1xf32>, tensor<2x4xf32>) -> tensor<2x5xf32>
  %c = stablehlo.concatenate %a, %a, dim = 0 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
  return %b, %c : tensor<2x5xf32>, tensor<4x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x3xf32>, %arg1: tensor<2x1xf32>) -> (tensor<2x5xf32>, tensor<4x4xf32>) {
    %0 = stablehlo.concatenate %arg0, %arg1, dim = 1 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
    %1 = stablehlo.concatenate %arg1, %arg0, %arg1, dim = 1 : (tensor<2x1xf32>, tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
    %2 = stablehlo.concatenate %0, %0, dim = 0 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
    return %1, %2 : tensor<2x5xf32>, tensor<4x4xf32>
  }
}
// -----
// However many they are, if each is used there alone; else not without end.
//
// stage: canonicalize-shapes
func.func @main(%x: tensor<1xf32>) -> (tensor<18xf32>, tensor<18xf32>, tensor<9xf32>) {
  %a = stablehlo.concatenate %x, %x, %x, %x, %x, %x, %x, %x, %x, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<9xf32>
  %b = stablehlo.concatenate %x, %x, %x, %x, %x, %x, %x, %x, %x, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<9xf32>
  %c = stablehlo.concatenate %a, %b, dim = 0 : (tensor<9xf32>, tensor<9xf32>) -> tensor<18xf32>
  %d = stablehlo.concatenate %x, %x, %x, %x, %x, %x, %x, %x, %x, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<9xf32>
  %e = stablehlo.concatenate %x, %x, %x, %x, %x, %x, %x, %x, %x, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<9xf32>
  %f = stablehlo.concatenate %d, %e, dim = 0 : (tensor<9xf32>, tensor<9xf32>) -> tensor<18xf32>
  return %c, %f, %d : tensor<18xf32>, tensor<18xf32>, tensor<9xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<1xf32>) -> (tensor<18xf32>, tensor<18xf32>, tensor<9xf32>) {
    %0 = stablehlo.concatenate %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<18xf32>
    %1 = stablehlo.concatenate %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<9xf32>
    %2 = stablehlo.concatenate %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, %arg0, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<9xf32>
    %3 = stablehlo.concatenate %1, %2, dim = 0 : (tensor<9xf32>, tensor<9xf32>) -> tensor<18xf32>
    return %0, %3, %1 : tensor<18xf32>, tensor<18xf32>, tensor<9xf32>
  }
}
// -----
// A slice of a concatenation is one of the operand in which it lies, if it lies in one.
//
// stage: canonicalize-shapes
func.func @main(%x: tensor<3xf32>, %y: tensor<5xf32>) -> (tensor<2xf32>, tensor<5xf32>, tensor<2xf32>) {
  %a = stablehlo.concatenate %x, %y, dim = 0 : (tensor<3xf32>, tensor<5xf32>) -> tensor<8xf32>
  %b = stablehlo.slice %a [4:7:2] : (tensor<8xf32>) -> tensor<2xf32>
  %c = stablehlo.slice %a [3:8] : (tensor<8xf32>) -> tensor<5xf32>
  %d = stablehlo.slice %a [2:4] : (tensor<8xf32>) -> tensor<2xf32>
  return %b, %c, %d : tensor<2xf32>, tensor<5xf32>, tensor<2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<3xf32>, %arg1: tensor<5xf32>) -> (tensor<2xf32>, tensor<5xf32>, tensor<2xf32>) {
    %0 = stablehlo.concatenate %arg0, %arg1, dim = 0 : (tensor<3xf32>, tensor<5xf32>) -> tensor<8xf32>
    %1 = stablehlo.slice %arg1 [1:4:2] : (tensor<5xf32>) -> tensor<2xf32>
    %2 = stablehlo.slice %0 [2:4] : (tensor<8xf32>) -> tensor<2xf32>
    return %1, %arg1, %2 : tensor<2xf32>, tensor<5xf32>, tensor<2xf32>
  }
}
