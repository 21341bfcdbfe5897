// SPDX-License-Identifier: Apache-2.0
//
// What a tuple holds takes its place, however deep; a custom call returns the elements of its tuple.
//
// stage: resolve-tuples
func.func @main(%x: tensor<2xf32>, %y: tensor<3xi32>) -> (tensor<2xf32>, tensor<i1>) {
  %0 = stablehlo.tuple %y, %x : tuple<tensor<3xi32>, tensor<2xf32>>
  %1 = stablehlo.tuple %0 : tuple<tuple<tensor<3xi32>, tensor<2xf32>>>
  %2 = stablehlo.custom_call @foreign(%1) : (tuple<tuple<tensor<3xi32>, tensor<2xf32>>>) -> tuple<tensor<2xf32>, tensor<i1>>
  %3 = stablehlo.get_tuple_element %2[0] : (tuple<tensor<2xf32>, tensor<i1>>) -> tensor<2xf32>
  %4 = stablehlo.get_tuple_element %2[1] : (tuple<tensor<2xf32>, tensor<i1>>) -> tensor<i1>
  return %3, %4 : tensor<2xf32>, tensor<i1>
}
// ---->
module {
  func.func @main(%arg0: tensor<2xf32>, %arg1: tensor<3xi32>) -> (tensor<2xf32>, tensor<i1>) {
    %0:2 = stablehlo.custom_call @foreign(%arg1, %arg0) : (tensor<3xi32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<i1>)
    return %0#0, %0#1 : tensor<2xf32>, tensor<i1>
  }
}
// -----
// What starts asynchronously is computed where it starts.
//
// stage: resolve-tuples
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "stablehlo.async_start"(%x) ({
  ^bb0(%a: tensor<4xf32>):
    %1 = "stablehlo.collective_permute"(%a) <{source_target_pairs = dense<[[0, 1], [1, 0]]> : tensor<2x2xi64>}> : (tensor<4xf32>) -> tensor<4xf32>
    stablehlo.return %1 : tensor<4xf32>
  }) : (tensor<4xf32>) -> !stablehlo.future<tensor<4xf32>>
  %2 = stablehlo.negate %x : tensor<4xf32>
  %3 = "stablehlo.async_done"(%0) : (!stablehlo.future<tensor<4xf32>>) -> tensor<4xf32>
  %4 = stablehlo.add %2, %3 : tensor<4xf32>
  return %4 : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> tensor<4xf32> {
    %0 = "stablehlo.collective_permute"(%arg0) <{source_target_pairs = dense<[[0, 1], [1, 0]]> : tensor<2x2xi64>}> : (tensor<4xf32>) -> tensor<4xf32>
    %1 = stablehlo.negate %arg0 : tensor<4xf32>
    %2 = stablehlo.add %1, %0 : tensor<4xf32>
    return %2 : tensor<4xf32>
  }
}
