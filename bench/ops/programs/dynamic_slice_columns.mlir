// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000x1000xf32>, %arg1: tensor<i32>) -> (tensor<1000x100xf32> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<1000> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.compare LT, %arg1, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %1 = stablehlo.add %arg1, %c : tensor<i32>
    %2 = stablehlo.select %0, %1, %arg1 : tensor<i1>, tensor<i32>
    %3 = stablehlo.dynamic_slice %arg0, %c_0, %2, sizes = [1000, 100] : (tensor<1000x1000xf32>, tensor<i32>, tensor<i32>) -> tensor<1000x100xf32>
    return %3 : tensor<1000x100xf32>
  }
}
