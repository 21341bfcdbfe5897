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
