// SPDX-License-Identifier: Apache-2.0
//
// Integers with a float result are summed exactly, in as many bits as that takes, and converted once.
//
// stage: plain-products
func.func @main(%x: tensor<2x3xi8>, %y: tensor<3x4xi8>, %z: tensor<3x4xi32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<2x3xi8>, tensor<3x4xi8>) -> tensor<2x4xf32>
  %1 = stablehlo.dot_general %x, %z, contracting_dims = [1] x [0] : (tensor<2x3xi8>, tensor<3x4xi32>) -> tensor<2x4xf32>
  return %0, %1 : tensor<2x4xf32>, tensor<2x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x3xi8>, %arg1: tensor<3x4xi8>, %arg2: tensor<3x4xi32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
    %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<2x3xi8>, tensor<3x4xi8>) -> tensor<2x4xi32>
    %1 = stablehlo.convert %0 : (tensor<2x4xi32>) -> tensor<2x4xf32>
    %2 = stablehlo.convert %arg0 : (tensor<2x3xi8>) -> tensor<2x3xi64>
    %3 = stablehlo.convert %arg2 : (tensor<3x4xi32>) -> tensor<3x4xi64>
    %4 = stablehlo.dot_general %2, %3, contracting_dims = [1] x [0] : (tensor<2x3xi64>, tensor<3x4xi64>) -> tensor<2x4xi64>
    %5 = stablehlo.convert %4 : (tensor<2x4xi64>) -> tensor<2x4xf32>
    return %1, %5 : tensor<2x4xf32>, tensor<2x4xf32>
  }
}
// -----
// Halves are computed in f32; f32 stays.
//
// stage: plain-products
func.func @main(%x: tensor<2x3xbf16>, %y: tensor<3x4xbf16>, %z: tensor<4x2xf32>) -> tensor<2x2xf32> {
  %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<2x3xbf16>, tensor<3x4xbf16>) -> tensor<2x4xbf16>
  %1 = stablehlo.convert %0 : (tensor<2x4xbf16>) -> tensor<2x4xf32>
  %2 = stablehlo.dot_general %1, %z, contracting_dims = [1] x [0] : (tensor<2x4xf32>, tensor<4x2xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x3xbf16>, %arg1: tensor<3x4xbf16>, %arg2: tensor<4x2xf32>) -> tensor<2x2xf32> {
    %0 = stablehlo.convert %arg0 : (tensor<2x3xbf16>) -> tensor<2x3xf32>
    %1 = stablehlo.convert %arg1 : (tensor<3x4xbf16>) -> tensor<3x4xf32>
    %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %3 = stablehlo.convert %2 : (tensor<2x4xf32>) -> tensor<2x4xbf16>
    %4 = stablehlo.convert %3 : (tensor<2x4xbf16>) -> tensor<2x4xf32>
    %5 = stablehlo.dot_general %4, %arg2, contracting_dims = [1] x [0] : (tensor<2x4xf32>, tensor<4x2xf32>) -> tensor<2x2xf32>
    return %5 : tensor<2x2xf32>
  }
}
