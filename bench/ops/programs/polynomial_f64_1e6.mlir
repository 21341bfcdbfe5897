// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xf64>) -> (tensor<1000000xf64> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<4.000000e-01> : tensor<f64>
    %cst_0 = stablehlo.constant dense<3.000000e-01> : tensor<f64>
    %cst_1 = stablehlo.constant dense<2.000000e-01> : tensor<f64>
    %cst_2 = stablehlo.constant dense<1.000000e-01> : tensor<f64>
    %0 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f64>) -> tensor<1000000xf64>
    %1 = stablehlo.multiply %arg0, %0 : tensor<1000000xf64>
    %2 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f64>) -> tensor<1000000xf64>
    %3 = stablehlo.add %1, %2 : tensor<1000000xf64>
    %4 = stablehlo.multiply %3, %arg0 : tensor<1000000xf64>
    %5 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f64>) -> tensor<1000000xf64>
    %6 = stablehlo.add %4, %5 : tensor<1000000xf64>
    %7 = stablehlo.multiply %6, %arg0 : tensor<1000000xf64>
    %8 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f64>) -> tensor<1000000xf64>
    %9 = stablehlo.add %7, %8 : tensor<1000000xf64>
    return %9 : tensor<1000000xf64>
  }
}
