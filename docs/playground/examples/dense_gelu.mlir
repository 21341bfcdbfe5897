// Two dense layers with a GELU between them: the bias and the GELU become part of the first product.
func.func @main(%x: tensor<32x128xf32> loc("x"), %w1: tensor<128x256xf32> loc("w1"),
                %b1: tensor<256xf32> loc("b1"), %w2: tensor<256x64xf32> loc("w2"))
    -> (tensor<32x64xf32> {jax.result_info = "y"}) {
  %product = stablehlo.dot_general %x, %w1, contracting_dims = [1] x [0]
      : (tensor<32x128xf32>, tensor<128x256xf32>) -> tensor<32x256xf32>
  %bias = stablehlo.broadcast_in_dim %b1, dims = [1] : (tensor<256xf32>) -> tensor<32x256xf32>
  %z = stablehlo.add %product, %bias : tensor<32x256xf32>
  %half = stablehlo.constant dense<0.5> : tensor<32x256xf32>
  %one = stablehlo.constant dense<1.0> : tensor<32x256xf32>
  %root = stablehlo.constant dense<0.70710678> : tensor<32x256xf32>
  %scaled = stablehlo.multiply %z, %root : tensor<32x256xf32>
  %erf = chlo.erf %scaled : tensor<32x256xf32> -> tensor<32x256xf32>
  %shifted = stablehlo.add %erf, %one : tensor<32x256xf32>
  %halves = stablehlo.multiply %z, %half : tensor<32x256xf32>
  %gelu = stablehlo.multiply %halves, %shifted : tensor<32x256xf32>
  %y = stablehlo.dot_general %gelu, %w2, contracting_dims = [1] x [0]
      : (tensor<32x256xf32>, tensor<256x64xf32>) -> tensor<32x64xf32>
  return %y : tensor<32x64xf32>
}
