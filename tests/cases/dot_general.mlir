// SPDX-License-Identifier: Apache-2.0
//
// Dot products: batching, several contracted dimensions, wider results, integers.

func.func @matrix_product() {
  %0 = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %1 = stablehlo.constant dense<[[1.0, 0.5], [0.0, -1.0], [2.0, 4.0]]> : tensor<3x2xf32>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %2, dense<[[7.0, 10.5], [16.0, 21.0]]> : tensor<2x2xf32>
  return
}

// -----

func.func @batched() {
  %0 = stablehlo.iota dim = 0 : tensor<12xi64>
  %1 = stablehlo.reshape %0 : (tensor<12xi64>) -> tensor<2x3x2xi64>
  %2 = stablehlo.reshape %0 : (tensor<12xi64>) -> tensor<3x2x2xi64>
  %3 = stablehlo.dot_general %1, %2, batching_dims = [1] x [0], contracting_dims = [2] x [2] : (tensor<2x3x2xi64>, tensor<3x2x2xi64>) -> tensor<3x2x2xi64>
  check.expect_eq_const %3, dense<[[[1, 3], [7, 33]], [[23, 33], [77, 111]], [[77, 95], [179, 221]]]> : tensor<3x2x2xi64>
  return
}

// -----

func.func @two_contracted() {
  %0 = stablehlo.iota dim = 0 : tensor<8xf64>
  %1 = stablehlo.reshape %0 : (tensor<8xf64>) -> tensor<2x2x2xf64>
  %2 = stablehlo.dot_general %1, %1, contracting_dims = [0, 2] x [2, 0] : (tensor<2x2x2xf64>, tensor<2x2x2xf64>) -> tensor<2x2xf64>
  check.expect_eq_const %2, dense<[[33.0, 53.0], [53.0, 89.0]]> : tensor<2x2xf64>
  return
}

// -----

func.func @wider_result() {
  %0 = stablehlo.constant dense<[100, 100, 100]> : tensor<3xi8>
  %1 = stablehlo.dot_general %0, %0, contracting_dims = [0] x [0] : (tensor<3xi8>, tensor<3xi8>) -> tensor<i32>
  %2 = stablehlo.constant dense<[200, 255]> : tensor<2xui8>
  %3 = stablehlo.dot_general %2, %2, contracting_dims = [0] x [0] : (tensor<2xui8>, tensor<2xui8>) -> tensor<ui32>
  check.expect_eq_const %1, dense<30000> : tensor<i32>
  check.expect_eq_const %3, dense<105025> : tensor<ui32>
  return
}

// -----

func.func @booleans() {
  %0 = stablehlo.constant dense<[[true, false], [true, true]]> : tensor<2x2xi1>
  %1 = stablehlo.dot_general %0, %0, contracting_dims = [1] x [0] : (tensor<2x2xi1>, tensor<2x2xi1>) -> tensor<2x2xi1>
  check.expect_eq_const %1, dense<[[true, false], [true, true]]> : tensor<2x2xi1>
  return
}

// -----

func.func @outer_product() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xbf16>
  %1 = stablehlo.constant dense<[3.0, 4.0, 5.0]> : tensor<3xbf16>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [] x [] : (tensor<2xbf16>, tensor<3xbf16>) -> tensor<2x3xf32>
  check.expect_eq_const %2, dense<[[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]> : tensor<2x3xf32>
  return
}

// -----

func.func @complex() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (0.0, -1.0)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.dot_general %0, %0, contracting_dims = [0] x [0] : (tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>) -> tensor<complex<f64>>
  check.expect_eq_const %1, dense<(-4.0, 4.0)> : tensor<complex<f64>>
  return
}

// -----

func.func @larger_than_a_block() {
  %0 = stablehlo.iota dim = 0 : tensor<70x65xf32>
  %1 = stablehlo.constant dense<1.0> : tensor<65x130xf32>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<70x65xf32>, tensor<65x130xf32>) -> tensor<70x130xf32>
  %3 = stablehlo.constant dense<65.0> : tensor<70x130xf32>
  %4 = stablehlo.iota dim = 0 : tensor<70x130xf32>
  %5 = stablehlo.multiply %3, %4 : tensor<70x130xf32>
  check.expect_eq %2, %5 : tensor<70x130xf32>
  return
}

// -----

// Integers whose result is a float are summed as integers, and the sum is rounded once.
func.func @integers_to_floats() {
  %0 = stablehlo.constant dense<[[4096, 1, 1]]> : tensor<1x3xi16>
  %1 = stablehlo.constant dense<[[4096], [1], [0]]> : tensor<3x1xi16>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<1x3xi16>, tensor<3x1xi16>) -> tensor<1x1xf32>
  check.expect_eq_const %2, dense<16777216.0> : tensor<1x1xf32>
  %3 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<1x3xi16>, tensor<3x1xi16>) -> tensor<1x1xf64>
  check.expect_eq_const %3, dense<16777217.0> : tensor<1x1xf64>
  %4 = stablehlo.constant dense<[-3, 4]> : tensor<2xi8>
  %5 = stablehlo.dot_general %4, %4, contracting_dims = [0] x [0] : (tensor<2xi8>, tensor<2xi8>) -> tensor<bf16>
  check.expect_eq_const %5, dense<25.0> : tensor<bf16>
  %6 = stablehlo.constant dense<18446744073709551615> : tensor<1xui64>
  %7 = stablehlo.constant dense<1> : tensor<1xui64>
  %8 = stablehlo.dot_general %6, %7, contracting_dims = [0] x [0] : (tensor<1xui64>, tensor<1xui64>) -> tensor<f32>
  check.expect_eq_const %8, dense<0x5F800000> : tensor<f32>
  return
}
