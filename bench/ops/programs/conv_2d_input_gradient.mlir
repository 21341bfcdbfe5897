// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4x28x28x64xf32>, %arg1: tensor<3x3x64x64xf32>, %arg2: tensor<4x28x28x64xf32>) -> (tensor<4x28x28x64xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.reverse %arg1, dims = [0, 1] : tensor<3x3x64x64xf32>
    %1 = stablehlo.convolution(%arg2, %0) dim_numbers = [b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f], window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<4x28x28x64xf32>, tensor<3x3x64x64xf32>) -> tensor<4x28x28x64xf32>
    return %1 : tensor<4x28x28x64xf32>
  }
}
