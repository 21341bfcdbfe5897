// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xf32>, %arg1: tensor<100000xi32>, %arg2: tensor<100000xf32>) -> (tensor<1000000xf32> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<1000000> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<100000xi32>
    %1 = stablehlo.compare LT, %arg1, %0, SIGNED : (tensor<100000xi32>, tensor<100000xi32>) -> tensor<100000xi1>
    %2 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<100000xi32>
    %3 = stablehlo.add %arg1, %2 : tensor<100000xi32>
    %4 = stablehlo.select %1, %3, %arg1 : tensor<100000xi1>, tensor<100000xi32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0] : (tensor<100000xi32>) -> tensor<100000x1xi32>
    %6 = "stablehlo.scatter"(%arg0, %5, %arg2) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = true}> ({
    ^bb0(%arg3: tensor<f32>, %arg4: tensor<f32>):
      stablehlo.return %arg4 : tensor<f32>
    }) : (tensor<1000000xf32>, tensor<100000x1xi32>, tensor<100000xf32>) -> tensor<1000000xf32>
    return %6 : tensor<1000000xf32>
  }
}
