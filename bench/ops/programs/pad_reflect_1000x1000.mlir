// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1000x1000xf32>) -> (tensor<1006x1006xf32> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = call @_pad(%arg0, %c) : (tensor<1000x1000xf32>, tensor<i32>) -> tensor<1006x1006xf32>
    return %0 : tensor<1006x1006xf32>
  }
  func.func private @_pad(%arg0: tensor<1000x1000xf32>, %arg1: tensor<i32>) -> tensor<1006x1006xf32> {
    %0 = stablehlo.slice %arg0 [1:4, 0:1000] : (tensor<1000x1000xf32>) -> tensor<3x1000xf32>
    %1 = call @_flip(%0) : (tensor<3x1000xf32>) -> tensor<3x1000xf32>
    %2 = stablehlo.concatenate %1, %arg0, dim = 0 : (tensor<3x1000xf32>, tensor<1000x1000xf32>) -> tensor<1003x1000xf32>
    %3 = stablehlo.slice %2 [999:1002, 0:1000] : (tensor<1003x1000xf32>) -> tensor<3x1000xf32>
    %4 = call @_flip(%3) : (tensor<3x1000xf32>) -> tensor<3x1000xf32>
    %5 = stablehlo.concatenate %2, %4, dim = 0 : (tensor<1003x1000xf32>, tensor<3x1000xf32>) -> tensor<1006x1000xf32>
    %6 = stablehlo.slice %5 [0:1006, 1:4] : (tensor<1006x1000xf32>) -> tensor<1006x3xf32>
    %7 = call @_flip_0(%6) : (tensor<1006x3xf32>) -> tensor<1006x3xf32>
    %8 = stablehlo.concatenate %7, %5, dim = 1 : (tensor<1006x3xf32>, tensor<1006x1000xf32>) -> tensor<1006x1003xf32>
    %9 = stablehlo.slice %8 [0:1006, 999:1002] : (tensor<1006x1003xf32>) -> tensor<1006x3xf32>
    %10 = call @_flip_0(%9) : (tensor<1006x3xf32>) -> tensor<1006x3xf32>
    %11 = stablehlo.concatenate %8, %10, dim = 1 : (tensor<1006x1003xf32>, tensor<1006x3xf32>) -> tensor<1006x1006xf32>
    return %11 : tensor<1006x1006xf32>
  }
  func.func private @_flip(%arg0: tensor<3x1000xf32>) -> tensor<3x1000xf32> {
    %0 = stablehlo.reverse %arg0, dims = [0] : tensor<3x1000xf32>
    return %0 : tensor<3x1000xf32>
  }
  func.func private @_flip_0(%arg0: tensor<1006x3xf32>) -> tensor<1006x3xf32> {
    %0 = stablehlo.reverse %arg0, dims = [1] : tensor<1006x3xf32>
    return %0 : tensor<1006x3xf32>
  }
}
