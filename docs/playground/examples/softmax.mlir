// The softmax of each row.
func.func @main(%logits: tensor<16x64xf32> loc("logits"))
    -> (tensor<16x64xf32> {jax.result_info = "probabilities"}) {
  %least = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %max = stablehlo.reduce(%logits init: %least) applies stablehlo.maximum across dimensions = [1]
      : (tensor<16x64xf32>, tensor<f32>) -> tensor<16xf32>
  %maxes = stablehlo.broadcast_in_dim %max, dims = [0] : (tensor<16xf32>) -> tensor<16x64xf32>
  %shifted = stablehlo.subtract %logits, %maxes : tensor<16x64xf32>
  %exp = stablehlo.exponential %shifted : tensor<16x64xf32>
  %sum = stablehlo.reduce(%exp init: %zero) applies stablehlo.add across dimensions = [1]
      : (tensor<16x64xf32>, tensor<f32>) -> tensor<16xf32>
  %sums = stablehlo.broadcast_in_dim %sum, dims = [0] : (tensor<16xf32>) -> tensor<16x64xf32>
  %result = stablehlo.divide %exp, %sums : tensor<16x64xf32>
  return %result : tensor<16x64xf32>
}
