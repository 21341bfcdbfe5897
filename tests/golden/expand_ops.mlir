// SPDX-License-Identifier: Apache-2.0
//
// Sugar becomes simpler ops.
//
// stage: expand-ops
func.func @main(%x: tensor<3x4xf32>, %y: tensor<4xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.dot %x, %y : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3xf32>
  %1 = stablehlo.broadcast %0, sizes = [2] : (tensor<3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<3x4xf32>, %arg1: tensor<4xf32>) -> tensor<2x3xf32> {
    %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  }
}
// -----
// What is exchanged with the host is a custom call; tokens are gone, the order is the program's.
//
// stage: expand-ops
func.func @main(%x: tensor<2xf32>) -> tensor<3xi32> {
  %0 = stablehlo.create_token : !stablehlo.token
  %1 = "stablehlo.outfeed"(%x, %0) {outfeed_config = "queue"} : (tensor<2xf32>, !stablehlo.token) -> !stablehlo.token
  %2:2 = "stablehlo.recv"(%1) {channel_handle = #stablehlo.channel_handle<handle = 5, type = 3>, is_host_transfer = true} : (!stablehlo.token) -> (tensor<3xi32>, !stablehlo.token)
  return %2#0 : tensor<3xi32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2xf32>) -> tensor<3xi32> {
    stablehlo.custom_call @stablehlo.outfeed(%arg0) {backend_config = "queue", has_side_effect = true} : (tensor<2xf32>) -> ()
    %0 = stablehlo.custom_call @stablehlo.recv() {backend_config = "5", has_side_effect = true} : () -> tensor<3xi32>
    return %0 : tensor<3xi32>
  }
}
// -----
// Collectives are what they are in a group of one.
//
// stage: expand-ops
func.func @main(%x: tensor<2xf32>) -> (tensor<2xf64>, tensor<2xf32>, tensor<ui32>) {
  %0 = "stablehlo.all_reduce"(%x) ({
  ^bb0(%a: tensor<f64>, %b: tensor<f64>):
    %1 = stablehlo.add %a, %b : tensor<f64>
    stablehlo.return %1 : tensor<f64>
  }) {replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<2xf32>) -> tensor<2xf64>
  %2 = "stablehlo.collective_permute"(%x) {source_target_pairs = dense<> : tensor<0x2xi64>} : (tensor<2xf32>) -> tensor<2xf32>
  %3 = stablehlo.replica_id : tensor<ui32>
  return %0, %2, %3 : tensor<2xf64>, tensor<2xf32>, tensor<ui32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2xf32>) -> (tensor<2xf64>, tensor<2xf32>, tensor<ui32>) {
    %0 = stablehlo.convert %arg0 : (tensor<2xf32>) -> tensor<2xf64>
    %1 = stablehlo.constant dense<0.0> : tensor<2xf32>
    %2 = stablehlo.constant dense<0> : tensor<ui32>
    return %0, %1, %2 : tensor<2xf64>, tensor<2xf32>, tensor<ui32>
  }
}
