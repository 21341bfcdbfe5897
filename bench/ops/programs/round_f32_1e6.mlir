// SPDX-License-Identifier: Apache-2.0
module @jit_round attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xf32>) -> (tensor<1000000xf32> {jax.result_info = "result"}) {
    %0 = call @round(%arg0) : (tensor<1000000xf32>) -> tensor<1000000xf32>
    return %0 : tensor<1000000xf32>
  }
  func.func private @round(%arg0: tensor<1000000xf32>) -> tensor<1000000xf32> {
    %0 = stablehlo.round_nearest_even %arg0 : tensor<1000000xf32>
    return %0 : tensor<1000000xf32>
  }
}
