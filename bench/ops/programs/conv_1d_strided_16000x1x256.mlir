// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1x16000x1xf32>, %arg1: tensor<10x1x256xf32>) -> (tensor<1x3200x256xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.convolution(%arg0, %arg1) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {stride = [5], pad = [[2, 3]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x16000x1xf32>, tensor<10x1x256xf32>) -> tensor<1x3200x256xf32>
    return %0 : tensor<1x3200x256xf32>
  }
}
