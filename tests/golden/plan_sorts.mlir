// SPDX-License-Identifier: Apache-2.0
//
// Argsort: a comparator that is an order by keys is their bits' order, which needs no comparing.
//
// stage: plan
func.func @main(%x: tensor<8x100xf32>) -> (tensor<8x100xf32>, tensor<8x100xi32>) {
  %i = stablehlo.iota dim = 1 : tensor<8x100xi32>
  %r:2 = "stablehlo.sort"(%x, %i) <{dimension = 1 : i64, is_stable = true}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>, %j: tensor<i32>, %k: tensor<i32>):
    %before = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %before : tensor<i1>
  }) : (tensor<8x100xf32>, tensor<8x100xi32>) -> (tensor<8x100xf32>, tensor<8x100xi32>)
  return %r#0, %r#1 : tensor<8x100xf32>, tensor<8x100xi32>
}
// ---->
0: radix 8x100 tensor<f32> up input0, literal+0 -> arena+26624, arena+29824 scratch arena+0; first of radix, tiles
arena 36224 bytes (lower bound 36224), literals 3200 bytes, 0 jit functions in 0 bytes
// -----
// Any other comparator runs over the pairs of many merges at once.
//
// stage: plan
func.func @main(%x: tensor<8x100xf32>) -> tensor<8x100xf32> {
  %r = "stablehlo.sort"(%x) <{dimension = 1 : i64, is_stable = true}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = stablehlo.cosine %a : tensor<f32>
    %d = stablehlo.cosine %b : tensor<f32>
    %before = stablehlo.compare LT, %c, %d, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %before : tensor<i1>
  }) : (tensor<8x100xf32>) -> tensor<8x100xf32>
  return %r : tensor<8x100xf32>
}
// ---->
0: tiles 8x100 input0 -> arena+0 scratch arena+6400
arena 7232 bytes (lower bound 7232), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// The largest of each row, as samplers want them.
//
// stage: plan
func.func @main(%x: tensor<2x1000xf32>) -> (tensor<2x40xf32>, tensor<2x40xi32>) {
  %0:2 = chlo.top_k(%x, k = 40) : tensor<2x1000xf32> -> (tensor<2x40xf32>, tensor<2x40xi32>)
  return %0#0, %0#1 : tensor<2x40xf32>, tensor<2x40xi32>
}
// ---->
0: top_k 40 of 2x1000 input0 -> arena+8000, arena+8320
arena 8640 bytes (lower bound 8640), literals 0 bytes, 0 jit functions in 0 bytes
