// SPDX-License-Identifier: Apache-2.0
module @jit_multiply attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xi32>, %arg1: tensor<1000000xi32>) -> (tensor<1000000xi32> {jax.result_info = "result"}) {
    %0 = stablehlo.multiply %arg0, %arg1 : tensor<1000000xi32>
    return %0 : tensor<1000000xi32>
  }
}
