// SPDX-License-Identifier: Apache-2.0
//
// Ops of the Shardy dialect, on one device.

func.func @identity() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = sdy.sharding_constraint %0 <@mesh, [{"a"}]> : tensor<2xf32>
  %2 = sdy.reshard %1 <@mesh, [{}]> : tensor<2xf32>
  %3 = sdy.manual_computation(%2) in_shardings=[<@mesh, [{"a"}]>] out_shardings=[<@mesh, [{"a"}]>] manual_axes={"a"} (%a: tensor<2xf32>) {
    %4 = stablehlo.add %a, %0 : tensor<2xf32>
    sdy.return %4 : tensor<2xf32>
  } : (tensor<2xf32>) -> tensor<2xf32>
  check.expect_eq_const %3, dense<[2.0, 4.0]> : tensor<2xf32>
  return
}
