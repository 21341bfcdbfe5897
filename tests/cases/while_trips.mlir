// SPDX-License-Identifier: Apache-2.0
//
// Loops of small steps, more trips than are unrolled: the JIT makes one function of each
// (core/jit/trips.h).

// Scalars of several types; the last trip leaves in the condition.
func.func @scalars() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.constant dense<1> : tensor<i64>
  %2 = stablehlo.constant dense<1.0> : tensor<f32>
  %3 = stablehlo.constant dense<1.0> : tensor<f64>
  %4 = stablehlo.constant dense<250> : tensor<ui8>
  %5 = stablehlo.constant dense<false> : tensor<i1>
  %6:6 = stablehlo.while(%i = %0, %a = %1, %b = %2, %c = %3, %d = %4, %e = %5) : tensor<i32>, tensor<i64>, tensor<f32>, tensor<f64>, tensor<ui8>, tensor<i1>
    cond {
      %n = stablehlo.constant dense<40> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %three = stablehlo.constant dense<3> : tensor<i64>
      %half = stablehlo.constant dense<0.5> : tensor<f32>
      %two = stablehlo.constant dense<2.0> : tensor<f64>
      %small = stablehlo.constant dense<1> : tensor<ui8>
      %7 = stablehlo.add %i, %one : tensor<i32>
      %8 = stablehlo.multiply %a, %three : tensor<i64>
      %9 = stablehlo.add %b, %half : tensor<f32>
      %10 = stablehlo.multiply %c, %two : tensor<f64>
      %11 = stablehlo.add %d, %small : tensor<ui8>
      %12 = stablehlo.not %e : tensor<i1>
      stablehlo.return %7, %8, %9, %10, %11, %12 : tensor<i32>, tensor<i64>, tensor<f32>, tensor<f64>, tensor<ui8>, tensor<i1>
    }
  check.expect_eq_const %6#0, dense<40> : tensor<i32>
  check.expect_eq_const %6#1, dense<-6289078614652622815> : tensor<i64>
  check.expect_eq_const %6#2, dense<21.0> : tensor<f32>
  check.expect_eq_const %6#3, dense<1099511627776.0> : tensor<f64>
  check.expect_eq_const %6#4, dense<34> : tensor<ui8>
  check.expect_eq_const %6#5, dense<false> : tensor<i1>
  return
}

// -----

// Vectors of odd sizes, and what is carried crosswise.
func.func @vectors() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi32>
  %2 = stablehlo.constant dense<[1, 1, 1]> : tensor<3xi32>
  %3 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0]> : tensor<19xf32>
  %4:4 = stablehlo.while(%i = %0, %a = %1, %b = %2, %c = %3) : tensor<i32>, tensor<3xi32>, tensor<3xi32>, tensor<19xf32>
    cond {
      %n = stablehlo.constant dense<21> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %ones = stablehlo.constant dense<1.0> : tensor<19xf32>
      %5 = stablehlo.add %i, %one : tensor<i32>
      %6 = stablehlo.add %a, %b : tensor<3xi32>
      %7 = stablehlo.add %c, %ones : tensor<19xf32>
      stablehlo.return %5, %b, %6, %7 : tensor<i32>, tensor<3xi32>, tensor<3xi32>, tensor<19xf32>
    }
  check.expect_eq_const %4#1, dense<[17711, 24476, 31241]> : tensor<3xi32>
  check.expect_eq_const %4#2, dense<[28657, 39603, 50549]> : tensor<3xi32>
  check.expect_eq_const %4#3, dense<[22.0, 23.0, 24.0, 25.0, 26.0, 27.0, 28.0, 29.0, 30.0, 31.0, 32.0, 33.0, 34.0, 35.0, 36.0, 37.0, 38.0, 39.0, 40.0]> : tensor<19xf32>
  return
}

// -----

// Reads one row after the other, and writes it where a start that is out of range is clamped.
func.func @windows() {
  %0 = stablehlo.constant dense<-2> : tensor<i32>
  %1 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 15]]> : tensor<5x3xi16>
  %2 = stablehlo.constant dense<0> : tensor<5x3xi16>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %3:2 = stablehlo.while(%i = %0, %a = %2) : tensor<i32>, tensor<5x3xi16>
    cond {
      %n = stablehlo.constant dense<20> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %4 = stablehlo.add %i, %one : tensor<i32>
      %5 = stablehlo.dynamic_slice %1, %i, %zero, sizes = [1, 3] : (tensor<5x3xi16>, tensor<i32>, tensor<i32>) -> tensor<1x3xi16>
      %6 = stablehlo.add %5, %5 : tensor<1x3xi16>
      %7 = stablehlo.dynamic_update_slice %a, %6, %4, %zero : (tensor<5x3xi16>, tensor<1x3xi16>, tensor<i32>, tensor<i32>) -> tensor<5x3xi16>
      stablehlo.return %4, %7 : tensor<i32>, tensor<5x3xi16>
    }
  check.expect_eq_const %3#1, dense<[[2, 4, 6], [2, 4, 6], [8, 10, 12], [14, 16, 18], [26, 28, 30]]> : tensor<5x3xi16>
  return
}

// -----

// The same with indices of 64 bits, far out of range on both sides; the window is cut in the middle.
func.func @wide_windows() {
  %0 = stablehlo.constant dense<-9223372036854775807> : tensor<i64>
  %1 = stablehlo.constant dense<0> : tensor<i32>
  %2 = stablehlo.constant dense<0> : tensor<2x4x2xi32>
  %3 = stablehlo.constant dense<1> : tensor<1x3x2xi32>
  %4:3 = stablehlo.while(%i = %1, %at = %0, %a = %2) : tensor<i32>, tensor<i64>, tensor<2x4x2xi32>
    cond {
      %n = stablehlo.constant dense<17> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %step = stablehlo.constant dense<1152921504606846976> : tensor<i64>
      %5 = stablehlo.add %i, %one : tensor<i32>
      %6 = stablehlo.add %at, %step : tensor<i64>
      %7 = stablehlo.convert %i : (tensor<i32>) -> tensor<i64>
      %8 = stablehlo.dynamic_slice %a, %7, %at, %6, sizes = [1, 3, 2] : (tensor<2x4x2xi32>, tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<1x3x2xi32>
      %9 = stablehlo.add %8, %3 : tensor<1x3x2xi32>
      %10 = stablehlo.dynamic_update_slice %a, %9, %7, %6, %at : (tensor<2x4x2xi32>, tensor<1x3x2xi32>, tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<2x4x2xi32>
      stablehlo.return %5, %6, %10 : tensor<i32>, tensor<i64>, tensor<2x4x2xi32>
    }
  check.expect_eq_const %4#0, dense<17> : tensor<i32>
  check.expect_eq_const %4#1, dense<-8070450532247928831> : tensor<i64>
  check.expect_eq_const %4#2, dense<[[[1, 1], [1, 1], [1, 1], [0, 0]], [[16, 16], [16, 16], [16, 16], [14, 14]]]> : tensor<2x4x2xi32>
  return
}

// -----

// Updates of single places; what is out of range, on either side, in either dimension, is left out.
func.func @places() {
  %0 = stablehlo.constant dense<-5> : tensor<i32>
  %1 = stablehlo.constant dense<0> : tensor<3x4xi32>
  %2 = stablehlo.constant dense<-4294967296> : tensor<i64>
  %3 = stablehlo.constant dense<7> : tensor<4xi8>
  %4:4 = stablehlo.while(%i = %0, %a = %1, %k = %2, %b = %3) : tensor<i32>, tensor<3x4xi32>, tensor<i64>, tensor<4xi8>
    cond {
      %n = stablehlo.constant dense<15> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %two = stablehlo.constant dense<2> : tensor<i32>
      %5 = stablehlo.add %i, %one : tensor<i32>
      %6 = stablehlo.divide %i, %two : tensor<i32>
      %8 = stablehlo.reshape %6 : (tensor<i32>) -> tensor<1xi32>
      %10 = stablehlo.broadcast_in_dim %8, dims = [0] : (tensor<1xi32>) -> tensor<2xi32>
      %11 = "stablehlo.scatter"(%a, %10, %i) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0, 1], scatter_dims_to_operand_dims = [0, 1]>}> ({
      ^bb0(%old: tensor<i32>, %new: tensor<i32>):
        stablehlo.return %new : tensor<i32>
      }) : (tensor<3x4xi32>, tensor<2xi32>, tensor<i32>) -> tensor<3x4xi32>
      %huge = stablehlo.constant dense<858993459> : tensor<i64>
      %12 = stablehlo.add %k, %huge : tensor<i64>
      %13 = stablehlo.convert %i : (tensor<i32>) -> tensor<i8>
      %14 = stablehlo.convert %5 : (tensor<i32>) -> tensor<i64>
      %15 = stablehlo.multiply %14, %12 : tensor<i64>
      %16 = stablehlo.reshape %15 : (tensor<i64>) -> tensor<1xi64>
      %17 = "stablehlo.scatter"(%b, %16, %13) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0]>}> ({
      ^bb0(%old: tensor<i8>, %new: tensor<i8>):
        stablehlo.return %new : tensor<i8>
      }) : (tensor<4xi8>, tensor<1xi64>, tensor<i8>) -> tensor<4xi8>
      stablehlo.return %5, %11, %12, %17 : tensor<i32>, tensor<3x4xi32>, tensor<i64>, tensor<4xi8>
    }
  check.expect_eq_const %4#1, dense<[[1, 0, 0, 0], [0, 3, 0, 0], [0, 0, 5, 0]]> : tensor<3x4xi32>
  check.expect_eq_const %4#3, dense<[-1, 7, 7, 7]> : tensor<4xi8>
  return
}

// -----

// Branches of two and of three, one of them empty, and a jump over all of the rest.
func.func @branches() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1:3 = stablehlo.while(%i = %0, %a = %0, %b = %0) : tensor<i32>, tensor<i32>, tensor<i32>
    cond {
      %n = stablehlo.constant dense<100> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %three = stablehlo.constant dense<3> : tensor<i32>
      %2 = stablehlo.add %i, %one : tensor<i32>
      %3 = stablehlo.remainder %i, %three : tensor<i32>
      %4 = stablehlo.compare EQ, %3, %one, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %5 = "stablehlo.if"(%4) ({
        %7 = stablehlo.add %a, %i : tensor<i32>
        stablehlo.return %7 : tensor<i32>
      }, {
        stablehlo.return %a : tensor<i32>
      }) : (tensor<i1>) -> tensor<i32>
      %index = stablehlo.subtract %3, %one : tensor<i32>
      %6 = "stablehlo.case"(%index) ({
        %8 = stablehlo.add %b, %one : tensor<i32>
        stablehlo.return %8 : tensor<i32>
      }, {
        stablehlo.return %b : tensor<i32>
      }, {
        %9 = stablehlo.subtract %b, %three : tensor<i32>
        stablehlo.return %9 : tensor<i32>
      }) : (tensor<i32>) -> tensor<i32>
      stablehlo.return %2, %5, %6 : tensor<i32>, tensor<i32>, tensor<i32>
    }
  check.expect_eq_const %1#1, dense<1617> : tensor<i32>
  check.expect_eq_const %1#2, dense<-69> : tensor<i32>
  return
}

// -----

// A loop in a loop: the inner one is a function, the outer one goes step by step.
func.func @nested() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1:2 = stablehlo.while(%i = %0, %a = %0) : tensor<i32>, tensor<i32>
    cond {
      %n = stablehlo.constant dense<30> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %2:2 = stablehlo.while(%j = %0, %b = %a) : tensor<i32>, tensor<i32>
        cond {
          %go = stablehlo.compare LT, %j, %i, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %go : tensor<i1>
        } do {
          %3 = stablehlo.add %j, %one : tensor<i32>
          %4 = stablehlo.add %b, %j : tensor<i32>
          stablehlo.return %3, %4 : tensor<i32>, tensor<i32>
        }
      %5 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %5, %2#1 : tensor<i32>, tensor<i32>
    }
  check.expect_eq_const %1#1, dense<4060> : tensor<i32>
  return
}

// -----

// Goes on until all lanes have come to an end: the condition is a reduction.
func.func @until_all() {
  %0 = stablehlo.iota dim = 0 : tensor<37xi32>
  %ones = stablehlo.constant dense<1> : tensor<37xi32>
  %zeros = stablehlo.constant dense<0> : tensor<37xi32>
  %1 = stablehlo.add %0, %ones : tensor<37xi32>
  %2:2 = stablehlo.while(%x = %1, %count = %zeros) : tensor<37xi32>, tensor<37xi32>
    cond {
      %false = stablehlo.constant dense<false> : tensor<i1>
      %3 = stablehlo.compare NE, %x, %ones, SIGNED : (tensor<37xi32>, tensor<37xi32>) -> tensor<37xi1>
      %4 = stablehlo.reduce(%3 init: %false) applies stablehlo.or across dimensions = [0] : (tensor<37xi1>, tensor<i1>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    } do {
      %two = stablehlo.constant dense<2> : tensor<37xi32>
      %three = stablehlo.constant dense<3> : tensor<37xi32>
      %3 = stablehlo.remainder %x, %two : tensor<37xi32>
      %4 = stablehlo.compare EQ, %3, %zeros, SIGNED : (tensor<37xi32>, tensor<37xi32>) -> tensor<37xi1>
      %5 = stablehlo.divide %x, %two : tensor<37xi32>
      %6 = stablehlo.multiply %x, %three : tensor<37xi32>
      %7 = stablehlo.add %6, %ones : tensor<37xi32>
      %8 = stablehlo.select %4, %5, %7 : tensor<37xi1>, tensor<37xi32>
      %9 = stablehlo.add %count, %ones : tensor<37xi32>
      %10 = stablehlo.compare NE, %x, %ones, SIGNED : (tensor<37xi32>, tensor<37xi32>) -> tensor<37xi1>
      %11 = stablehlo.select %10, %8, %x : tensor<37xi1>, tensor<37xi32>
      %12 = stablehlo.select %10, %9, %count : tensor<37xi1>, tensor<37xi32>
      stablehlo.return %11, %12 : tensor<37xi32>, tensor<37xi32>
    }
  check.expect_eq_const %2#1, dense<[0, 1, 7, 2, 5, 8, 16, 3, 19, 6, 14, 9, 9, 17, 17, 4, 12, 20, 20, 7, 7, 15, 15, 10, 23, 10, 111, 18, 18, 18, 106, 5, 26, 13, 13, 21, 21]> : tensor<37xi32>
  return
}

// -----

// Reductions to scalars, of several types and lengths, with initial values that count.
func.func @reductions() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.iota dim = 0 : tensor<23xi32>
  %2 = stablehlo.iota dim = 0 : tensor<19xi64>
  %3 = stablehlo.iota dim = 0 : tensor<70xf32>
  %4 = stablehlo.iota dim = 0 : tensor<21xf64>
  %5 = stablehlo.constant dense<0> : tensor<i64>
  %6 = stablehlo.constant dense<0.0> : tensor<f32>
  %7 = stablehlo.constant dense<0.0> : tensor<f64>
  %8 = stablehlo.constant dense<250> : tensor<ui8>
  %9 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xui8>
  %10:9 = stablehlo.while(%i = %0, %a = %1, %sum = %0, %b = %2, %largest = %5, %c = %3, %least = %6, %d = %7, %e = %8) : tensor<i32>, tensor<23xi32>, tensor<i32>, tensor<19xi64>, tensor<i64>, tensor<70xf32>, tensor<f32>, tensor<f64>, tensor<ui8>
    cond {
      %n = stablehlo.constant dense<40> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %three = stablehlo.constant dense<3> : tensor<i32>
      %ten = stablehlo.constant dense<10> : tensor<i64>
      %fifty = stablehlo.constant dense<50.0> : tensor<f32>
      %half = stablehlo.constant dense<0.5> : tensor<f64>
      %small = stablehlo.constant dense<1> : tensor<ui8>
      %11 = stablehlo.add %i, %one : tensor<i32>
      %12 = stablehlo.reduce(%a init: %three) applies stablehlo.add across dimensions = [0] : (tensor<23xi32>, tensor<i32>) -> tensor<i32>
      %13 = stablehlo.add %sum, %12 : tensor<i32>
      %ones = stablehlo.constant dense<1> : tensor<23xi32>
      %14 = stablehlo.add %a, %ones : tensor<23xi32>
      %15 = stablehlo.reduce(%b init: %ten) applies stablehlo.maximum across dimensions = [0] : (tensor<19xi64>, tensor<i64>) -> tensor<i64>
      %wide_ones = stablehlo.constant dense<1> : tensor<19xi64>
      %16 = stablehlo.subtract %b, %wide_ones : tensor<19xi64>
      %17 = stablehlo.reduce(%c init: %fifty) applies stablehlo.minimum across dimensions = [0] : (tensor<70xf32>, tensor<f32>) -> tensor<f32>
      %float_ones = stablehlo.constant dense<1.0> : tensor<70xf32>
      %18 = stablehlo.add %c, %float_ones : tensor<70xf32>
      %19 = stablehlo.reduce(%4 init: %half) applies stablehlo.add across dimensions = [0] : (tensor<21xf64>, tensor<f64>) -> tensor<f64>
      %20 = stablehlo.add %d, %19 : tensor<f64>
      %21 = stablehlo.reduce(%9 init: %e) applies stablehlo.add across dimensions = [0] : (tensor<3xui8>, tensor<ui8>) -> tensor<ui8>
      stablehlo.return %11, %14, %13, %16, %15, %18, %17, %20, %21 : tensor<i32>, tensor<23xi32>, tensor<i32>, tensor<19xi64>, tensor<i64>, tensor<70xf32>, tensor<f32>, tensor<f64>, tensor<ui8>
    }
  check.expect_eq_const %10#2, dense<28180> : tensor<i32>
  check.expect_eq_const %10#4, dense<10> : tensor<i64>
  check.expect_eq_const %10#6, dense<39.0> : tensor<f32>
  check.expect_eq_const %10#7, dense<8420.0> : tensor<f64>
  check.expect_eq_const %10#8, dense<234> : tensor<ui8>
  return
}

// -----

// Reductions of rows, of columns, and of pairs of a value and its place, in order.
func.func @reductions_of_axes() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.iota dim = 0 : tensor<35xf32>
  %2 = stablehlo.reshape %1 : (tensor<35xf32>) -> tensor<5x7xf32>
  %3 = stablehlo.constant dense<0.0> : tensor<5xf32>
  %4 = stablehlo.constant dense<0.0> : tensor<7xf32>
  %5 = stablehlo.iota dim = 0 : tensor<23xi32>
  %6 = stablehlo.constant dense<23> : tensor<23xi32>
  %7:4 = stablehlo.while(%i = %0, %rows = %3, %columns = %4, %places = %0) : tensor<i32>, tensor<5xf32>, tensor<7xf32>, tensor<i32>
    cond {
      %n = stablehlo.constant dense<40> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %zero = stablehlo.constant dense<0.0> : tensor<f32>
      %least = stablehlo.constant dense<-1> : tensor<i32>
      %8 = stablehlo.add %i, %one : tensor<i32>
      %9 = stablehlo.reduce(%2 init: %zero) applies stablehlo.maximum across dimensions = [1] : (tensor<5x7xf32>, tensor<f32>) -> tensor<5xf32>
      %10 = stablehlo.add %rows, %9 : tensor<5xf32>
      %11 = stablehlo.reduce(%2 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<5x7xf32>, tensor<f32>) -> tensor<7xf32>
      %12 = stablehlo.add %columns, %11 : tensor<7xf32>
      %13 = stablehlo.broadcast_in_dim %8, dims = [] : (tensor<i32>) -> tensor<23xi32>
      %14 = stablehlo.multiply %5, %13 : tensor<23xi32>
      %15 = stablehlo.remainder %14, %6 : tensor<23xi32>
      %16:2 = stablehlo.reduce(%15 init: %least), (%5 init: %0) across dimensions = [0] : (tensor<23xi32>, tensor<23xi32>, tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>)
        reducer(%a: tensor<i32>, %b: tensor<i32>) (%at_a: tensor<i32>, %at_b: tensor<i32>) {
        %17 = stablehlo.compare GE, %a, %b, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        %18 = stablehlo.select %17, %a, %b : tensor<i1>, tensor<i32>
        %19 = stablehlo.select %17, %at_a, %at_b : tensor<i1>, tensor<i32>
        stablehlo.return %18, %19 : tensor<i32>, tensor<i32>
      }
      %20 = stablehlo.add %places, %16#1 : tensor<i32>
      stablehlo.return %8, %10, %12, %20 : tensor<i32>, tensor<5xf32>, tensor<7xf32>, tensor<i32>
    }
  check.expect_eq_const %7#1, dense<[240.0, 520.0, 800.0, 1080.0, 1360.0]> : tensor<5xf32>
  check.expect_eq_const %7#2, dense<[2800.0, 3000.0, 3200.0, 3400.0, 3600.0, 3800.0, 4000.0]> : tensor<7xf32>
  check.expect_eq_const %7#3, dense<465> : tensor<i32>
  return
}

// -----

// Rows with something of each row and of each column, and a copy of more bytes than are worth being unrolled.
func.func @rows() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.constant dense<1.0> : tensor<9x13xf32>
  %2 = stablehlo.constant dense<2.0> : tensor<9x13xf32>
  %3 = stablehlo.iota dim = 0 : tensor<9xf32>
  %4 = stablehlo.iota dim = 0 : tensor<13xf32>
  %5:3 = stablehlo.while(%i = %0, %a = %1, %b = %2) : tensor<i32>, tensor<9x13xf32>, tensor<9x13xf32>
    cond {
      %n = stablehlo.constant dense<21> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %6 = stablehlo.add %i, %one : tensor<i32>
      %7 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<9xf32>) -> tensor<9x13xf32>
      %8 = stablehlo.broadcast_in_dim %4, dims = [1] : (tensor<13xf32>) -> tensor<9x13xf32>
      %9 = stablehlo.add %7, %8 : tensor<9x13xf32>
      %10 = stablehlo.add %9, %a : tensor<9x13xf32>
      stablehlo.return %6, %b, %10 : tensor<i32>, tensor<9x13xf32>, tensor<9x13xf32>
    }
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %11 = stablehlo.reduce(%5#2 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<9x13xf32>, tensor<f32>) -> tensor<9xf32>
  check.expect_eq_const %11, dense<[871.0, 1014.0, 1157.0, 1300.0, 1443.0, 1586.0, 1729.0, 1872.0, 2015.0]> : tensor<9xf32>
  return
}

// -----

// Complex numbers: quarter turns and a sum, in both widths.
func.func @complex() {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.constant dense<[(1.0, 2.0), (0.5, -3.0), (-4.0, 0.0)]> : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(1.0, 2.0), (0.5, -3.0), (-4.0, 1.0)]> : tensor<3xcomplex<f64>>
  %3:3 = stablehlo.while(%i = %0, %a = %1, %b = %2) : tensor<i32>, tensor<3xcomplex<f32>>, tensor<3xcomplex<f64>>
    cond {
      %n = stablehlo.constant dense<41> : tensor<i32>
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %turn = stablehlo.constant dense<(0.0, 1.0)> : tensor<3xcomplex<f32>>
      %more = stablehlo.constant dense<(1.0, -0.5)> : tensor<3xcomplex<f64>>
      %4 = stablehlo.add %i, %one : tensor<i32>
      %5 = stablehlo.multiply %a, %turn : tensor<3xcomplex<f32>>
      %6 = stablehlo.add %b, %more : tensor<3xcomplex<f64>>
      stablehlo.return %4, %5, %6 : tensor<i32>, tensor<3xcomplex<f32>>, tensor<3xcomplex<f64>>
    }
  check.expect_eq_const %3#1, dense<[(-2.0, 1.0), (3.0, 0.5), (0.0, -4.0)]> : tensor<3xcomplex<f32>>
  check.expect_eq_const %3#2, dense<[(42.0, -18.5), (41.5, -23.5), (37.0, -19.5)]> : tensor<3xcomplex<f64>>
  return
}

// -----

// A condition over no elements: nothing of a loop over such values is worth a trip.
func.func @of_nothing() {
  %0 = stablehlo.constant dense<1.0> : tensor<0x3xf32>
  %1 = stablehlo.constant dense<false> : tensor<i1>
  %2:2 = stablehlo.while(%x = %0, %n = %1) : tensor<0x3xf32>, tensor<i1>
    cond {
      %limit = stablehlo.constant dense<9.0> : tensor<0x3xf32>
      %below = stablehlo.compare LT, %x, %limit, FLOAT : (tensor<0x3xf32>, tensor<0x3xf32>) -> tensor<0x3xi1>
      %no = stablehlo.constant dense<false> : tensor<i1>
      %go = stablehlo.reduce(%below init: %no) applies stablehlo.or across dimensions = [0, 1] : (tensor<0x3xi1>, tensor<i1>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %double = stablehlo.add %x, %x : tensor<0x3xf32>
      %true = stablehlo.constant dense<true> : tensor<i1>
      stablehlo.return %double, %true : tensor<0x3xf32>, tensor<i1>
    }
  check.expect_eq_const %2#1, dense<false> : tensor<i1>
  return
}
