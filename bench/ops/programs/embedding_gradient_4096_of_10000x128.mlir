// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4096xi32>, %arg1: tensor<4096x128xf32>) -> (tensor<10000x128xf32> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<10000> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<10000x128xf32>
    %1 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<4096xi32>
    %2 = stablehlo.compare LT, %arg0, %1, SIGNED : (tensor<4096xi32>, tensor<4096xi32>) -> tensor<4096xi1>
    %3 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<4096xi32>
    %4 = stablehlo.add %arg0, %3 : tensor<4096xi32>
    %5 = stablehlo.select %2, %4, %arg0 : tensor<4096xi1>, tensor<4096xi32>
    %6 = stablehlo.broadcast_in_dim %5, dims = [0] : (tensor<4096xi32>) -> tensor<4096x1xi32>
    %7 = "stablehlo.scatter"(%0, %6, %arg1) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %8 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %8 : tensor<f32>
    }) : (tensor<10000x128xf32>, tensor<4096x1xi32>, tensor<4096x128xf32>) -> tensor<10000x128xf32>
    return %7 : tensor<10000x128xf32>
  }
}
