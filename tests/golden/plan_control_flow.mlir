// SPDX-License-Identifier: Apache-2.0
//
// Branches are jumps; what they share is computed once, before.
//
// stage: plan
func.func @main(%p: tensor<i1>, %x: tensor<64xf32>) -> tensor<64xf32> {
  %y = stablehlo.exponential %x : tensor<64xf32>
  %r = "stablehlo.if"(%p) ({
    %a = stablehlo.add %y, %x : tensor<64xf32>
    stablehlo.return %a : tensor<64xf32>
  }, {
    %b = stablehlo.sine %y : tensor<64xf32>
    stablehlo.return %b : tensor<64xf32>
  }) : (tensor<i1>) -> tensor<64xf32>
  return %r : tensor<64xf32>
}
// ---->
0: tile fusion exponential input1 -> arena+0
1: jump 4 unless input0
2: tile fusion add arena+0, input1 -> arena+256
3: jump 5
4: tile fusion sine arena+0 -> arena+256
arena 832 bytes (lower bound 832), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A case is a switch over the steps where its branches begin.
//
// stage: plan
func.func @main(%which: tensor<i32>, %x: tensor<64xf32>) -> tensor<64xf32> {
  %r = "stablehlo.case"(%which) ({
    %a = stablehlo.negate %x : tensor<64xf32>
    stablehlo.return %a : tensor<64xf32>
  }, {
    stablehlo.return %x : tensor<64xf32>
  }, {
    %c = stablehlo.tanh %x : tensor<64xf32>
    stablehlo.return %c : tensor<64xf32>
  }) : (tensor<i32>) -> tensor<64xf32>
  return %r : tensor<64xf32>
}
// ---->
0: switch [1, 3, 5] input0
1: tile fusion negate input1 -> arena+0
2: jump 6
3: copy 256 bytes input1 -> arena+0
4: jump 6
5: tile fusion tanh input1 -> arena+0
arena 576 bytes (lower bound 576), literals 0 bytes, 0 jit functions in 0 bytes
