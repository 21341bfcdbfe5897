// SPDX-License-Identifier: Apache-2.0
//
// Branch by index; an index out of range takes the last branch.

func.func private @pick(%index: tensor<i32>) -> (tensor<i64>, tensor<i64>) {
  %0 = stablehlo.constant dense<10> : tensor<i64>
  %1 = stablehlo.constant dense<20> : tensor<i64>
  %2:2 = "stablehlo.case"(%index) ({
    stablehlo.return %0, %1 : tensor<i64>, tensor<i64>
  }, {
    stablehlo.return %1, %0 : tensor<i64>, tensor<i64>
  }, {
    %sum = stablehlo.add %0, %1 : tensor<i64>
    stablehlo.return %sum, %sum : tensor<i64>, tensor<i64>
  }) : (tensor<i32>) -> (tensor<i64>, tensor<i64>)
  return %2#0, %2#1 : tensor<i64>, tensor<i64>
}

func.func @all_ways() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.constant dense<1> : tensor<i32>
  %2 = stablehlo.constant dense<-1> : tensor<i32>
  %3 = stablehlo.constant dense<3> : tensor<i32>
  %4:2 = call @pick(%0) : (tensor<i32>) -> (tensor<i64>, tensor<i64>)
  %5:2 = call @pick(%1) : (tensor<i32>) -> (tensor<i64>, tensor<i64>)
  %6:2 = call @pick(%2) : (tensor<i32>) -> (tensor<i64>, tensor<i64>)
  %7:2 = call @pick(%3) : (tensor<i32>) -> (tensor<i64>, tensor<i64>)
  check.expect_eq_const %4#0, dense<10> : tensor<i64>
  check.expect_eq_const %5#0, dense<20> : tensor<i64>
  check.expect_eq_const %5#1, dense<10> : tensor<i64>
  check.expect_eq_const %6#0, dense<30> : tensor<i64>
  check.expect_eq_const %7#1, dense<30> : tensor<i64>
  return
}
