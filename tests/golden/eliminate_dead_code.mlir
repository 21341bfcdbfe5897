// SPDX-License-Identifier: Apache-2.0
//
// What no result and no side effect needs goes, within regions too.
//
// stage: eliminate-dead-code
func.func @main(%p: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %unused = stablehlo.exponential %x : tensor<4xf32>
  %also = stablehlo.add %unused, %x : tensor<4xf32>
  %r = "stablehlo.if"(%p) ({
    %a = stablehlo.sine %x : tensor<4xf32>
    %b = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %b : tensor<4xf32>
  }, {
    stablehlo.return %x : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<i1>, %arg1: tensor<4xf32>) -> tensor<4xf32> {
    %0 = "stablehlo.if"(%arg0) ({
      %1 = stablehlo.negate %arg1 : tensor<4xf32>
      stablehlo.return %1 : tensor<4xf32>
    }, {
      stablehlo.return %arg1 : tensor<4xf32>
    }) : (tensor<i1>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
// -----
// A call that says that it has an effect stays, with all that it reads; a result of a loop that
// nobody reads stays too, as the loop carries it.
//
// stage: eliminate-dead-code
func.func @main(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<i32> {
  %y = stablehlo.exponential %x : tensor<4xf32>
  stablehlo.custom_call @log(%y) {has_side_effect = true} : (tensor<4xf32>) -> ()
  %r:2 = stablehlo.while(%i = %n, %a = %x) : tensor<i32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %b = stablehlo.negate %a : tensor<4xf32>
      stablehlo.return %i, %b : tensor<i32>, tensor<4xf32>
    }
  return %r#0 : tensor<i32>
}
// ----> the same
