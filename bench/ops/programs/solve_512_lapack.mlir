// SPDX-License-Identifier: Apache-2.0
module @jit_solve attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<512x512xf32>, %arg1: tensor<512x16xf32>) -> (tensor<512x16xf32> {jax.result_info = "result"}) {
    %0 = call @solve(%arg0, %arg1) : (tensor<512x512xf32>, tensor<512x16xf32>) -> tensor<512x16xf32>
    return %0 : tensor<512x16xf32>
  }
  func.func private @solve(%arg0: tensor<512x512xf32>, %arg1: tensor<512x16xf32>) -> tensor<512x16xf32> {
    %c = stablehlo.constant dense<512> : tensor<i32>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %c_1 = stablehlo.constant dense<1> : tensor<i32>
    %0:3 = stablehlo.custom_call @lapack_sgetrf_ffi(%arg0) {mhlo.backend_config = {}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<0> : tensor<1xindex>, dense<> : tensor<0xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j])->([k, l], [m], []) {i=512, j=512, k=512, l=512, m=512}, custom>} : (tensor<512x512xf32>) -> (tensor<512x512xf32>, tensor<512xi32>, tensor<i32>)
    %1 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<512xi32>
    %2 = stablehlo.subtract %0#1, %1 : tensor<512xi32>
    %3 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<i32>
    %4 = stablehlo.compare GE, %0#2, %3, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %5 = stablehlo.broadcast_in_dim %4, dims = [] : (tensor<i1>) -> tensor<1x1xi1>
    %6 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<512x512xf32>
    %7 = stablehlo.broadcast_in_dim %5, dims = [0, 1] : (tensor<1x1xi1>) -> tensor<512x512xi1>
    %8 = stablehlo.select %7, %0#0, %6 : tensor<512x512xi1>, tensor<512x512xf32>
    %9 = stablehlo.iota dim = 0 : tensor<512xi32>
    %10:4 = stablehlo.while(%iterArg = %2, %iterArg_2 = %c_0, %iterArg_3 = %c_0, %iterArg_4 = %9) : tensor<512xi32>, tensor<i32>, tensor<i32>, tensor<512xi32>
    cond {
      %14 = stablehlo.compare LT, %iterArg_2, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %14 : tensor<i1>
    } do {
      %14:2 = func.call @closed_call(%iterArg, %iterArg_3, %iterArg_4) : (tensor<512xi32>, tensor<i32>, tensor<512xi32>) -> (tensor<i32>, tensor<512xi32>)
      %15 = stablehlo.add %iterArg_2, %c_1 : tensor<i32>
      stablehlo.return %iterArg, %15, %14#0, %14#1 : tensor<512xi32>, tensor<i32>, tensor<i32>, tensor<512xi32>
    }
    %11 = stablehlo.transpose %arg1, dims = [1, 0] : (tensor<512x16xf32>) -> tensor<16x512xf32>
    %12 = call @_lu_solve(%8, %10#3, %11) : (tensor<512x512xf32>, tensor<512xi32>, tensor<16x512xf32>) -> tensor<16x512xf32>
    %13 = stablehlo.transpose %12, dims = [1, 0] : (tensor<16x512xf32>) -> tensor<512x16xf32>
    return %13 : tensor<512x16xf32>
  }
  func.func private @closed_call(%arg0: tensor<512xi32>, %arg1: tensor<i32>, %arg2: tensor<512xi32>) -> (tensor<i32>, tensor<512xi32>) {
    %c = stablehlo.constant dense<512> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %c_1 = stablehlo.constant dense<1> : tensor<i32>
    %0 = stablehlo.add %arg1, %c_1 : tensor<i32>
    %1 = stablehlo.compare LT, %arg1, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %2 = stablehlo.convert %arg1 : tensor<i32>
    %3 = stablehlo.add %2, %c : tensor<i32>
    %4 = stablehlo.select %1, %3, %arg1 : tensor<i1>, tensor<i32>
    %5 = stablehlo.dynamic_slice %arg0, %4, sizes = [1] : (tensor<512xi32>, tensor<i32>) -> tensor<1xi32>
    %6 = stablehlo.reshape %5 : (tensor<1xi32>) -> tensor<i32>
    %7 = stablehlo.compare LT, %arg1, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %8 = stablehlo.convert %arg1 : tensor<i32>
    %9 = stablehlo.add %8, %c : tensor<i32>
    %10 = stablehlo.select %7, %9, %arg1 : tensor<i1>, tensor<i32>
    %11 = stablehlo.dynamic_slice %arg2, %10, sizes = [1] : (tensor<512xi32>, tensor<i32>) -> tensor<1xi32>
    %12 = stablehlo.reshape %11 : (tensor<1xi32>) -> tensor<i32>
    %13 = stablehlo.compare LT, %6, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %14 = stablehlo.add %6, %c : tensor<i32>
    %15 = stablehlo.select %13, %14, %6 : tensor<i1>, tensor<i32>
    %16 = stablehlo.dynamic_slice %arg2, %15, sizes = [1] : (tensor<512xi32>, tensor<i32>) -> tensor<1xi32>
    %17 = stablehlo.reshape %16 : (tensor<1xi32>) -> tensor<i32>
    %18 = stablehlo.compare LT, %arg1, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %19 = stablehlo.add %arg1, %c : tensor<i32>
    %20 = stablehlo.select %18, %19, %arg1 : tensor<i1>, tensor<i32>
    %21 = stablehlo.convert %20 : tensor<i32>
    %22 = stablehlo.broadcast_in_dim %21, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %23 = "stablehlo.scatter"(%arg2, %22, %17) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0]>, unique_indices = true}> ({
    ^bb0(%arg3: tensor<i32>, %arg4: tensor<i32>):
      stablehlo.return %arg4 : tensor<i32>
    }) : (tensor<512xi32>, tensor<1xi32>, tensor<i32>) -> tensor<512xi32>
    %24 = stablehlo.compare LT, %6, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %25 = stablehlo.add %6, %c : tensor<i32>
    %26 = stablehlo.select %24, %25, %6 : tensor<i1>, tensor<i32>
    %27 = stablehlo.broadcast_in_dim %26, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %28 = "stablehlo.scatter"(%23, %27, %12) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0]>, unique_indices = true}> ({
    ^bb0(%arg3: tensor<i32>, %arg4: tensor<i32>):
      stablehlo.return %arg4 : tensor<i32>
    }) : (tensor<512xi32>, tensor<1xi32>, tensor<i32>) -> tensor<512xi32>
    return %0, %28 : tensor<i32>, tensor<512xi32>
  }
  func.func private @_lu_solve(%arg0: tensor<512x512xf32>, %arg1: tensor<512xi32>, %arg2: tensor<16x512xf32>) -> tensor<16x512xf32> {
    %c = stablehlo.constant dense<512> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %arg2, dims = [0, 1] : (tensor<16x512xf32>) -> tensor<16x512x1xf32>
    %1 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<512xi32>
    %2 = stablehlo.compare LT, %arg1, %1, SIGNED : (tensor<512xi32>, tensor<512xi32>) -> tensor<512xi1>
    %3 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<512xi32>
    %4 = stablehlo.add %arg1, %3 : tensor<512xi32>
    %5 = stablehlo.select %2, %4, %arg1 : tensor<512xi1>, tensor<512xi32>
    %6 = stablehlo.broadcast_in_dim %5, dims = [0] : (tensor<512xi32>) -> tensor<512x1xi32>
    %7 = "stablehlo.gather"(%0, %6) <{dimension_numbers = #stablehlo.gather<offset_dims = [0, 2], collapsed_slice_dims = [1], start_index_map = [1], index_vector_dim = 1>, slice_sizes = array<i64: 16, 1, 1>}> : (tensor<16x512x1xf32>, tensor<512x1xi32>) -> tensor<16x512x1xf32>
    %8 = stablehlo.transpose %7, dims = [1, 2, 0] : (tensor<16x512x1xf32>) -> tensor<512x1x16xf32>
    %9 = stablehlo.reshape %8 : (tensor<512x1x16xf32>) -> tensor<512x16xf32>
    %10 = stablehlo.custom_call @lapack_strsm_ffi(%arg0, %9) {mhlo.backend_config = {diag = 85 : ui8, side = 76 : ui8, trans_x = 78 : ui8, uplo = 76 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [], operand_index = 1, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j], [k, l])->([m, n]) {i=512, j=512, k=512, l=16, m=512, n=16}, custom>} : (tensor<512x512xf32>, tensor<512x16xf32>) -> tensor<512x16xf32>
    %11 = stablehlo.reshape %10 : (tensor<512x16xf32>) -> tensor<512x1x16xf32>
    %12 = stablehlo.reshape %11 : (tensor<512x1x16xf32>) -> tensor<512x16xf32>
    %13 = stablehlo.custom_call @lapack_strsm_ffi(%arg0, %12) {mhlo.backend_config = {diag = 78 : ui8, side = 76 : ui8, trans_x = 78 : ui8, uplo = 85 : ui8}, mhlo.frontend_attributes = {num_batch_dims = "0"}, operand_layouts = [dense<[0, 1]> : tensor<2xindex>, dense<[0, 1]> : tensor<2xindex>], output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [], operand_index = 1, operand_tuple_indices = []>], result_layouts = [dense<[0, 1]> : tensor<2xindex>], sdy.sharding_rule = #sdy.op_sharding_rule<([i, j], [k, l])->([m, n]) {i=512, j=512, k=512, l=16, m=512, n=16}, custom>} : (tensor<512x512xf32>, tensor<512x16xf32>) -> tensor<512x16xf32>
    %14 = stablehlo.reshape %13 : (tensor<512x16xf32>) -> tensor<512x1x16xf32>
    %15 = stablehlo.transpose %14, dims = [2, 0, 1] : (tensor<512x1x16xf32>) -> tensor<16x512x1xf32>
    %16 = stablehlo.reshape %15 : (tensor<16x512x1xf32>) -> tensor<16x512xf32>
    return %16 : tensor<16x512xf32>
  }
}
