// SPDX-License-Identifier: Apache-2.0
module @jit_cumsum attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xi32>) -> (tensor<1000000xi32> {jax.result_info = "result"}) {
    %0 = call @cumsum(%arg0) : (tensor<1000000xi32>) -> tensor<1000000xi32>
    return %0 : tensor<1000000xi32>
  }
  func.func private @cumsum(%arg0: tensor<1000000xi32>) -> tensor<1000000xi32> {
    %0 = call @cumsum_0(%arg0) : (tensor<1000000xi32>) -> tensor<1000000xi32>
    return %0 : tensor<1000000xi32>
  }
  func.func private @cumsum_0(%arg0: tensor<1000000xi32>) -> tensor<1000000xi32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %1 = "stablehlo.reduce_window"(%arg0, %0) <{padding = dense<[[999999, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 1000000>}> ({
    ^bb0(%arg1: tensor<i32>, %arg2: tensor<i32>):
      %2 = stablehlo.add %arg1, %arg2 : tensor<i32>
      stablehlo.return %2 : tensor<i32>
    }) : (tensor<1000000xi32>, tensor<i32>) -> tensor<1000000xi32>
    return %1 : tensor<1000000xi32>
  }
}
