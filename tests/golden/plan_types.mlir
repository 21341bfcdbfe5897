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
// -----
// Complex numbers too, which are two values of a loop, with what is computed of their parts.
//
// stage: plan
func.func @main(%x: tensor<1000xcomplex<f32>>, %y: tensor<1000xcomplex<f32>>, %w: tensor<1000xf32>) -> (tensor<1000xcomplex<f32>>, tensor<1000xf32>) {
  %turn = stablehlo.constant dense<(0.0, 1.0)> : tensor<1000xcomplex<f32>>
  %0 = stablehlo.multiply %x, %turn : tensor<1000xcomplex<f32>>
  %1 = stablehlo.divide %0, %y : tensor<1000xcomplex<f32>>
  %2 = stablehlo.exponential %1 : tensor<1000xcomplex<f32>>
  %3 = stablehlo.real %2 : (tensor<1000xcomplex<f32>>) -> tensor<1000xf32>
  %4 = stablehlo.multiply %3, %w : tensor<1000xf32>
  %5 = stablehlo.imag %y : (tensor<1000xcomplex<f32>>) -> tensor<1000xf32>
  %6 = stablehlo.add %4, %5 : tensor<1000xf32>
  return %2, %6 : tensor<1000xcomplex<f32>>, tensor<1000xf32>
}
// ---->
0: tile fusion multiply divide exponential real multiply imag add input0, input1, input2 -> arena+0, arena+24000
arena 32064 bytes (lower bound 32064), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// What is not in the JIT's vocabulary, powers of complex numbers, is a group of its own.
//
// stage: plan
func.func @main(%x: tensor<1000xcomplex<f32>>, %y: tensor<1000xcomplex<f32>>) -> tensor<1000xf32> {
  %0 = stablehlo.power %x, %y : tensor<1000xcomplex<f32>>
  %1 = stablehlo.abs %0 : (tensor<1000xcomplex<f32>>) -> tensor<1000xf32>
  %2 = stablehlo.negate %1 : tensor<1000xf32>
  return %2 : tensor<1000xf32>
}
// ---->
0: tile fusion power input0, input1 -> arena+0
1: tile fusion abs negate arena+0 -> arena+8000
arena 24000 bytes (lower bound 24000), literals 0 bytes, 0 jit functions in 0 bytes
