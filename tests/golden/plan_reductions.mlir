// SPDX-License-Identifier: Apache-2.0
//
// Layer normalization: two sums over rows, and elementwise groups between them.
//
// stage: plan
// weights: 1 2
func.func @main(%x: tensor<16x64xf32>, %scale: tensor<64xf32>, %bias: tensor<64xf32>) -> tensor<16x64xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %n = stablehlo.constant dense<64.0> : tensor<16xf32>
  %eps = stablehlo.constant dense<1.0e-5> : tensor<16xf32>
  %0 = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<16x64xf32>, tensor<f32>) -> tensor<16xf32>
  %1 = stablehlo.divide %0, %n : tensor<16xf32>
  %2 = stablehlo.broadcast_in_dim %1, dims = [0] : (tensor<16xf32>) -> tensor<16x64xf32>
  %3 = stablehlo.subtract %x, %2 : tensor<16x64xf32>
  %4 = stablehlo.multiply %3, %3 : tensor<16x64xf32>
  %5 = stablehlo.reduce(%4 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<16x64xf32>, tensor<f32>) -> tensor<16xf32>
  %6 = stablehlo.divide %5, %n : tensor<16xf32>
  %7 = stablehlo.add %6, %eps : tensor<16xf32>
  %8 = stablehlo.rsqrt %7 : tensor<16xf32>
  %9 = stablehlo.broadcast_in_dim %8, dims = [0] : (tensor<16xf32>) -> tensor<16x64xf32>
  %10 = stablehlo.multiply %3, %9 : tensor<16x64xf32>
  %11 = stablehlo.broadcast_in_dim %scale, dims = [1] : (tensor<64xf32>) -> tensor<16x64xf32>
  %12 = stablehlo.multiply %10, %11 : tensor<16x64xf32>
  %13 = stablehlo.broadcast_in_dim %bias, dims = [1] : (tensor<64xf32>) -> tensor<16x64xf32>
  %14 = stablehlo.add %12, %13 : tensor<16x64xf32>
  return %14 : tensor<16x64xf32>
}
// ---->
0: reduce add tensor<16x64xf32> over 1 input0, literal+0 -> arena+12288
1: tile fusion multiply arena+12288 -> arena+12288
2: tile fusion subtract multiply input0, arena+12288 -> arena+0, arena+8192
3: reduce add tensor<16x64xf32> over 1 arena+8192, literal+0 -> arena+12288
4: tile fusion multiply add rsqrt arena+12288 -> arena+12288
5: tile fusion multiply multiply add arena+0, arena+12288, constant0, constant1 -> arena+0
arena 12352 bytes (lower bound 12352), literals 4 bytes, 0 jit functions in 0 bytes
// -----
// Argmax as JAX writes it, a reduction of pairs, is recognized.
//
// stage: plan
func.func @main(%x: tensor<8x100xf32>) -> tensor<8xi32> {
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %first = stablehlo.constant dense<0> : tensor<i32>
  %i = stablehlo.iota dim = 1 : tensor<8x100xi32>
  %r:2 = stablehlo.reduce(%x init: %lowest), (%i init: %first) across dimensions = [1] : (tensor<8x100xf32>, tensor<8x100xi32>, tensor<f32>, tensor<i32>) -> (tensor<8xf32>, tensor<8xi32>)
    reducer(%a: tensor<f32>, %b: tensor<f32>) (%ai: tensor<i32>, %bi: tensor<i32>) {
    %gt = stablehlo.compare GT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %ne = stablehlo.compare NE, %a, %a, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %or = stablehlo.or %gt, %ne : tensor<i1>
    %eq = stablehlo.compare EQ, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %lt = stablehlo.compare LT, %ai, %bi, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %and = stablehlo.and %eq, %lt : tensor<i1>
    %take = stablehlo.or %or, %and : tensor<i1>
    %value = stablehlo.select %or, %a, %b : tensor<i1>, tensor<f32>
    %index = stablehlo.select %take, %ai, %bi : tensor<i1>, tensor<i32>
    stablehlo.return %value, %index : tensor<f32>, tensor<i32>
  }
  return %r#1 : tensor<8xi32>
}
// ---->
0: extreme largest tensor<8x100xf32> over 1 input0, literal+128, literal+0, literal+64 -> arena+3264, arena+3200
arena 3328 bytes (lower bound 3328), literals 3328 bytes, 0 jit functions in 0 bytes
// -----
// Any other computation is compiled where the JIT runs, and is the reference's here: the element
// that is nearest to zero, and where it is.
//
// stage: plan
func.func @main(%x: tensor<8x100xf32>) -> (tensor<8xf32>, tensor<8xi32>) {
  %far = stablehlo.constant dense<0x7F800000> : tensor<f32>
  %first = stablehlo.constant dense<0> : tensor<i32>
  %i = stablehlo.iota dim = 1 : tensor<8x100xi32>
  %r:2 = stablehlo.reduce(%x init: %far), (%i init: %first) across dimensions = [1] : (tensor<8x100xf32>, tensor<8x100xi32>, tensor<f32>, tensor<i32>) -> (tensor<8xf32>, tensor<8xi32>)
    reducer(%a: tensor<f32>, %b: tensor<f32>) (%ai: tensor<i32>, %bi: tensor<i32>) {
    %c = stablehlo.abs %a : tensor<f32>
    %d = stablehlo.abs %b : tensor<f32>
    %le = stablehlo.compare LE, %c, %d, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %value = stablehlo.select %le, %a, %b : tensor<i1>, tensor<f32>
    %index = stablehlo.select %le, %ai, %bi : tensor<i1>, tensor<i32>
    stablehlo.return %value, %index : tensor<f32>, tensor<i32>
  }
  return %r#0, %r#1 : tensor<8xf32>, tensor<8xi32>
}
// ---->
0: reference stablehlo.reduce input0, literal+128, literal+0, literal+64 -> arena+3200, arena+3264
arena 3328 bytes (lower bound 3328), literals 3328 bytes, 0 jit functions in 0 bytes
