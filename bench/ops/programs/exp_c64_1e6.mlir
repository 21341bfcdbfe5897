// SPDX-License-Identifier: Apache-2.0
module @jit_exp attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000000xcomplex<f32>>) -> (tensor<1000000xcomplex<f32>> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<1000000xf32>
    %cst_0 = stablehlo.constant dense<5.000000e-01> : tensor<1000000xf32>
    %cst_1 = stablehlo.constant dense<0x7F800000> : tensor<1000000xf32>
    %0 = stablehlo.real %arg0 : (tensor<1000000xcomplex<f32>>) -> tensor<1000000xf32>
    %1 = stablehlo.exponential %0 : tensor<1000000xf32>
    %2 = stablehlo.compare EQ, %1, %cst_1 : (tensor<1000000xf32>, tensor<1000000xf32>) -> tensor<1000000xi1>
    %3 = stablehlo.multiply %0, %cst_0 : tensor<1000000xf32>
    %4 = stablehlo.exponential %3 : tensor<1000000xf32>
    %5 = stablehlo.imag %arg0 : (tensor<1000000xcomplex<f32>>) -> tensor<1000000xf32>
    %6 = stablehlo.cosine %5 : tensor<1000000xf32>
    %7 = stablehlo.multiply %4, %6 : tensor<1000000xf32>
    %8 = stablehlo.multiply %7, %4 : tensor<1000000xf32>
    %9 = stablehlo.multiply %1, %6 : tensor<1000000xf32>
    %10 = stablehlo.select %2, %8, %9 : tensor<1000000xi1>, tensor<1000000xf32>
    %11 = stablehlo.compare EQ, %5, %cst : (tensor<1000000xf32>, tensor<1000000xf32>) -> tensor<1000000xi1>
    %12 = stablehlo.sine %5 : tensor<1000000xf32>
    %13 = stablehlo.multiply %4, %12 : tensor<1000000xf32>
    %14 = stablehlo.multiply %13, %4 : tensor<1000000xf32>
    %15 = stablehlo.multiply %1, %12 : tensor<1000000xf32>
    %16 = stablehlo.select %2, %14, %15 : tensor<1000000xi1>, tensor<1000000xf32>
    %17 = stablehlo.select %11, %cst, %16 : tensor<1000000xi1>, tensor<1000000xf32>
    %18 = stablehlo.complex %10, %17 : tensor<1000000xcomplex<f32>>
    return %18 : tensor<1000000xcomplex<f32>>
  }
}
