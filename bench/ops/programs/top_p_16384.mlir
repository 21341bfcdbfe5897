// SPDX-License-Identifier: Apache-2.0
module @jit_top_p attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<16384xf32>) -> (tensor<16384xf32> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<0.899999976> : tensor<f32>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %c = stablehlo.constant dense<16384> : tensor<i32>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.negate %arg0 : tensor<16384xf32>
    %1 = call @argsort(%0) : (tensor<16384xf32>) -> tensor<16384xi32>
    %2 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<16384xi32>
    %3 = stablehlo.compare LT, %1, %2, SIGNED : (tensor<16384xi32>, tensor<16384xi32>) -> tensor<16384xi1>
    %4 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<16384xi32>
    %5 = stablehlo.add %1, %4 : tensor<16384xi32>
    %6 = stablehlo.select %3, %5, %1 : tensor<16384xi1>, tensor<16384xi32>
    %7 = stablehlo.broadcast_in_dim %6, dims = [0] : (tensor<16384xi32>) -> tensor<16384x1xi32>
    %8 = "stablehlo.gather"(%arg0, %7) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<16384xf32>, tensor<16384x1xi32>) -> tensor<16384xf32>
    %9 = stablehlo.reduce(%8 init: %cst_1) applies stablehlo.maximum across dimensions = [0] : (tensor<16384xf32>, tensor<f32>) -> tensor<f32>
    %10 = stablehlo.maximum %cst_1, %9 : tensor<f32>
    %11 = stablehlo.broadcast_in_dim %10, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %12 = stablehlo.broadcast_in_dim %11, dims = [0] : (tensor<1xf32>) -> tensor<16384xf32>
    %13 = stablehlo.subtract %8, %12 : tensor<16384xf32>
    %14 = stablehlo.exponential %13 : tensor<16384xf32>
    %15 = stablehlo.reduce(%14 init: %cst_0) applies stablehlo.add across dimensions = [0] : (tensor<16384xf32>, tensor<f32>) -> tensor<f32>
    %16 = stablehlo.broadcast_in_dim %15, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %17 = stablehlo.broadcast_in_dim %16, dims = [0] : (tensor<1xf32>) -> tensor<16384xf32>
    %18 = stablehlo.divide %14, %17 : tensor<16384xf32>
    %19 = call @cumsum(%18) : (tensor<16384xf32>) -> tensor<16384xf32>
    %20 = stablehlo.subtract %19, %18 : tensor<16384xf32>
    %21 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<16384xf32>
    %22 = stablehlo.compare LT, %20, %21, FLOAT : (tensor<16384xf32>, tensor<16384xf32>) -> tensor<16384xi1>
    %23 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<16384xf32>
    %24 = call @_where(%22, %18, %c_2) : (tensor<16384xi1>, tensor<16384xf32>, tensor<i32>) -> tensor<16384xf32>
    %25 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<16384xi32>
    %26 = stablehlo.compare LT, %1, %25, SIGNED : (tensor<16384xi32>, tensor<16384xi32>) -> tensor<16384xi1>
    %27 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<16384xi32>
    %28 = stablehlo.add %1, %27 : tensor<16384xi32>
    %29 = stablehlo.select %26, %28, %1 : tensor<16384xi1>, tensor<16384xi32>
    %30 = stablehlo.broadcast_in_dim %29, dims = [0] : (tensor<16384xi32>) -> tensor<16384x1xi32>
    %31 = "stablehlo.scatter"(%23, %30, %24) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      stablehlo.return %arg2 : tensor<f32>
    }) : (tensor<16384xf32>, tensor<16384x1xi32>, tensor<16384xf32>) -> tensor<16384xf32>
    return %31 : tensor<16384xf32>
  }
  func.func private @argsort(%arg0: tensor<16384xf32>) -> tensor<16384xi32> {
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.iota dim = 0 : tensor<16384xi32>
    %1:2 = "stablehlo.sort"(%arg0, %0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>, %arg3: tensor<i32>, %arg4: tensor<i32>):
      %2 = stablehlo.compare EQ, %arg1, %cst_0, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %3 = stablehlo.select %2, %cst_0, %arg1 : tensor<i1>, tensor<f32>
      %4 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %5 = stablehlo.select %4, %cst, %3 : tensor<i1>, tensor<f32>
      %6 = stablehlo.compare EQ, %arg2, %cst_0, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %7 = stablehlo.select %6, %cst_0, %arg2 : tensor<i1>, tensor<f32>
      %8 = stablehlo.compare NE, %arg2, %arg2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %9 = stablehlo.select %8, %cst, %7 : tensor<i1>, tensor<f32>
      %10 = stablehlo.compare LT, %5, %9, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %10 : tensor<i1>
    }) : (tensor<16384xf32>, tensor<16384xi32>) -> (tensor<16384xf32>, tensor<16384xi32>)
    return %1#1 : tensor<16384xi32>
  }
  func.func private @cumsum(%arg0: tensor<16384xf32>) -> tensor<16384xf32> {
    %0 = call @cumsum_0(%arg0) : (tensor<16384xf32>) -> tensor<16384xf32>
    return %0 : tensor<16384xf32>
  }
  func.func private @cumsum_0(%arg0: tensor<16384xf32>) -> tensor<16384xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<f32>
    %1 = "stablehlo.reduce_window"(%arg0, %0) <{padding = dense<[[16383, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 16384>}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      %2 = stablehlo.add %arg1, %arg2 : tensor<f32>
      stablehlo.return %2 : tensor<f32>
    }) : (tensor<16384xf32>, tensor<f32>) -> tensor<16384xf32>
    return %1 : tensor<16384xf32>
  }
  func.func private @_where(%arg0: tensor<16384xi1>, %arg1: tensor<16384xf32>, %arg2: tensor<i32>) -> tensor<16384xf32> {
    %0 = stablehlo.convert %arg2 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<16384xf32>
    %2 = stablehlo.select %arg0, %arg1, %1 : tensor<16384xi1>, tensor<16384xf32>
    return %2 : tensor<16384xf32>
  }
}
