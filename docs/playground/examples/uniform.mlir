// Uniform floats of [0, 1): 32 random bits each, of which 23 become a significand, as JAX does it.
// input state: [2026, 1]
func.func @main(%state: tensor<2xui64> loc("state"))
    -> (tensor<2xui64> {jax.result_info = "state"}, tensor<64x64xf32> {jax.result_info = "uniform"}) {
  %next, %bits = stablehlo.rng_bit_generator %state, algorithm = THREE_FRY
      : (tensor<2xui64>) -> (tensor<2xui64>, tensor<64x64xui32>)
  %nine = stablehlo.constant dense<9> : tensor<64x64xui32>
  %exponent = stablehlo.constant dense<0x3F800000> : tensor<64x64xui32>
  %one = stablehlo.constant dense<1.0> : tensor<64x64xf32>
  %significand = stablehlo.shift_right_logical %bits, %nine : tensor<64x64xui32>
  %pattern = stablehlo.or %significand, %exponent : tensor<64x64xui32>
  %from_one = stablehlo.bitcast_convert %pattern : (tensor<64x64xui32>) -> tensor<64x64xf32>
  %uniform = stablehlo.subtract %from_one, %one : tensor<64x64xf32>
  return %next, %uniform : tensor<2xui64>, tensor<64x64xf32>
}
