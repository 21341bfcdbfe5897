// SPDX-License-Identifier: Apache-2.0
//
// Reductions: each well-known body, other bodies, several inputs, all dimensions, none, empty ones.

func.func @sum_rows() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %1 = stablehlo.constant dense<10> : tensor<i32>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [1] : (tensor<2x3xi32>, tensor<i32>) -> tensor<2xi32>
  check.expect_eq_const %2, dense<[16, 25]> : tensor<2xi32>
  return
}

// -----

func.func @sum_all_floats() {
  %0 = stablehlo.iota dim = 1 : tensor<40x50xf32>
  %1 = stablehlo.constant dense<0.5> : tensor<f32>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [0, 1] : (tensor<40x50xf32>, tensor<f32>) -> tensor<f32>
  check.expect_eq_const %2, dense<49000.5> : tensor<f32>
  return
}

// -----

func.func @product_outer() {
  %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf64>
  %1 = stablehlo.constant dense<1.0> : tensor<f64>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.multiply across dimensions = [0] : (tensor<3x2xf64>, tensor<f64>) -> tensor<2xf64>
  check.expect_eq_const %2, dense<[15.0, 48.0]> : tensor<2xf64>
  return
}

// -----

func.func @extremes() {
  %0 = stablehlo.constant dense<[[3, -7, 200], [0, 255, 1]]> : tensor<2x3xi16>
  %1 = stablehlo.constant dense<-32768> : tensor<i16>
  %2 = stablehlo.constant dense<32767> : tensor<i16>
  %3 = stablehlo.reduce(%0 init: %1) applies stablehlo.maximum across dimensions = [1] : (tensor<2x3xi16>, tensor<i16>) -> tensor<2xi16>
  %4 = stablehlo.reduce(%0 init: %2) applies stablehlo.minimum across dimensions = [0] : (tensor<2x3xi16>, tensor<i16>) -> tensor<3xi16>
  check.expect_eq_const %3, dense<[200, 255]> : tensor<2xi16>
  check.expect_eq_const %4, dense<[0, -7, 1]> : tensor<3xi16>
  return
}

// -----

func.func @unsigned_maximum() {
  %0 = stablehlo.constant dense<[1, 18446744073709551615, 3]> : tensor<3xui64>
  %1 = stablehlo.constant dense<0> : tensor<ui64>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.maximum across dimensions = [0] : (tensor<3xui64>, tensor<ui64>) -> tensor<ui64>
  check.expect_eq_const %2, dense<18446744073709551615> : tensor<ui64>
  return
}

// -----

func.func @nan_wins() {
  %0 = stablehlo.constant dense<[1.0, 0x7FC00000, 3.0]> : tensor<3xf32>
  %1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.maximum across dimensions = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
  check.expect_eq_const %2, dense<0x7FC00000> : tensor<f32>
  return
}

// -----

func.func @any_and_all() {
  %0 = stablehlo.constant dense<[[true, false], [true, true]]> : tensor<2x2xi1>
  %1 = stablehlo.constant dense<false> : tensor<i1>
  %2 = stablehlo.constant dense<true> : tensor<i1>
  %3 = stablehlo.reduce(%0 init: %1) applies stablehlo.or across dimensions = [1] : (tensor<2x2xi1>, tensor<i1>) -> tensor<2xi1>
  %4 = stablehlo.reduce(%0 init: %2) applies stablehlo.and across dimensions = [1] : (tensor<2x2xi1>, tensor<i1>) -> tensor<2xi1>
  check.expect_eq_const %3, dense<true> : tensor<2xi1>
  check.expect_eq_const %4, dense<[false, true]> : tensor<2xi1>
  return
}

// -----

func.func @argmax() {
  %0 = stablehlo.constant dense<[[1.0, 9.0, 3.0], [5.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %1 = stablehlo.iota dim = 1 : tensor<2x3xi32>
  %2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %3 = stablehlo.constant dense<0> : tensor<i32>
  %4:2 = stablehlo.reduce(%0 init: %2), (%1 init: %3) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
   reducer(%a: tensor<f32>, %b: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>) {
    %greater = stablehlo.compare GT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %equal = stablehlo.compare EQ, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %first = stablehlo.compare LT, %i, %j, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %tie = stablehlo.and %equal, %first : tensor<i1>
    %keep = stablehlo.or %greater, %tie : tensor<i1>
    %value = stablehlo.select %keep, %a, %b : tensor<i1>, tensor<f32>
    %index = stablehlo.select %keep, %i, %j : tensor<i1>, tensor<i32>
    stablehlo.return %value, %index : tensor<f32>, tensor<i32>
  }
  check.expect_eq_const %4#0, dense<[9.0, 5.0]> : tensor<2xf32>
  check.expect_eq_const %4#1, dense<[1, 0]> : tensor<2xi32>
  return
}

// -----

func.func @argmin_of_a_longer_row() {
  %0 = stablehlo.constant dense<[4.0, 9.0, 3.0, 8.0, 7.0, 1.0, 2.0, 5.0, 6.0, 1.0, 4.0, 9.0, 3.0, 8.0, 7.0, 0x7F800000, 1.0]> : tensor<17xf32>
  %1 = stablehlo.iota dim = 0 : tensor<17xi32>
  %2 = stablehlo.constant dense<0x7F800000> : tensor<f32>
  %3 = stablehlo.constant dense<0> : tensor<i32>
  %4:2 = stablehlo.reduce(%0 init: %2), (%1 init: %3) across dimensions = [0] : (tensor<17xf32>, tensor<17xi32>, tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
   reducer(%a: tensor<f32>, %b: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>) {
    %less = stablehlo.compare LT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %equal = stablehlo.compare EQ, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %first = stablehlo.compare LT, %i, %j, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %tie = stablehlo.and %equal, %first : tensor<i1>
    %keep = stablehlo.or %less, %tie : tensor<i1>
    %value = stablehlo.select %keep, %a, %b : tensor<i1>, tensor<f32>
    %index = stablehlo.select %keep, %i, %j : tensor<i1>, tensor<i32>
    stablehlo.return %value, %index : tensor<f32>, tensor<i32>
  }
  check.expect_eq_const %4#0, dense<1.0> : tensor<f32>
  check.expect_eq_const %4#1, dense<5> : tensor<i32>
  return
}

// -----

func.func @wider_body() {
  %0 = stablehlo.constant dense<[100, 100, 100]> : tensor<3xi8>
  %1 = stablehlo.constant dense<0> : tensor<i8>
  %2 = "stablehlo.reduce"(%0, %1) <{dimensions = array<i64: 0>}> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %sum = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %sum : tensor<i32>
  }) : (tensor<3xi8>, tensor<i8>) -> tensor<i32>
  check.expect_eq_const %2, dense<300> : tensor<i32>
  return
}

// -----

func.func @captures_a_value() {
  %0 = stablehlo.constant dense<[1, 2, 3]> : tensor<3xi64>
  %1 = stablehlo.constant dense<0> : tensor<i64>
  %two = stablehlo.constant dense<2> : tensor<i64>
  %factor = stablehlo.add %two, %two : tensor<i64>
  %2 = stablehlo.reduce(%0 init: %1) across dimensions = [0] : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
   reducer(%a: tensor<i64>, %b: tensor<i64>) {
    %scaled = stablehlo.multiply %b, %factor : tensor<i64>
    %sum = stablehlo.add %a, %scaled : tensor<i64>
    stablehlo.return %sum : tensor<i64>
  }
  check.expect_eq_const %2, dense<24> : tensor<i64>
  return
}

// -----

func.func @empty() {
  %0 = stablehlo.constant dense<> : tensor<2x0xf32>
  %1 = stablehlo.constant dense<1.5> : tensor<f32>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [1] : (tensor<2x0xf32>, tensor<f32>) -> tensor<2xf32>
  check.expect_eq_const %2, dense<1.5> : tensor<2xf32>
  return
}

// -----

func.func @no_dimensions() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (3.0, 4.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.constant dense<(0.0, 1.0)> : tensor<complex<f32>>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.multiply across dimensions = [] : (tensor<2xcomplex<f32>>, tensor<complex<f32>>) -> tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<[(-2.0, 1.0), (-4.0, 3.0)]> : tensor<2xcomplex<f32>>
  return
}

// -----

func.func @dimensions_of_one_element() {
  %0 = stablehlo.constant dense<[[[1], [5]]]> : tensor<1x2x1xi32>
  %1 = stablehlo.constant dense<3> : tensor<i32>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.maximum across dimensions = [0, 2] : (tensor<1x2x1xi32>, tensor<i32>) -> tensor<2xi32>
  check.expect_eq_const %2, dense<[3, 5]> : tensor<2xi32>
  return
}

// -----

func.func @sum_of_complex() {
  %0 = stablehlo.constant dense<[[(1.0, 2.0), (3.0, 4.0), (-1.0, 0.5)], [(5.0, 6.0), (7.0, 8.0), (0.0, 1.5)]]> : tensor<2x3xcomplex<f32>>
  %1 = stablehlo.constant dense<(10.0, 1.0)> : tensor<complex<f32>>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [0] : (tensor<2x3xcomplex<f32>>, tensor<complex<f32>>) -> tensor<3xcomplex<f32>>
  check.expect_eq_const %2, dense<[(16.0, 9.0), (20.0, 13.0), (9.0, 3.0)]> : tensor<3xcomplex<f32>>
  %3 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [0, 1] : (tensor<2x3xcomplex<f32>>, tensor<complex<f32>>) -> tensor<complex<f32>>
  check.expect_eq_const %3, dense<(25.0, 23.0)> : tensor<complex<f32>>
  return
}
