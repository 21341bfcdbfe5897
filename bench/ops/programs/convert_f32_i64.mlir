// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xf32>) -> (tensor<1000000xi64> {jax.result_info = "result"}) {
    %0 = stablehlo.convert %arg0 : (tensor<1000000xf32>) -> tensor<1000000xi64>
    return %0 : tensor<1000000xi64>
  }
}
