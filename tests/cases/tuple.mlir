// SPDX-License-Identifier: Apache-2.0
//
// tuple and get_tuple_element, async_start and async_done: values that hold others.

func.func @nested() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf64>
  %1 = stablehlo.constant dense<3> : tensor<i64>
  %2 = stablehlo.create_token : !stablehlo.token
  %3 = stablehlo.tuple %1, %2 : tuple<tensor<i64>, !stablehlo.token>
  %4 = stablehlo.tuple : tuple<>
  %5 = stablehlo.tuple %4, %3, %0 : tuple<tuple<>, tuple<tensor<i64>, !stablehlo.token>, tensor<2xf64>>
  %6 = stablehlo.get_tuple_element %5[1] : (tuple<tuple<>, tuple<tensor<i64>, !stablehlo.token>, tensor<2xf64>>) -> tuple<tensor<i64>, !stablehlo.token>
  %7 = stablehlo.get_tuple_element %6[0] : (tuple<tensor<i64>, !stablehlo.token>) -> tensor<i64>
  %8 = stablehlo.get_tuple_element %5[2] : (tuple<tuple<>, tuple<tensor<i64>, !stablehlo.token>, tensor<2xf64>>) -> tensor<2xf64>
  check.expect_eq_const %7, dense<3> : tensor<i64>
  check.expect_eq_const %8, dense<[1.0, 2.0]> : tensor<2xf64>
  return
}

// -----

func.func @of_a_custom_call() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %1 = stablehlo.constant dense<true> : tensor<i1>
  %2 = stablehlo.tuple %0, %1 : tuple<tensor<2xi32>, tensor<i1>>
  %3 = stablehlo.custom_call @Sharding(%2) : (tuple<tensor<2xi32>, tensor<i1>>) -> tuple<tensor<2xi32>, tensor<i1>>
  %4 = stablehlo.get_tuple_element %3[1] : (tuple<tensor<2xi32>, tensor<i1>>) -> tensor<i1>
  check.expect_eq %4, %1 : tensor<i1>
  return
}

// -----

func.func @asynchronous() {
  %0 = stablehlo.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %1 = "stablehlo.async_start"(%0) ({
  ^bb0(%a: tensor<4xi32>):
    %3 = stablehlo.slice %a [1:3] : (tensor<4xi32>) -> tensor<2xi32>
    stablehlo.return %3 : tensor<2xi32>
  }) : (tensor<4xi32>) -> !stablehlo.future<tensor<2xi32>>
  %2 = "stablehlo.async_done"(%1) : (!stablehlo.future<tensor<2xi32>>) -> tensor<2xi32>
  check.expect_eq_const %2, dense<[2, 3]> : tensor<2xi32>
  return
}
