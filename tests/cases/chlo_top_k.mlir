// SPDX-License-Identifier: Apache-2.0
//
// The largest of each row, equal ones in the order of their indices.

func.func @f32() {
  %0 = stablehlo.constant dense<[[1.0, 5.0, -3.0, 5.0], [0x7F800000, -0.0, 0.0, 0x7FC00000]]> : tensor<2x4xf32>
  %1:2 = chlo.top_k(%0, k = 3) : tensor<2x4xf32> -> (tensor<2x3xf32>, tensor<2x3xi32>)
  %2 = stablehlo.constant dense<[[5.0, 5.0, 1.0], [0x7FC00000, 0x7F800000, 0.0]]> : tensor<2x3xf32>
  check.expect_close %1#0, %2, max_ulp_difference = 0 : tensor<2x3xf32>, tensor<2x3xf32>
  check.expect_eq_const %1#1, dense<[[1, 3, 0], [3, 0, 2]]> : tensor<2x3xi32>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.0, 5.0, -3.0, -0.5]> : tensor<4xbf16>
  %1:2 = chlo.top_k(%0, k = 4, is_stable = false) : tensor<4xbf16> -> (tensor<4xbf16>, tensor<4xi32>)
  check.expect_eq_const %1#0, dense<[5.0, 1.0, -0.5, -3.0]> : tensor<4xbf16>
  check.expect_eq_const %1#1, dense<[1, 0, 3, 2]> : tensor<4xi32>
  return
}

// -----

func.func @integers() {
  %0 = stablehlo.constant dense<[-1, 2, -128, 127]> : tensor<4xi8>
  %1:2 = chlo.top_k(%0, k = 2) : tensor<4xi8> -> (tensor<2xi8>, tensor<2xi32>)
  check.expect_eq_const %1#0, dense<[127, 2]> : tensor<2xi8>
  check.expect_eq_const %1#1, dense<[3, 1]> : tensor<2xi32>
  %2 = stablehlo.constant dense<[1, 18446744073709551615, 9223372036854775808]> : tensor<3xui64>
  %3:2 = chlo.top_k(%2, k = 2) : tensor<3xui64> -> (tensor<2xui64>, tensor<2xi32>)
  check.expect_eq_const %3#0, dense<[18446744073709551615, 9223372036854775808]> : tensor<2xui64>
  %4 = stablehlo.constant dense<[false, true, true]> : tensor<3xi1>
  %5:2 = chlo.top_k(%4, k = 3) : tensor<3xi1> -> (tensor<3xi1>, tensor<3xi32>)
  check.expect_eq_const %5#0, dense<[true, true, false]> : tensor<3xi1>
  check.expect_eq_const %5#1, dense<[1, 2, 0]> : tensor<3xi32>
  return
}

// -----

func.func @none() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1:2 = chlo.top_k(%0, k = 0) : tensor<2xf32> -> (tensor<0xf32>, tensor<0xi32>)
  check.expect_eq_const %1#1, dense<> : tensor<0xi32>
  return
}

// -----

// An older name, which may ask for the smallest.
func.func @custom_call() {
  %0 = stablehlo.constant dense<[3, -2, 7, -2]> : tensor<4xi32>
  %1:2 = stablehlo.custom_call @mhlo.topk(%0) {mhlo.attributes = {k = 2 : i64, largest = true}, mhlo.version = 1 : i64} : (tensor<4xi32>) -> (tensor<2xi32>, tensor<2xi32>)
  check.expect_eq_const %1#0, dense<[7, 3]> : tensor<2xi32>
  check.expect_eq_const %1#1, dense<[2, 0]> : tensor<2xi32>
  %2:2 = stablehlo.custom_call @mhlo.topk(%0) {mhlo.attributes = {k = 3 : i64, largest = false}, mhlo.version = 1 : i64} : (tensor<4xi32>) -> (tensor<3xi32>, tensor<3xi32>)
  check.expect_eq_const %2#0, dense<[-2, -2, 3]> : tensor<3xi32>
  check.expect_eq_const %2#1, dense<[1, 3, 0]> : tensor<3xi32>
  return
}
