// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<512xi32>, %arg1: tensor<1000x128xf32>) -> (tensor<512x128xf32> {jax.result_info = "result"}) {
    %0 = call @_one_hot(%arg0) : (tensor<512xi32>) -> tensor<512x1000xf32>
    %1 = stablehlo.dot_general %0, %arg1, contracting_dims = [1] x [0] : (tensor<512x1000xf32>, tensor<1000x128xf32>) -> tensor<512x128xf32>
    return %1 : tensor<512x128xf32>
  }
  func.func private @_one_hot(%arg0: tensor<512xi32>) -> tensor<512x1000xf32> {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<512xi32>) -> tensor<512x1xi32>
    %1 = stablehlo.iota dim = 1 : tensor<1x1000xi32>
    %2 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<512x1xi32>) -> tensor<512x1000xi32>
    %3 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<1x1000xi32>) -> tensor<512x1000xi32>
    %4 = stablehlo.compare EQ, %2, %3, SIGNED : (tensor<512x1000xi32>, tensor<512x1000xi32>) -> tensor<512x1000xi1>
    %5 = stablehlo.convert %4 : (tensor<512x1000xi1>) -> tensor<512x1000xf32>
    return %5 : tensor<512x1000xf32>
  }
}
