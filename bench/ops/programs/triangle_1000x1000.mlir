// SPDX-License-Identifier: Apache-2.0
module @jit_tril attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000x1000xf32>) -> (tensor<1000x1000xf32> {jax.result_info = "result"}) {
    %0 = call @tril(%arg0) : (tensor<1000x1000xf32>) -> tensor<1000x1000xf32>
    return %0 : tensor<1000x1000xf32>
  }
  func.func private @tril(%arg0: tensor<1000x1000xf32>) -> tensor<1000x1000xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.iota dim = 0 : tensor<1000x1000xi32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<1000x1000xi32>
    %2 = stablehlo.add %0, %1 : tensor<1000x1000xi32>
    %3 = stablehlo.iota dim = 1 : tensor<1000x1000xi32>
    %4 = stablehlo.compare GE, %2, %3, SIGNED : (tensor<1000x1000xi32>, tensor<1000x1000xi32>) -> tensor<1000x1000xi1>
    %5 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1000x1000xf32>
    %6 = stablehlo.select %4, %arg0, %5 : tensor<1000x1000xi1>, tensor<1000x1000xf32>
    return %6 : tensor<1000x1000xf32>
  }
}
