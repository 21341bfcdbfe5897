// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<16x16x16x16x16xf32>) -> (tensor<16x16x16x16x16xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.transpose %arg0, dims = [0, 4, 2, 1, 3] : (tensor<16x16x16x16x16xf32>) -> tensor<16x16x16x16x16xf32>
    return %0 : tensor<16x16x16x16x16xf32>
  }
}
