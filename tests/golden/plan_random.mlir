// SPDX-License-Identifier: Apache-2.0
//
// Dropout: random bits, and the mask that they are compared to in the loop that uses it.
//
// stage: plan
func.func @main(%key: tensor<2xui64>, %x: tensor<16x64xf32>) -> (tensor<2xui64>, tensor<16x64xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<16x64xf32>
  %limit = stablehlo.constant dense<2147483648> : tensor<16x64xui32>
  %next, %bits = stablehlo.rng_bit_generator %key, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<16x64xui32>)
  %keep = stablehlo.compare LT, %bits, %limit, UNSIGNED : (tensor<16x64xui32>, tensor<16x64xui32>) -> tensor<16x64xi1>
  %y = stablehlo.select %keep, %x, %zero : tensor<16x64xi1>, tensor<16x64xf32>
  return %next, %y : tensor<2xui64>, tensor<16x64xf32>
}
// ---->
0: random_bits THREE_FRY tensor<16x64xui32> input0 -> arena+8192, arena+0
1: tile fusion compare select arena+0, input1 -> arena+0
arena 8320 bytes (lower bound 8320), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A sequence of the program's own: stablehlo.rng is arithmetic on its bits.
//
// stage: plan
func.func @main() -> tensor<1000xf32> {
  %low = stablehlo.constant dense<-1.0> : tensor<f32>
  %high = stablehlo.constant dense<1.0> : tensor<f32>
  %shape = stablehlo.constant dense<1000> : tensor<1xi64>
  %0 = stablehlo.rng %low, %high, %shape, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<1xi64>) -> tensor<1000xf32>
  return %0 : tensor<1000xf32>
}
// ---->
0: reference webhlo.random_state -> arena+4032
1: random_bits PHILOX tensor<1000xui32> arena+4032 -> arena+4096, arena+0
2: tile fusion shift_right_logical or arena+0 -> arena+0
3: copy tensor<1000xui32> -> tensor<1000xf32> arena+0 -> arena+4032
4: tile fusion subtract multiply add compare select arena+4032 -> arena+4032
arena 8064 bytes (lower bound 8064), literals 0 bytes, 0 jit functions in 0 bytes
