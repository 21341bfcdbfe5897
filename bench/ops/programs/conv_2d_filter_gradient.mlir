// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4x28x28x64xf32>, %arg1: tensor<3x3x64x64xf32>, %arg2: tensor<4x28x28x64xf32>) -> (tensor<3x3x64x64xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.convolution(%arg0, %arg2) dim_numbers = [f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f], window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<4x28x28x64xf32>, tensor<4x28x28x64xf32>) -> tensor<3x3x64x64xf32>
    return %0 : tensor<3x3x64x64xf32>
  }
}
