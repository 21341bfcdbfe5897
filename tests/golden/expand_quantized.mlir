// SPDX-License-Identifier: Apache-2.0
//
// A layer of a quantized network: sums of integers that f32 holds, one scale for each feature, and
// a maximum on what the integers stand for.
//
// stage: expand-quantized
func.func @main(%x: tensor<4x8x!quant.uniform<i8:f32, 0.5:-1>>, %w: tensor<8x2x!quant.uniform<i8:f32:1, {0.25, 0.125}>>, %y: tensor<4x2x!quant.uniform<i8:f32, 2.0:3>>) -> tensor<2x4x!quant.uniform<i8:f32, 2.0:3>> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x8x!quant.uniform<i8:f32, 0.5:-1>>, tensor<8x2x!quant.uniform<i8:f32:1, {0.25, 0.125}>>) -> tensor<4x2x!quant.uniform<i8:f32, 2.0:3>>
  %1 = stablehlo.maximum %0, %y : tensor<4x2x!quant.uniform<i8:f32, 2.0:3>>
  %2 = stablehlo.transpose %1, dims = [1, 0] : (tensor<4x2x!quant.uniform<i8:f32, 2.0:3>>) -> tensor<2x4x!quant.uniform<i8:f32, 2.0:3>>
  return %2 : tensor<2x4x!quant.uniform<i8:f32, 2.0:3>>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x8xi8>, %arg1: tensor<8x2xi8>, %arg2: tensor<4x2xi8>) -> tensor<2x4xi8> {
    %0 = stablehlo.convert %arg0 : (tensor<4x8xi8>) -> tensor<4x8xf32>
    %1 = stablehlo.constant dense<-1.0> : tensor<4x8xf32>
    %2 = stablehlo.subtract %0, %1 : tensor<4x8xf32>
    %3 = stablehlo.convert %arg1 : (tensor<8x2xi8>) -> tensor<8x2xf32>
    %4 = stablehlo.dot_general %2, %3, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    %5 = stablehlo.convert %4 : (tensor<4x2xf32>) -> tensor<4x2xi32>
    %6 = stablehlo.convert %5 : (tensor<4x2xi32>) -> tensor<4x2xf32>
    %7 = stablehlo.constant dense<[0.0625, 0.03125]> : tensor<2xf32>
    %8 = stablehlo.broadcast_in_dim %7, dims = [1] : (tensor<2xf32>) -> tensor<4x2xf32>
    %9 = stablehlo.multiply %6, %8 : tensor<4x2xf32>
    %10 = stablehlo.constant dense<3.0> : tensor<4x2xf32>
    %11 = stablehlo.add %9, %10 : tensor<4x2xf32>
    %12 = stablehlo.constant dense<-128.0> : tensor<f32>
    %13 = stablehlo.constant dense<127.0> : tensor<f32>
    %14 = stablehlo.clamp %12, %11, %13 : (tensor<f32>, tensor<4x2xf32>, tensor<f32>) -> tensor<4x2xf32>
    %15 = stablehlo.round_nearest_even %14 : tensor<4x2xf32>
    %16 = stablehlo.convert %15 : (tensor<4x2xf32>) -> tensor<4x2xi8>
    %17 = stablehlo.convert %16 : (tensor<4x2xi8>) -> tensor<4x2xi32>
    %18 = stablehlo.constant dense<3> : tensor<4x2xi32>
    %19 = stablehlo.subtract %17, %18 : tensor<4x2xi32>
    %20 = stablehlo.convert %19 : (tensor<4x2xi32>) -> tensor<4x2xf32>
    %21 = stablehlo.constant dense<2.0> : tensor<4x2xf32>
    %22 = stablehlo.multiply %20, %21 : tensor<4x2xf32>
    %23 = stablehlo.convert %arg2 : (tensor<4x2xi8>) -> tensor<4x2xi32>
    %24 = stablehlo.constant dense<3> : tensor<4x2xi32>
    %25 = stablehlo.subtract %23, %24 : tensor<4x2xi32>
    %26 = stablehlo.convert %25 : (tensor<4x2xi32>) -> tensor<4x2xf32>
    %27 = stablehlo.constant dense<2.0> : tensor<4x2xf32>
    %28 = stablehlo.multiply %26, %27 : tensor<4x2xf32>
    %29 = stablehlo.maximum %22, %28 : tensor<4x2xf32>
    %30 = stablehlo.constant dense<2.0> : tensor<4x2xf32>
    %31 = stablehlo.divide %29, %30 : tensor<4x2xf32>
    %32 = stablehlo.constant dense<3.0> : tensor<4x2xf32>
    %33 = stablehlo.add %31, %32 : tensor<4x2xf32>
    %34 = stablehlo.constant dense<-128.0> : tensor<f32>
    %35 = stablehlo.constant dense<127.0> : tensor<f32>
    %36 = stablehlo.clamp %34, %33, %35 : (tensor<f32>, tensor<4x2xf32>, tensor<f32>) -> tensor<4x2xf32>
    %37 = stablehlo.round_nearest_even %36 : tensor<4x2xf32>
    %38 = stablehlo.convert %37 : (tensor<4x2xf32>) -> tensor<4x2xi8>
    %39 = stablehlo.transpose %38, dims = [1, 0] : (tensor<4x2xi8>) -> tensor<2x4xi8>
    return %39 : tensor<2x4xi8>
  }
}
