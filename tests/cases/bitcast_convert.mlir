// SPDX-License-Identifier: Apache-2.0
//
// Bits reinterpreted: same width, narrower (least significant first), wider.

func.func @same_width() {
  %0 = stablehlo.constant dense<[1.0, -0.0]> : tensor<2xf32>
  %1 = stablehlo.bitcast_convert %0 : (tensor<2xf32>) -> tensor<2xui32>
  check.expect_eq_const %1, dense<[1065353216, 2147483648]> : tensor<2xui32>
  return
}

// -----

func.func @narrower() {
  %0 = stablehlo.constant dense<[0x01020304, 0x05060708]> : tensor<2xui32>
  %1 = stablehlo.bitcast_convert %0 : (tensor<2xui32>) -> tensor<2x4xui8>
  check.expect_eq_const %1, dense<[[4, 3, 2, 1], [8, 7, 6, 5]]> : tensor<2x4xui8>
  return
}

// -----

func.func @wider() {
  %0 = stablehlo.constant dense<[[0, 16256], [0, 16320]]> : tensor<2x2xi16>
  %1 = stablehlo.bitcast_convert %0 : (tensor<2x2xi16>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[1.0, 1.5]> : tensor<2xf32>
  return
}

// -----

func.func @nibbles() {
  %0 = stablehlo.constant dense<[0x21, 0x9F]> : tensor<2xui8>
  %1 = stablehlo.bitcast_convert %0 : (tensor<2xui8>) -> tensor<2x2xi4>
  %2 = stablehlo.bitcast_convert %1 : (tensor<2x2xi4>) -> tensor<2xui8>
  check.expect_eq_const %1, dense<[[1, 2], [-1, -7]]> : tensor<2x2xi4>
  check.expect_eq_const %2, dense<[33, 159]> : tensor<2xui8>
  return
}
