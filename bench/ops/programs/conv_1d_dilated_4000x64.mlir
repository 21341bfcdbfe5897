// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<1x4000x64xf32>, %arg1: tensor<3x64x64xf32>) -> (tensor<1x4000x64xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.convolution(%arg0, %arg1) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {pad = [[8, 8]], rhs_dilate = [8]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4000x64xf32>, tensor<3x64x64xf32>) -> tensor<1x4000x64xf32>
    return %0 : tensor<1x4000x64xf32>
  }
}
