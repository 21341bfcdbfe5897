// SPDX-License-Identifier: Apache-2.0
//
// uniform_quantize and uniform_dequantize, and ops on what they make: as integers where they move or
// multiply, else as the floats that the integers stand for.

// Rounded to even, and held within the range of the type; NaN is where zero is.
func.func @per_tensor() {
  %0 = stablehlo.constant dense<[0.25, 0.75, -0.75, 100.0, -100.0, 0xFF800000]> : tensor<6xf32>
  %1 = stablehlo.uniform_quantize %0 : (tensor<6xf32>) -> tensor<6x!quant.uniform<i8<-100:127>:f32, 0.5:-2>>
  %2 = stablehlo.bitcast_convert %1 : (tensor<6x!quant.uniform<i8<-100:127>:f32, 0.5:-2>>) -> tensor<6xi8>
  check.expect_eq_const %2, dense<[-2, 0, -4, 127, -100, -100]> : tensor<6xi8>
  %3 = stablehlo.uniform_dequantize %1 : (tensor<6x!quant.uniform<i8<-100:127>:f32, 0.5:-2>>) -> tensor<6xf32>
  check.expect_eq_const %3, dense<[0.0, 1.0, -1.0, 64.5, -49.0, -49.0]> : tensor<6xf32>
  return
}

// -----

func.func @per_axis() {
  %0 = stablehlo.constant dense<[[4.0, 15.0], [-4.0, -15.0]]> : tensor<2x2xf64>
  %1 = stablehlo.uniform_quantize %0 : (tensor<2x2xf64>) -> tensor<2x2x!quant.uniform<u8:f64:1, {0.125:30, 0.5:20}>>
  %2 = stablehlo.bitcast_convert %1 : (tensor<2x2x!quant.uniform<u8:f64:1, {0.125:30, 0.5:20}>>) -> tensor<2x2xui8>
  check.expect_eq_const %2, dense<[[62, 50], [0, 0]]> : tensor<2x2xui8>
  %3 = stablehlo.uniform_dequantize %1 : (tensor<2x2x!quant.uniform<u8:f64:1, {0.125:30, 0.5:20}>>) -> tensor<2x2xf64>
  check.expect_eq_const %3, dense<[[4.0, 15.0], [-3.75, -10.0]]> : tensor<2x2xf64>
  return
}

// -----

// Blocks of two rows and one column.
func.func @sub_channel() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8>
  %1 = stablehlo.bitcast_convert %0 : (tensor<4x2xi8>) -> tensor<4x2x!quant.uniform<i8:f32:{0:2, 1:1}, {{1.0, 2.0:1}, {4.0, 8.0}}>>
  %2 = stablehlo.uniform_dequantize %1 : (tensor<4x2x!quant.uniform<i8:f32:{0:2, 1:1}, {{1.0, 2.0:1}, {4.0, 8.0}}>>) -> tensor<4x2xf32>
  check.expect_eq_const %2, dense<[[1.0, 2.0], [3.0, 6.0], [20.0, 48.0], [28.0, 64.0]]> : tensor<4x2xf32>
  return
}

// -----

func.func @requantized() {
  %0 = stablehlo.constant dense<[10, 10]> : tensor<2xi8>
  %1 = stablehlo.bitcast_convert %0 : (tensor<2xi8>) -> tensor<2x!quant.uniform<i8:f32:0, {0.1:-30, 0.5:-20}>>
  %2 = stablehlo.uniform_quantize %1 : (tensor<2x!quant.uniform<i8:f32:0, {0.1:-30, 0.5:-20}>>) -> tensor<2x!quant.uniform<i8:f32:0, {0.1:-20, 0.2:-30}>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<2x!quant.uniform<i8:f32:0, {0.1:-20, 0.2:-30}>>) -> tensor<2xi8>
  check.expect_eq_const %3, dense<[20, 45]> : tensor<2xi8>
  return
}

// -----

// Operands and result in scales of their own.
func.func @elementwise() {
  %0 = "stablehlo.constant"() <{value = dense<[2, -4, 6]> : tensor<3xi8>}> : () -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  %1 = "stablehlo.constant"() <{value = dense<[3, 5, -7]> : tensor<3xi8>}> : () -> tensor<3x!quant.uniform<i8:f32, 0.25:1>>
  %2 = stablehlo.add %0, %1 : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<3x!quant.uniform<i8:f32, 0.25:1>>) -> tensor<3x!quant.uniform<i8:f32, 0.25:-10>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<3x!quant.uniform<i8:f32, 0.25:-10>>) -> tensor<3xi8>
  check.expect_eq_const %3, dense<[-4, -14, -6]> : tensor<3xi8>
  %4 = stablehlo.compare LT, %0, %1 : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<3x!quant.uniform<i8:f32, 0.25:1>>) -> tensor<3xi1>
  check.expect_eq_const %4, dense<[false, true, false]> : tensor<3xi1>
  return
}

// -----

// What moves is integers, with their axis.
func.func @moves() {
  %0 = "stablehlo.constant"() <{value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>}> : () -> tensor<2x3x!quant.uniform<i8:f32:0, {0.1, 0.3:7}>>
  %1 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3x!quant.uniform<i8:f32:0, {0.1, 0.3:7}>>) -> tensor<3x2x!quant.uniform<i8:f32:1, {0.1, 0.3:7}>>
  %2 = stablehlo.reshape %1 : (tensor<3x2x!quant.uniform<i8:f32:1, {0.1, 0.3:7}>>) -> tensor<3x1x2x!quant.uniform<i8:f32:2, {0.1, 0.3:7}>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<3x1x2x!quant.uniform<i8:f32:2, {0.1, 0.3:7}>>) -> tensor<3x1x2xi8>
  check.expect_eq_const %3, dense<[[[1, 4]], [[2, 5]], [[3, 6]]]> : tensor<3x1x2xi8>
  return
}

// -----

// Computations and loops hold integers; what is computed within is rounded each time.
func.func @regions() {
  %0 = "stablehlo.constant"() <{value = dense<[[1, 2, 3], [4, 5, 100]]> : tensor<2x3xi8>}> : () -> tensor<2x3x!quant.uniform<i8:f32, 0.5>>
  %1 = "stablehlo.constant"() <{value = dense<0> : tensor<i8>}> : () -> tensor<!quant.uniform<i8:f32, 0.5>>
  %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [0] : (tensor<2x3x!quant.uniform<i8:f32, 0.5>>, tensor<!quant.uniform<i8:f32, 0.5>>) -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<3x!quant.uniform<i8:f32, 0.5>>) -> tensor<3xi8>
  check.expect_eq_const %3, dense<[5, 7, 103]> : tensor<3xi8>
  %true = stablehlo.constant dense<true> : tensor<i1>
  %4 = "stablehlo.if"(%true) ({
    %6 = stablehlo.add %2, %2 : tensor<3x!quant.uniform<i8:f32, 0.5>>
    stablehlo.return %6 : tensor<3x!quant.uniform<i8:f32, 0.5>>
  }, {
    stablehlo.return %2 : tensor<3x!quant.uniform<i8:f32, 0.5>>
  }) : (tensor<i1>) -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  %5 = stablehlo.bitcast_convert %4 : (tensor<3x!quant.uniform<i8:f32, 0.5>>) -> tensor<3xi8>
  check.expect_eq_const %5, dense<[10, 14, 127]> : tensor<3xi8>
  return
}

// -----

// Sums that f32 holds.
func.func @dot_general() {
  %0 = "stablehlo.constant"() <{value = dense<[[1, -2], [127, -128]]> : tensor<2x2xi8>}> : () -> tensor<2x2x!quant.uniform<i8:f32, 0.5:-128>>
  %1 = "stablehlo.constant"() <{value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>}> : () -> tensor<2x3x!quant.uniform<i8:f32, 0.25>>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<2x2x!quant.uniform<i8:f32, 0.5:-128>>, tensor<2x3x!quant.uniform<i8:f32, 0.25>>) -> tensor<2x3x!quant.uniform<i32:f32, 0.125>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<2x3x!quant.uniform<i32:f32, 0.125>>) -> tensor<2x3xi32>
  check.expect_eq_const %3, dense<[[633, 888, 1143], [255, 510, 765]]> : tensor<2x3xi32>
  return
}

// -----

// Sums that it does not hold: 300 products of 255 and 255, less one; and none of floats.
func.func @dot_general_of_many() {
  %0 = "stablehlo.constant"() <{value = dense<127> : tensor<1x300xi8>}> : () -> tensor<1x300x!quant.uniform<i8:f32, 0.5:-128>>
  %1 = "stablehlo.constant"() <{value = dense<127> : tensor<300x1xi8>}> : () -> tensor<300x1x!quant.uniform<i8:f32, 0.5>>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<1x300x!quant.uniform<i8:f32, 0.5:-128>>, tensor<300x1x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x1x!quant.uniform<i32:f32, 0.25>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<1x1x!quant.uniform<i32:f32, 0.25>>) -> tensor<1x1xi32>
  check.expect_eq_const %3, dense<9715500> : tensor<1x1xi32>
  %4 = "stablehlo.constant"() <{value = dense<32767> : tensor<1x300xi16>}> : () -> tensor<1x300x!quant.uniform<i16:f64, 0.5>>
  %5 = "stablehlo.constant"() <{value = dense<32767> : tensor<300x1xi16>}> : () -> tensor<300x1x!quant.uniform<i16:f64, 0.5>>
  %6 = stablehlo.dot_general %4, %5, contracting_dims = [1] x [0] : (tensor<1x300x!quant.uniform<i16:f64, 0.5>>, tensor<300x1x!quant.uniform<i16:f64, 0.5>>) -> tensor<1x1x!quant.uniform<i32:f64, 256.0>>
  %7 = stablehlo.bitcast_convert %6 : (tensor<1x1x!quant.uniform<i32:f64, 256.0>>) -> tensor<1x1xi32>
  // 300 32767^2 / 1024 = 314553600.29
  check.expect_eq_const %7, dense<314553600> : tensor<1x1xi32>
  return
}

// -----

// Weights with a scale for each feature; padding is what the zero point stands for.
func.func @convolution() {
  %0 = "stablehlo.constant"() <{value = dense<[[[3], [5], [7]]]> : tensor<1x3x1xi8>}> : () -> tensor<1x3x1x!quant.uniform<i8:f32, 0.5:1>>
  %1 = "stablehlo.constant"() <{value = dense<[[[1, 2]], [[3, 4]]]> : tensor<2x1x2xi8>}> : () -> tensor<2x1x2x!quant.uniform<i8:f32:2, {0.5, 0.25}>>
  %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {pad = [[1, 0]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x3x1x!quant.uniform<i8:f32, 0.5:1>>, tensor<2x1x2x!quant.uniform<i8:f32:2, {0.5, 0.25}>>) -> tensor<1x3x2x!quant.uniform<i8:f32:2, {0.25:-1, 0.125:3}>>
  %3 = stablehlo.bitcast_convert %2 : (tensor<1x3x2x!quant.uniform<i8:f32:2, {0.25:-1, 0.125:3}>>) -> tensor<1x3x2xi8>
  check.expect_eq_const %3, dense<[[[5, 11], [13, 23], [21, 35]]]> : tensor<1x3x2xi8>
  return
}

// -----

// Weights alone are quantized.
func.func @hybrid() {
  %0 = stablehlo.constant dense<[[1.5, 2.0]]> : tensor<1x2xf32>
  %1 = "stablehlo.constant"() <{value = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>}> : () -> tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 2.0}>>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<1x2xf32>, tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 2.0}>>) -> tensor<1x2xf32>
  check.expect_eq_const %2, dense<[[3.75, 22.0]]> : tensor<1x2xf32>
  return
}

// -----

// Zero of a quantized type is its zero point.
func.func @collective() {
  %0 = "stablehlo.constant"() <{value = dense<[1, 2]> : tensor<2xi8>}> : () -> tensor<2x!quant.uniform<i8:f32, 0.5:7>>
  %1 = "stablehlo.collective_permute"(%0) {source_target_pairs = dense<> : tensor<0x2xi64>} : (tensor<2x!quant.uniform<i8:f32, 0.5:7>>) -> tensor<2x!quant.uniform<i8:f32, 0.5:7>>
  %2 = stablehlo.bitcast_convert %1 : (tensor<2x!quant.uniform<i8:f32, 0.5:7>>) -> tensor<2xi8>
  check.expect_eq_const %2, dense<7> : tensor<2xi8>
  return
}
