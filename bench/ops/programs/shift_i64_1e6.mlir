// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xi64>) -> (tensor<1000000xi64> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<3> : tensor<i64>
    %c_0 = stablehlo.constant dense<7> : tensor<i64>
    %0 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i64>) -> tensor<1000000xi64>
    %1 = stablehlo.shift_right_arithmetic %arg0, %0 : tensor<1000000xi64>
    %2 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i64>) -> tensor<1000000xi64>
    %3 = stablehlo.shift_left %arg0, %2 : tensor<1000000xi64>
    %4 = stablehlo.xor %1, %3 : tensor<1000000xi64>
    return %4 : tensor<1000000xi64>
  }
}
