// SPDX-License-Identifier: Apache-2.0
//
// The ops by which processes exchange tensors, in a group of one; tests/core/ops/collectives_test.cc
// has groups of others.

func.func @all_gather() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
  %1:2 = "stablehlo.all_gather"(%0, %0) {all_gather_dim = 1 : i64, replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<2x2xi64>, tensor<2x2xi64>) -> (tensor<2x2xi64>, tensor<2x2xi64>)
  check.expect_eq %1#0, %0 : tensor<2x2xi64>
  check.expect_eq %1#1, %0 : tensor<2x2xi64>
  return
}

// -----

// The result has the computation's type.
func.func @all_reduce() {
  %0 = stablehlo.constant dense<[1.5, 2.0]> : tensor<2xf32>
  %1 = "stablehlo.all_reduce"(%0) ({
  ^bb0(%a: tensor<f64>, %b: tensor<f64>):
    %2 = stablehlo.add %a, %b : tensor<f64>
    stablehlo.return %2 : tensor<f64>
  }) {channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>, replica_groups = dense<[[0, -1]]> : tensor<1x2xi64>, use_global_device_ids} : (tensor<2xf32>) -> tensor<2xf64>
  check.expect_eq_const %1, dense<[1.5, 2.0]> : tensor<2xf64>
  return
}

// -----

func.func @all_to_all() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
  %1 = "stablehlo.all_to_all"(%0) {concat_dimension = 0 : i64, replica_groups = dense<0> : tensor<1x1xi64>, split_count = 1 : i64, split_dimension = 1 : i64} : (tensor<2x2xi64>) -> tensor<2x2xi64>
  check.expect_eq %1, %0 : tensor<2x2xi64>
  return
}

// -----

func.func @collective_broadcast() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi64>
  %root = stablehlo.constant dense<0> : tensor<1xi32>
  %1 = "stablehlo.collective_broadcast"(%0) {replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<2xi64>) -> tensor<2xi64>
  %2 = "stablehlo.collective_broadcast"(%0) {replica_groups = dense<> : tensor<0x0xi64>} : (tensor<2xi64>) -> tensor<2xi64>
  %3 = "stablehlo.collective_broadcast"(%0, %root) {has_dynamic_root, replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<2xi64>, tensor<1xi32>) -> tensor<2xi64>
  check.expect_eq %1, %0 : tensor<2xi64>
  check.expect_eq_const %2, dense<0> : tensor<2xi64>
  check.expect_eq %3, %0 : tensor<2xi64>
  return
}

// -----

func.func @collective_permute() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (3.0, 4.0)]> : tensor<2xcomplex<f32>>
  %1 = "stablehlo.collective_permute"(%0) {source_target_pairs = dense<0> : tensor<1x2xi64>} : (tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>>
  %2 = "stablehlo.collective_permute"(%0) {source_target_pairs = dense<> : tensor<0x2xi64>} : (tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>>
  check.expect_eq %1, %0 : tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<(0.0, 0.0)> : tensor<2xcomplex<f32>>
  return
}

// -----

func.func @collective_reduce() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %root = stablehlo.constant dense<0> : tensor<1xi32>
  %1 = "stablehlo.collective_reduce"(%0, %root) ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %3 = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %3 : tensor<i32>
  }) {has_dynamic_root, replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<2xi32>, tensor<1xi32>) -> tensor<2xi32>
  %2 = "stablehlo.collective_reduce"(%0) ({
  ^bb0(%a: tensor<i64>, %b: tensor<i64>):
    %3 = stablehlo.add %a, %b : tensor<i64>
    stablehlo.return %3 : tensor<i64>
  }) {replica_groups = dense<> : tensor<0x0xi64>} : (tensor<2xi32>) -> tensor<2xi64>
  check.expect_eq %1, %0 : tensor<2xi32>
  check.expect_eq_const %2, dense<0> : tensor<2xi64>
  return
}

// -----

func.func @reduce_scatter() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %1 = "stablehlo.reduce_scatter"(%0) ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %2 = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %2 : tensor<i32>
  }) {replica_groups = dense<0> : tensor<1x1xi64>, scatter_dimension = 1 : i64} : (tensor<2x2xi8>) -> tensor<2x2xi32>
  check.expect_eq_const %1, dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  return
}

// -----

func.func @ids() {
  %0 = stablehlo.partition_id : tensor<ui32>
  %1 = stablehlo.replica_id : tensor<ui32>
  check.expect_eq_const %0, dense<0> : tensor<ui32>
  check.expect_eq_const %1, dense<0> : tensor<ui32>
  return
}

// -----

func.func @cross_replica_sum() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = "stablehlo.cross-replica-sum"(%0) {replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq %1, %0 : tensor<2xf32>
  return
}
