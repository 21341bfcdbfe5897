// SPDX-License-Identifier: Apache-2.0
//
// Elementwise chains of any type are one group: here f16, with a constant splat and a conversion.
//
// stage: plan
func.func @main(%x: tensor<1000xf16>) -> tensor<1000xf32> {
  %half = stablehlo.constant dense<0.5> : tensor<1000xf16>
  %0 = stablehlo.multiply %x, %half : tensor<1000xf16>
  %1 = stablehlo.tanh %0 : tensor<1000xf16>
  %2 = stablehlo.convert %1 : (tensor<1000xf16>) -> tensor<1000xf32>
  return %2 : tensor<1000xf32>
}
// ---->
0: tile fusion multiply tanh convert input0 -> arena+0
arena 6080 bytes (lower bound 6080), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// 64-bit integers, as a hash mixes them.
//
// stage: plan
func.func @main(%x: tensor<1000xui64>) -> tensor<1000xui64> {
  %shift = stablehlo.constant dense<33> : tensor<1000xui64>
  %factor = stablehlo.constant dense<18397679294719823053> : tensor<1000xui64>
  %0 = stablehlo.shift_right_logical %x, %shift : tensor<1000xui64>
  %1 = stablehlo.xor %x, %0 : tensor<1000xui64>
  %2 = stablehlo.multiply %1, %factor : tensor<1000xui64>
  return %2 : tensor<1000xui64>
}
// ---->
0: tile fusion shift_right_logical xor multiply input0 -> arena+0
arena 16000 bytes (lower bound 16000), literals 0 bytes, 0 jit functions in 0 bytes
