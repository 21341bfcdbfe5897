// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<500000xf32>, %arg1: tensor<500000xf32>) -> (tensor<500000x2xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<500000xf32>) -> tensor<500000x1xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [0] : (tensor<500000xf32>) -> tensor<500000x1xf32>
    %2 = stablehlo.concatenate %0, %1, dim = 1 : (tensor<500000x1xf32>, tensor<500000x1xf32>) -> tensor<500000x2xf32>
    return %2 : tensor<500000x2xf32>
  }
}
