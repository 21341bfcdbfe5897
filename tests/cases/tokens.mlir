// SPDX-License-Identifier: Apache-2.0
//
// after_all and create_token, which order what has side effects and hold nothing.

func.func @ordered() {
  %0 = stablehlo.create_token : !stablehlo.token
  %1 = stablehlo.after_all : !stablehlo.token
  %2 = stablehlo.after_all %0, %1 : !stablehlo.token
  %3 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %4:2 = stablehlo.optimization_barrier %3, %2 : tensor<2xf32>, !stablehlo.token
  check.expect_eq %4#0, %3 : tensor<2xf32>
  return
}

// -----

func.func @carried_by_a_loop() {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %five = stablehlo.constant dense<5> : tensor<i32>
  %token = stablehlo.create_token : !stablehlo.token
  %0:2 = stablehlo.while(%i = %zero, %t = %token) : tensor<i32>, !stablehlo.token
    cond {
      %1 = stablehlo.compare LT, %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.after_all %t, %t : !stablehlo.token
      stablehlo.return %1, %2 : tensor<i32>, !stablehlo.token
    }
  check.expect_eq %0#0, %five : tensor<i32>
  return
}
