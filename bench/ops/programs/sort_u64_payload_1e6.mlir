// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xui64>, %arg1: tensor<1000000xi32>) -> (tensor<1000000xui64> {jax.result_info = "result[0]"}, tensor<1000000xi32> {jax.result_info = "result[1]"}) {
    %0:2 = "stablehlo.sort"(%arg0, %arg1) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg2: tensor<ui64>, %arg3: tensor<ui64>, %arg4: tensor<i32>, %arg5: tensor<i32>):
      %1 = stablehlo.compare LT, %arg2, %arg3, UNSIGNED : (tensor<ui64>, tensor<ui64>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    }) : (tensor<1000000xui64>, tensor<1000000xi32>) -> (tensor<1000000xui64>, tensor<1000000xi32>)
    return %0#0, %0#1 : tensor<1000000xui64>, tensor<1000000xi32>
  }
}
