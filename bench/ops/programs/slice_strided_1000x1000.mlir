// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000x1000xf32>) -> (tensor<500x500xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.slice %arg0 [0:1000:2, 0:1000:2] : (tensor<1000x1000xf32>) -> tensor<500x500xf32>
    return %0 : tensor<500x500xf32>
  }
}
