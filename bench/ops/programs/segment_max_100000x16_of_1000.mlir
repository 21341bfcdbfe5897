// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<100000x16xf32>, %arg1: tensor<100000xi32>) -> (tensor<1000x16xf32> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1000x16xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [0] : (tensor<100000xi32>) -> tensor<100000x1xi32>
    %2 = "stablehlo.scatter"(%0, %1, %arg0) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %3 = stablehlo.maximum %arg2, %arg3 : tensor<f32>
      stablehlo.return %3 : tensor<f32>
    }) : (tensor<1000x16xf32>, tensor<100000x1xi32>, tensor<100000x16xf32>) -> tensor<1000x16xf32>
    return %2 : tensor<1000x16xf32>
  }
}
