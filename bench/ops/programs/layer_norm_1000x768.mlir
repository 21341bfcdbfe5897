// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000x768xf32>, %arg1: tensor<768xf32>, %arg2: tensor<768xf32>) -> (tensor<1000x768xf32> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<9.99999974E-6> : tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %cst_0 = stablehlo.constant dense<7.680000e+02> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.reduce(%arg0 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<1000x768xf32>, tensor<f32>) -> tensor<1000xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<1000xf32>) -> tensor<1000x1xf32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1000x1xf32>
    %3 = stablehlo.divide %1, %2 : tensor<1000x1xf32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<1000x1xf32>) -> tensor<1000x768xf32>
    %5 = stablehlo.subtract %arg0, %4 : tensor<1000x768xf32>
    %6 = call @_var(%arg0, %c) : (tensor<1000x768xf32>, tensor<i32>) -> tensor<1000x1xf32>
    %7 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1000x1xf32>
    %8 = stablehlo.add %6, %7 : tensor<1000x1xf32>
    %9 = stablehlo.rsqrt %8 : tensor<1000x1xf32>
    %10 = stablehlo.broadcast_in_dim %9, dims = [0, 1] : (tensor<1000x1xf32>) -> tensor<1000x768xf32>
    %11 = stablehlo.multiply %5, %10 : tensor<1000x768xf32>
    %12 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<768xf32>) -> tensor<1x768xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1] : (tensor<1x768xf32>) -> tensor<1000x768xf32>
    %14 = stablehlo.multiply %11, %13 : tensor<1000x768xf32>
    %15 = stablehlo.broadcast_in_dim %arg2, dims = [1] : (tensor<768xf32>) -> tensor<1x768xf32>
    %16 = stablehlo.broadcast_in_dim %15, dims = [0, 1] : (tensor<1x768xf32>) -> tensor<1000x768xf32>
    %17 = stablehlo.add %14, %16 : tensor<1000x768xf32>
    return %17 : tensor<1000x768xf32>
  }
  func.func private @_var(%arg0: tensor<1000x768xf32>, %arg1: tensor<i32>) -> tensor<1000x1xf32> {
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %cst_0 = stablehlo.constant dense<7.680000e+02> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.reduce(%arg0 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<1000x768xf32>, tensor<f32>) -> tensor<1000xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<1000xf32>) -> tensor<1000x1xf32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1000x1xf32>
    %3 = stablehlo.divide %1, %2 : tensor<1000x1xf32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<1000x1xf32>) -> tensor<1000x768xf32>
    %5 = stablehlo.subtract %arg0, %4 : tensor<1000x768xf32>
    %6 = stablehlo.multiply %5, %5 : tensor<1000x768xf32>
    %7 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %8 = stablehlo.subtract %cst_0, %7 : tensor<f32>
    %9 = stablehlo.reduce(%6 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<1000x768xf32>, tensor<f32>) -> tensor<1000xf32>
    %10 = stablehlo.broadcast_in_dim %9, dims = [0] : (tensor<1000xf32>) -> tensor<1000x1xf32>
    %11 = stablehlo.broadcast_in_dim %8, dims = [] : (tensor<f32>) -> tensor<1000x1xf32>
    %12 = stablehlo.divide %10, %11 : tensor<1000x1xf32>
    %13 = stablehlo.compare GT, %8, %cst_1, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %14 = call @_where(%13, %12, %cst) : (tensor<i1>, tensor<1000x1xf32>, tensor<f32>) -> tensor<1000x1xf32>
    return %14 : tensor<1000x1xf32>
  }
  func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<1000x1xf32>, %arg2: tensor<f32>) -> tensor<1000x1xf32> {
    %0 = stablehlo.convert %arg2 : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<1000x1xf32>
    %2 = stablehlo.select %arg0, %arg1, %1 : tensor<i1>, tensor<1000x1xf32>
    return %2 : tensor<1000x1xf32>
  }
}
