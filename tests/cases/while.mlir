// SPDX-License-Identifier: Apache-2.0
//
// Loops: counters, values from around the loop, loops within loops, no trip at all.

func.func @factorial() {
  %0 = stablehlo.constant dense<5> : tensor<i32>
  %1 = stablehlo.constant dense<1> : tensor<i32>
  %2:2 = stablehlo.while(%i = %0, %product = %1) : tensor<i32>, tensor<i32>
    cond {
      %go = stablehlo.compare GT, %i, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %next = stablehlo.multiply %product, %i : tensor<i32>
      %less = stablehlo.subtract %i, %1 : tensor<i32>
      stablehlo.return %less, %next : tensor<i32>, tensor<i32>
    }
  check.expect_eq_const %2#1, dense<120> : tensor<i32>
  return
}

// -----

func.func @swaps() {
  %0 = stablehlo.constant dense<0> : tensor<i64>
  %1 = stablehlo.constant dense<1> : tensor<i64>
  %2 = stablehlo.constant dense<3> : tensor<i64>
  %3 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %4 = stablehlo.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %5:3 = stablehlo.while(%i = %0, %a = %3, %b = %4) : tensor<i64>, tensor<2xf32>, tensor<2xf32>
    cond {
      %go = stablehlo.compare LT, %i, %2, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %next = stablehlo.add %i, %1 : tensor<i64>
      stablehlo.return %next, %b, %a : tensor<i64>, tensor<2xf32>, tensor<2xf32>
    }
  check.expect_eq_const %5#1, dense<[3.0, 4.0]> : tensor<2xf32>
  check.expect_eq_const %5#2, dense<[1.0, 2.0]> : tensor<2xf32>
  return
}

// -----

func.func @no_trip() {
  %0 = stablehlo.constant dense<7> : tensor<i64>
  %1 = stablehlo.constant dense<false> : tensor<i1>
  %2 = stablehlo.while(%a = %0) : tensor<i64>
    cond {
      stablehlo.return %1 : tensor<i1>
    } do {
      %twice = stablehlo.add %a, %a : tensor<i64>
      stablehlo.return %twice : tensor<i64>
    }
  check.expect_eq_const %2, dense<7> : tensor<i64>
  return
}

// -----

func.func @nested() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.constant dense<1> : tensor<i32>
  %2 = stablehlo.constant dense<4> : tensor<i32>
  %3:2 = stablehlo.while(%i = %0, %sum = %0) : tensor<i32>, tensor<i32>
    cond {
      %go = stablehlo.compare LT, %i, %2, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %inner:2 = stablehlo.while(%j = %0, %partial = %sum) : tensor<i32>, tensor<i32>
        cond {
          %more = stablehlo.compare LT, %j, %i, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %more : tensor<i1>
        } do {
          %j_next = stablehlo.add %j, %1 : tensor<i32>
          %p_next = stablehlo.add %partial, %i : tensor<i32>
          stablehlo.return %j_next, %p_next : tensor<i32>, tensor<i32>
        }
      %i_next = stablehlo.add %i, %1 : tensor<i32>
      stablehlo.return %i_next, %inner#1 : tensor<i32>, tensor<i32>
    }
  check.expect_eq_const %3#1, dense<14> : tensor<i32>
  return
}
