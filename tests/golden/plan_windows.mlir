// SPDX-License-Identifier: Apache-2.0
//
// Max pooling and its gradient, which looks for the maxima again.
//
// stage: plan
func.func @main(%x: tensor<1x8x8x16xf32>, %dy: tensor<1x4x4x16xf32>) -> (tensor<1x4x4x16xf32>, tensor<1x8x8x16xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %y = "stablehlo.reduce_window"(%x, %lowest) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %0 = stablehlo.maximum %a, %b : tensor<f32>
    stablehlo.return %0 : tensor<f32>
  }) : (tensor<1x8x8x16xf32>, tensor<f32>) -> tensor<1x4x4x16xf32>
  %dx = "stablehlo.select_and_scatter"(%x, %dy, %zero) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %0 = stablehlo.compare GE, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %0 : tensor<i1>
  }, {
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %0 = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %0 : tensor<f32>
  }) : (tensor<1x8x8x16xf32>, tensor<1x4x4x16xf32>, tensor<f32>) -> tensor<1x8x8x16xf32>
  return %y, %dx : tensor<1x4x4x16xf32>, tensor<1x8x8x16xf32>
}
// ---->
0: max_pool2d tensor<1x8x8x16xf32> window 2x2 input0 -> arena+8192
1: pool_gradient tensor<1x4x4x16xf32> into tensor<1x8x8x16xf32> by 1, 2, 2, 1 input0, input1, literal+0 -> arena+4096; first of pool_gradient, tiles
arena 10240 bytes (lower bound 10240), literals 4 bytes, 0 jit functions in 0 bytes
// -----
// A window over all that stands before an element makes each result from its neighbour.
//
// stage: plan
func.func @main(%x: tensor<4x1000xf32>) -> tensor<4x1000xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %y = "stablehlo.reduce_window"(%x, %zero) <{window_dimensions = array<i64: 1, 1000>, padding = dense<[[0, 0], [999, 0]]> : tensor<2x2xi64>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %0 = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %0 : tensor<f32>
  }) : (tensor<4x1000xf32>, tensor<f32>) -> tensor<4x1000xf32>
  return %y : tensor<4x1000xf32>
}
// ---->
0: running running tensor<4x1000xf32> by 1, 1000 input0, literal+0 -> arena+0; first of running, tiles
arena 32000 bytes (lower bound 32000), literals 4 bytes, 0 jit functions in 0 bytes
