// Edges of an image: a convolution with Sobel's two filters, and the length of the gradient.
// input image: waves
func.func @main(%image: tensor<1x96x96x1xf32> loc("image"))
    -> (tensor<1x96x96x2xf32> {jax.result_info = "gradient"}, tensor<1x96x96xf32> {jax.result_info = "length"}) {
  %filters = stablehlo.constant dense<[
      [[[ 1.0,  1.0]], [[ 2.0, 0.0]], [[ 1.0, -1.0]]],
      [[[ 0.0,  2.0]], [[ 0.0, 0.0]], [[ 0.0, -2.0]]],
      [[[-1.0,  1.0]], [[-2.0, 0.0]], [[-1.0, -1.0]]]]> : tensor<3x3x1x2xf32>
  %gradient = stablehlo.convolution(%image, %filters)
      dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
      window = {stride = [1, 1], pad = [[1, 1], [1, 1]], rhs_dilate = [1, 1]}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<1x96x96x1xf32>, tensor<3x3x1x2xf32>) -> tensor<1x96x96x2xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %squares = stablehlo.multiply %gradient, %gradient : tensor<1x96x96x2xf32>
  %sum = stablehlo.reduce(%squares init: %zero) applies stablehlo.add across dimensions = [3]
      : (tensor<1x96x96x2xf32>, tensor<f32>) -> tensor<1x96x96xf32>
  %length = stablehlo.sqrt %sum : tensor<1x96x96xf32>
  return %gradient, %length : tensor<1x96x96x2xf32>, tensor<1x96x96xf32>
}
