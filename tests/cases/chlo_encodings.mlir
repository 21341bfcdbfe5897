// SPDX-License-Identifier: Apache-2.0
//
// Ops of CHLO as composites and as custom calls. Decompositions here are wrong, so that what is
// computed shows.

func.func private @chlo.erf.impl(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.constant dense<7.0> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

func.func @composite() {
  %0 = stablehlo.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %1 = stablehlo.composite "chlo.erf" %0 {decomposition = @chlo.erf.impl, version = 1 : i32} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = stablehlo.constant dense<[0.5204999, -0.8427008]> : tensor<2xf32>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func private @chlo.erf.impl(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = stablehlo.constant dense<7.0> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// Another version, attributes that the op lacks, a name that nobody knows: what decomposes them.
func.func @other_composites() {
  %0 = stablehlo.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %1 = stablehlo.composite "chlo.erf" %0 {decomposition = @chlo.erf.impl, version = 2 : i32} : (tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<7.0> : tensor<2xf32>
  %2 = stablehlo.composite "chlo.erf" %0 {composite_attributes = {scale = 2 : i64}, decomposition = @chlo.erf.impl, version = 1 : i32} : (tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq_const %2, dense<7.0> : tensor<2xf32>
  %3 = stablehlo.composite "chlo.serf" %0 {decomposition = @chlo.erf.impl, version = 1 : i32} : (tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq_const %3, dense<7.0> : tensor<2xf32>
  return
}

// -----

func.func private @chlo.erf.impl(%a: tensor<2xi32>) -> tensor<2xi32> {
  %0 = stablehlo.constant dense<7> : tensor<2xi32>
  return %0 : tensor<2xi32>
}

// The op has no such operands.
func.func @other_types() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %1 = stablehlo.composite "chlo.erf" %0 {decomposition = @chlo.erf.impl, version = 1 : i32} : (tensor<2xi32>) -> tensor<2xi32>
  check.expect_eq_const %1, dense<7> : tensor<2xi32>
  return
}

// -----

func.func @custom_calls() {
  %0 = stablehlo.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %1 = stablehlo.custom_call @mhlo.erf(%0) {mhlo.attributes = {}, mhlo.version = 1 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = stablehlo.constant dense<[0.5204999, -0.8427008]> : tensor<2xf32>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<2xf32>, tensor<2xf32>
  %3 = stablehlo.custom_call @mhlo.tan(%0) {mhlo.attributes = {}, mhlo.version = 1 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  %4 = stablehlo.constant dense<[0.5463025, -1.5574077]> : tensor<2xf32>
  check.expect_close %3, %4, max_ulp_difference = 1 : tensor<2xf32>, tensor<2xf32>
  %5 = stablehlo.custom_call @chlo.is_inf(%0) : (tensor<2xf32>) -> tensor<2xi1>
  check.expect_eq_const %5, dense<false> : tensor<2xi1>
  return
}

// -----

func.func private @greater(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<i1> {
  %0 = stablehlo.compare GT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
  return %0 : tensor<i1>
}

// The best of columns, and where they are; all of them.
func.func @approx_top_k() {
  %0 = stablehlo.constant dense<[[1.0, 8.0], [5.0, -3.0], [4.0, 8.0], [5.0, 2.0]]> : tensor<4x2xf32>
  %1 = stablehlo.iota dim = 0 : tensor<4x2xi32>
  %2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %3 = stablehlo.constant dense<-1> : tensor<i32>
  %4:2 = stablehlo.custom_call @ApproxTopK(%0, %1, %2, %3) {called_computations = [@greater], mhlo.backend_config = {aggregate_to_topk = true, recall_target = 0.95 : f32, reduction_dim = 0 : i64, reduction_input_size_override = -1 : i64, top_k = 2 : i64}} : (tensor<4x2xf32>, tensor<4x2xi32>, tensor<f32>, tensor<i32>) -> (tensor<2x2xf32>, tensor<2x2xi32>)
  check.expect_eq_const %4#0, dense<[[5.0, 8.0], [5.0, 8.0]]> : tensor<2x2xf32>
  check.expect_eq_const %4#1, dense<[[1, 0], [3, 2]]> : tensor<2x2xi32>
  return
}
