// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000xf32>) -> (tensor<1000000xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.reshape %arg0 : (tensor<1000xf32>) -> tensor<1x1000xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<1x1000xf32>) -> tensor<1000x1000xf32>
    %2 = stablehlo.reshape %1 : (tensor<1000x1000xf32>) -> tensor<1000000xf32>
    return %2 : tensor<1000000xf32>
  }
}
