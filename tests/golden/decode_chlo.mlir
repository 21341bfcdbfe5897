// SPDX-License-Identifier: Apache-2.0
//
// A composite and a custom call become ops; what another version of a composite means is what
// decomposes it.
//
// stage: decode-chlo
func.func @main(%x: tensor<4xf32>) -> (tensor<2xf32>, tensor<4xf32>) {
  %0 = stablehlo.composite "chlo.erf" %x {decomposition = @chlo.erf.impl, version = 1 : i32} : (tensor<4xf32>) -> tensor<4xf32>
  %1:2 = stablehlo.custom_call @mhlo.topk(%0) {mhlo.attributes = {k = 2 : i64, largest = false}, mhlo.version = 1 : i64} : (tensor<4xf32>) -> (tensor<2xf32>, tensor<2xi32>)
  %2 = stablehlo.composite "chlo.erf" %x {decomposition = @chlo.erf.impl, version = 2 : i32} : (tensor<4xf32>) -> tensor<4xf32>
  return %1#0, %2 : tensor<2xf32>, tensor<4xf32>
}
func.func private @chlo.erf.impl(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = stablehlo.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> (tensor<2xf32>, tensor<4xf32>) {
    %0 = chlo.erf %arg0 : tensor<4xf32> -> tensor<4xf32>
    %1 = stablehlo.negate %0 : tensor<4xf32>
    %2:2 = chlo.top_k(%1, k = 2) : tensor<4xf32> -> (tensor<2xf32>, tensor<2xi32>)
    %3 = stablehlo.negate %2#0 : tensor<2xf32>
    %4 = stablehlo.composite "chlo.erf" %arg0 {decomposition = @chlo.erf.impl, version = 2 : i32} : (tensor<4xf32>) -> tensor<4xf32>
    return %3, %4 : tensor<2xf32>, tensor<4xf32>
  }
  func.func private @chlo.erf.impl(%arg0: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.tanh %arg0 : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
