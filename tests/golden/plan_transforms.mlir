// SPDX-License-Identifier: Apache-2.0
//
// A spectrum: the transform, and its magnitude and logarithm in one loop.
//
// stage: plan
func.func @main(%x: tensor<4x512xf32>) -> tensor<4x257xf32> {
  %0 = stablehlo.fft %x, type = RFFT, length = [512] : (tensor<4x512xf32>) -> tensor<4x257xcomplex<f32>>
  %1 = stablehlo.abs %0 : (tensor<4x257xcomplex<f32>>) -> tensor<4x257xf32>
  %2 = stablehlo.log_plus_one %1 : tensor<4x257xf32>
  return %2 : tensor<4x257xf32>
}
// ---->
0: fft tensor<4x512xf32> RFFT input0 -> arena+0
1: tile fusion abs log_plus_one arena+0 -> arena+8256
arena 16448 bytes (lower bound 16448), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A system of a positive matrix: its factor, and two triangular systems.
//
// stage: plan
func.func @main(%a: tensor<32x32xf32>, %b: tensor<32x4xf32>) -> tensor<32x4xf32> {
  %l = stablehlo.cholesky %a, lower = true : tensor<32x32xf32>
  %y = "stablehlo.triangular_solve"(%l, %b) <{left_side = true, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<32x32xf32>, tensor<32x4xf32>) -> tensor<32x4xf32>
  %x = "stablehlo.triangular_solve"(%l, %y) <{left_side = true, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose TRANSPOSE>}> : (tensor<32x32xf32>, tensor<32x4xf32>) -> tensor<32x4xf32>
  return %x : tensor<32x4xf32>
}
// ---->
0: cholesky tensor<32x32xf32> input0 -> arena+0
1: triangular_solve tensor<32x32xf32> tensor<32x4xf32> arena+0, input1 -> arena+8704
2: triangular_solve tensor<32x32xf32> tensor<32x4xf32> arena+0, arena+8704 -> arena+8192 scratch arena+4096
arena 9216 bytes (lower bound 9216), literals 0 bytes, 0 jit functions in 0 bytes
