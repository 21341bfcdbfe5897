// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1x16x28x28x16xf32>, %arg1: tensor<3x3x3x16x32xf32>) -> (tensor<1x16x28x28x32xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.convolution(%arg0, %arg1) dim_numbers = [b, 0, 1, 2, f]x[0, 1, 2, i, o]->[b, 0, 1, 2, f], window = {pad = [[1, 1], [1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x16x28x28x16xf32>, tensor<3x3x3x16x32xf32>) -> tensor<1x16x28x28x32xf32>
    return %0 : tensor<1x16x28x28x32xf32>
  }
}
