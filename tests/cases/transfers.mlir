// SPDX-License-Identifier: Apache-2.0
//
// infeed, outfeed, send and recv, which only a host can answer: tests/core/ops/transfers_test.cc
// looks at what they become, tests/js/custom_calls.test.mjs answers one.

func.func private @transfers(%x: tensor<2xf32>, %t: !stablehlo.token) -> !stablehlo.token {
  %0:2 = "stablehlo.infeed"(%t) {infeed_config = "queue"} : (!stablehlo.token) -> (tensor<2xf32>, !stablehlo.token)
  %1 = "stablehlo.outfeed"(%0#0, %0#1) : (tensor<2xf32>, !stablehlo.token) -> !stablehlo.token
  %2 = "stablehlo.send"(%x, %1) {channel_handle = #stablehlo.channel_handle<handle = 5, type = 2>, is_host_transfer = true} : (tensor<2xf32>, !stablehlo.token) -> !stablehlo.token
  %3:2 = "stablehlo.recv"(%2) {channel_handle = #stablehlo.channel_handle<handle = 6, type = 3>, is_host_transfer = true} : (!stablehlo.token) -> (tensor<2xf32>, !stablehlo.token)
  return %3#1 : !stablehlo.token
}
