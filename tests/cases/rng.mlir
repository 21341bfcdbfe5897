// SPDX-License-Identifier: Apache-2.0
//
// rng: numbers lie where they must, and are others each time, in a loop as well.

func.func @uniform_floats() {
  %a = stablehlo.constant dense<-2.0> : tensor<f32>
  %b = stablehlo.constant dense<6.0> : tensor<f32>
  %shape = stablehlo.constant dense<[40, 100]> : tensor<2xi64>
  %x = stablehlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<40x100xf32>
  %as = stablehlo.broadcast_in_dim %a, dims = [] : (tensor<f32>) -> tensor<40x100xf32>
  %bs = stablehlo.broadcast_in_dim %b, dims = [] : (tensor<f32>) -> tensor<40x100xf32>
  %ge = stablehlo.compare GE, %x, %as : (tensor<40x100xf32>, tensor<40x100xf32>) -> tensor<40x100xi1>
  %lt = stablehlo.compare LT, %x, %bs : (tensor<40x100xf32>, tensor<40x100xf32>) -> tensor<40x100xi1>
  check.expect_eq_const %ge, dense<true> : tensor<40x100xi1>
  check.expect_eq_const %lt, dense<true> : tensor<40x100xi1>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %sum = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<40x100xf32>, tensor<f32>) -> tensor<f32>
  %count = stablehlo.constant dense<4000.0> : tensor<f32>
  %mean = stablehlo.divide %sum, %count : tensor<f32>
  // Six times what such a mean varies by.
  check.expect_almost_eq_const %mean, dense<2.0> : tensor<f32>, tolerance = 0.22
  return
}

// -----

func.func @normal() {
  %mean = stablehlo.constant dense<5.0> : tensor<f64>
  %deviation = stablehlo.constant dense<2.0> : tensor<f64>
  %shape = stablehlo.constant dense<4000> : tensor<1xi64>
  %x = stablehlo.rng %mean, %deviation, %shape, distribution = NORMAL : (tensor<f64>, tensor<f64>, tensor<1xi64>) -> tensor<4000xf64>
  %zero = stablehlo.constant dense<0.0> : tensor<f64>
  %count = stablehlo.constant dense<4000.0> : tensor<f64>
  %sum = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4000xf64>, tensor<f64>) -> tensor<f64>
  %average = stablehlo.divide %sum, %count : tensor<f64>
  check.expect_almost_eq %average, %mean, tolerance = 0.19 : tensor<f64>
  %means = stablehlo.broadcast_in_dim %mean, dims = [] : (tensor<f64>) -> tensor<4000xf64>
  %off = stablehlo.subtract %x, %means : tensor<4000xf64>
  %squares = stablehlo.multiply %off, %off : tensor<4000xf64>
  %total = stablehlo.reduce(%squares init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4000xf64>, tensor<f64>) -> tensor<f64>
  %variance = stablehlo.divide %total, %count : tensor<f64>
  check.expect_almost_eq_const %variance, dense<4.0> : tensor<f64>, tolerance = 0.6
  return
}

// -----

// Signed bounds, in a type whose range is wider than its largest value.
func.func @integers() {
  %a = stablehlo.constant dense<-120> : tensor<i8>
  %b = stablehlo.constant dense<120> : tensor<i8>
  %shape = stablehlo.constant dense<2000> : tensor<1xi32>
  %x = stablehlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<i8>, tensor<i8>, tensor<1xi32>) -> tensor<2000xi8>
  %low = stablehlo.constant dense<127> : tensor<i8>
  %high = stablehlo.constant dense<-128> : tensor<i8>
  %least = stablehlo.reduce(%x init: %low) applies stablehlo.minimum across dimensions = [0] : (tensor<2000xi8>, tensor<i8>) -> tensor<i8>
  %most = stablehlo.reduce(%x init: %high) applies stablehlo.maximum across dimensions = [0] : (tensor<2000xi8>, tensor<i8>) -> tensor<i8>
  %0 = stablehlo.compare GE, %least, %a : (tensor<i8>, tensor<i8>) -> tensor<i1>
  %1 = stablehlo.compare LT, %most, %b : (tensor<i8>, tensor<i8>) -> tensor<i1>
  check.expect_eq_const %0, dense<true> : tensor<i1>
  check.expect_eq_const %1, dense<true> : tensor<i1>
  return
}

// -----

// Narrow floats, where rounding would often reach the upper bound.
func.func @narrow() {
  %a = stablehlo.constant dense<0.0> : tensor<bf16>
  %b = stablehlo.constant dense<1.0> : tensor<bf16>
  %shape = stablehlo.constant dense<[30, 100]> : tensor<2xi64>
  %x = stablehlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<bf16>, tensor<bf16>, tensor<2xi64>) -> tensor<30x100xbf16>
  %bs = stablehlo.broadcast_in_dim %b, dims = [] : (tensor<bf16>) -> tensor<30x100xbf16>
  %lt = stablehlo.compare LT, %x, %bs : (tensor<30x100xbf16>, tensor<30x100xbf16>) -> tensor<30x100xi1>
  check.expect_eq_const %lt, dense<true> : tensor<30x100xi1>
  return
}

// -----

func.func @others_each_time() {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %three = stablehlo.constant dense<3> : tensor<i32>
  %a = stablehlo.constant dense<0> : tensor<i64>
  %b = stablehlo.constant dense<4611686018427387904> : tensor<i64>
  %shape = stablehlo.constant dense<> : tensor<0xi64>
  %first = stablehlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<i64>, tensor<i64>, tensor<0xi64>) -> tensor<i64>
  %distinct = stablehlo.constant dense<true> : tensor<i1>
  %0:3 = stablehlo.while(%i = %zero, %last = %first, %all = %distinct) : tensor<i32>, tensor<i64>, tensor<i1>
    cond {
      %1 = stablehlo.compare LT, %i, %three : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<i64>, tensor<i64>, tensor<0xi64>) -> tensor<i64>
      %3 = stablehlo.compare NE, %2, %last : (tensor<i64>, tensor<i64>) -> tensor<i1>
      %4 = stablehlo.and %all, %3 : tensor<i1>
      stablehlo.return %1, %2, %4 : tensor<i32>, tensor<i64>, tensor<i1>
    }
  check.expect_eq_const %0#2, dense<true> : tensor<i1>
  return
}

// -----

// The one hidden state: a key, and a counter that goes on by as many blocks as are taken.
func.func @state() {
  %0 = "webhlo.random_state"() <{count = 3 : i64}> : () -> tensor<2xui64>
  %1 = "webhlo.random_state"() <{count = 1 : i64}> : () -> tensor<2xui64>
  %2 = stablehlo.subtract %1, %0 : tensor<2xui64>
  check.expect_eq_const %2, dense<[0, 3]> : tensor<2xui64>
  return
}
