// SPDX-License-Identifier: Apache-2.0
//
// CHLO's own constants: of a type, and like a value.

func.func @constant() {
  %0 = chlo.constant dense<[1.5, -2.0]> : tensor<2xf32>
  check.expect_eq_const %0, dense<[1.5, -2.0]> : tensor<2xf32>
  return
}

// -----

func.func @constant_like() {
  %0 = stablehlo.constant dense<[[1, 2, 3]]> : tensor<1x3xi16>
  %1 = "chlo.constant_like"(%0) <{value = -7 : i16}> : (tensor<1x3xi16>) -> tensor<1x3xi16>
  check.expect_eq_const %1, dense<-7> : tensor<1x3xi16>
  %2 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xbf16>
  %3 = "chlo.constant_like"(%2) <{value = 0.5 : bf16}> : (tensor<2xbf16>) -> tensor<2xbf16>
  check.expect_eq_const %3, dense<0.5> : tensor<2xbf16>
  return
}
