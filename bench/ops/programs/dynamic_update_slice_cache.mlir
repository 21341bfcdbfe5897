// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1x8x1024x64xf32>, %arg1: tensor<1x8x1x64xf32>, %arg2: tensor<i32>) -> (tensor<1x8x1024x64xf32> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<1024> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.compare LT, %arg2, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %1 = stablehlo.add %arg2, %c : tensor<i32>
    %2 = stablehlo.select %0, %1, %arg2 : tensor<i1>, tensor<i32>
    %3 = stablehlo.dynamic_update_slice %arg0, %arg1, %c_0, %c_0, %2, %c_0 : (tensor<1x8x1024x64xf32>, tensor<1x8x1x64xf32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<1x8x1024x64xf32>
    return %3 : tensor<1x8x1024x64xf32>
  }
}
