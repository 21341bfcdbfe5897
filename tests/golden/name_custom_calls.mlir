// SPDX-License-Identifier: Apache-2.0
//
// Custom calls that are ops by another name become these, with the functions that they call as regions.
//
// stage: name-custom-calls
func.func @main(%x: tensor<?xf32>, %init: tensor<f32>, %window: tensor<1xi32>, %padding: tensor<1x2xi32>) -> tensor<?xf32> {
  %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %some = stablehlo.compare GE, %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i1>
  stablehlo.custom_call @shape_assertion(%some, %n) {api_version = 2 : i32, error_message = "there are {0}", has_side_effect = true} : (tensor<i1>, tensor<i32>) -> ()
  %y = stablehlo.custom_call @stablehlo.dynamic_reduce_window(%x, %init, %window, %window, %window, %window, %padding) {called_computations = [@sum]} : (tensor<?xf32>, tensor<f32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1x2xi32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
func.func private @sum(%a: tensor<f32>, %b: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.add %a, %b : tensor<f32>
  return %0 : tensor<f32>
}
// ---->
module {
  func.func @main(%arg0: tensor<?xf32>, %arg1: tensor<f32>, %arg2: tensor<1xi32>, %arg3: tensor<1x2xi32>) -> tensor<?xf32> {
    %0 = stablehlo.get_dimension_size %arg0, dim = 0 : (tensor<?xf32>) -> tensor<i32>
    %1 = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.compare GE, %0, %1 : (tensor<i32>, tensor<i32>) -> tensor<i1>
    "webhlo.shape_assertion"(%2, %0) <{error_message = "there are {0}"}> : (tensor<i1>, tensor<i32>) -> ()
    %3 = "webhlo.dynamic_reduce_window"(%arg0, %arg1, %arg2, %arg2, %arg2, %arg2, %arg3) ({
    ^bb0(%arg4: tensor<f32>, %arg5: tensor<f32>):
      %4 = stablehlo.add %arg4, %arg5 : tensor<f32>
      stablehlo.return %4 : tensor<f32>
    }) : (tensor<?xf32>, tensor<f32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1x2xi32>) -> tensor<?xf32>
    return %3 : tensor<?xf32>
  }
  func.func private @sum(%arg0: tensor<f32>, %arg1: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.add %arg0, %arg1 : tensor<f32>
    return %0 : tensor<f32>
  }
}
// -----
// Other custom calls stay.
//
// stage: name-custom-calls
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = stablehlo.custom_call @Sharding(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
// ----> the same
