// SPDX-License-Identifier: Apache-2.0
//
// Conversions: floats to integers truncate and saturate, NaN becomes 0; integers wrap; floats round to nearest even.

func.func @f32_to_i8() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 1.0e+10, -1.0e+10, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.convert %0 : (tensor<10xf32>) -> tensor<10xi8>
  check.expect_eq_const %1, dense<[0, 1, -1, 127, -128, 127, -128, 127, -128, 0]> : tensor<10xi8>
  return
}

// -----

func.func @f64_to_i8() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 10000000000.0, -10000000000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.convert %0 : (tensor<10xf64>) -> tensor<10xi8>
  check.expect_eq_const %1, dense<[0, 1, -1, 127, -128, 127, -128, 127, -128, 0]> : tensor<10xi8>
  return
}

// -----

func.func @f32_to_ui8() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 1.0e+10, -1.0e+10, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.convert %0 : (tensor<10xf32>) -> tensor<10xui8>
  check.expect_eq_const %1, dense<[0, 1, 0, 255, 0, 255, 0, 255, 0, 0]> : tensor<10xui8>
  return
}

// -----

func.func @f64_to_ui8() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 10000000000.0, -10000000000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.convert %0 : (tensor<10xf64>) -> tensor<10xui8>
  check.expect_eq_const %1, dense<[0, 1, 0, 255, 0, 255, 0, 255, 0, 0]> : tensor<10xui8>
  return
}

// -----

func.func @f32_to_i32() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 1.0e+10, -1.0e+10, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.convert %0 : (tensor<10xf32>) -> tensor<10xi32>
  check.expect_eq_const %1, dense<[0, 1, -1, 300, -300, 2147483647, -2147483648, 2147483647, -2147483648, 0]> : tensor<10xi32>
  return
}

// -----

func.func @f64_to_i32() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 10000000000.0, -10000000000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.convert %0 : (tensor<10xf64>) -> tensor<10xi32>
  check.expect_eq_const %1, dense<[0, 1, -1, 300, -300, 2147483647, -2147483648, 2147483647, -2147483648, 0]> : tensor<10xi32>
  return
}

// -----

func.func @f32_to_ui32() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 1.0e+10, -1.0e+10, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.convert %0 : (tensor<10xf32>) -> tensor<10xui32>
  check.expect_eq_const %1, dense<[0, 1, 0, 300, 0, 4294967295, 0, 4294967295, 0, 0]> : tensor<10xui32>
  return
}

// -----

func.func @f64_to_ui32() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 10000000000.0, -10000000000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.convert %0 : (tensor<10xf64>) -> tensor<10xui32>
  check.expect_eq_const %1, dense<[0, 1, 0, 300, 0, 4294967295, 0, 4294967295, 0, 0]> : tensor<10xui32>
  return
}

// -----

func.func @f32_to_i64() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 1.0e+10, -1.0e+10, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.convert %0 : (tensor<10xf32>) -> tensor<10xi64>
  check.expect_eq_const %1, dense<[0, 1, -1, 300, -300, 10000000000, -10000000000, 9223372036854775807, -9223372036854775808, 0]> : tensor<10xi64>
  return
}

// -----

func.func @f64_to_i64() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 10000000000.0, -10000000000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.convert %0 : (tensor<10xf64>) -> tensor<10xi64>
  check.expect_eq_const %1, dense<[0, 1, -1, 300, -300, 10000000000, -10000000000, 9223372036854775807, -9223372036854775808, 0]> : tensor<10xi64>
  return
}

// -----

func.func @f32_to_ui64() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 1.0e+10, -1.0e+10, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.convert %0 : (tensor<10xf32>) -> tensor<10xui64>
  check.expect_eq_const %1, dense<[0, 1, 0, 300, 0, 10000000000, 0, 18446744073709551615, 0, 0]> : tensor<10xui64>
  return
}

// -----

func.func @f64_to_ui64() {
  %0 = stablehlo.constant dense<[0.0, 1.9, -1.9, 300.0, -300.0, 10000000000.0, -10000000000.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.convert %0 : (tensor<10xf64>) -> tensor<10xui64>
  check.expect_eq_const %1, dense<[0, 1, 0, 300, 0, 10000000000, 0, 18446744073709551615, 0, 0]> : tensor<10xui64>
  return
}

// -----

func.func @f32_to_f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7F800000, 0x7FC00000]> : tensor<11xf32>
  %1 = stablehlo.convert %0 : (tensor<11xf32>) -> tensor<11xf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.0999755859375, -2.71875, 1.1920928955078125e-07, 65504.0, 65504.0, 0x7C00, 0x7C00, 0x7E00]> : tensor<11xf16>
  return
}

// -----

func.func @f32_to_bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7F800000, 0x7FC00000]> : tensor<11xf32>
  %1 = stablehlo.convert %0 : (tensor<11xf32>) -> tensor<11xbf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.10009765625, -2.71875, 1.0011717677116394e-07, 65536.0, 65536.0, 65536.0, 0x7F80, 0x7FC0]> : tensor<11xbf16>
  return
}

// -----

func.func @f64_to_f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817459106445, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  %1 = stablehlo.convert %0 : (tensor<11xf64>) -> tensor<11xf32>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.1, -2.7182817, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7F800000, 0x7FC00000]> : tensor<11xf32>
  return
}

// -----

func.func @f64_to_bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817459106445, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<11xf64>
  %1 = stablehlo.convert %0 : (tensor<11xf64>) -> tensor<11xbf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.10009765625, -2.71875, 1.0011717677116394e-07, 65536.0, 65536.0, 65536.0, 0x7F80, 0x7FC0]> : tensor<11xbf16>
  return
}

// -----

func.func @f16_to_f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817459106445, 1.0e-07, 65504.0, 65519.0, 1.5, 0x7C00, 0x7E00]> : tensor<11xf16>
  %1 = stablehlo.convert %0 : (tensor<11xf16>) -> tensor<11xf32>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.099975586, -2.71875, 1.1920929e-07, 65504.0, 65504.0, 1.5, 0x7F800000, 0x7FC00000]> : tensor<11xf32>
  return
}

// -----

func.func @bf16_to_f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817459106445, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7F80, 0x7FC0]> : tensor<11xbf16>
  %1 = stablehlo.convert %0 : (tensor<11xbf16>) -> tensor<11xf32>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.100097656, -2.71875, 1.0011718e-07, 65536.0, 65536.0, 65536.0, 0x7F800000, 0x7FC00000]> : tensor<11xf32>
  return
}

// -----

func.func @bf16_to_f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 0.1, -2.7182817459106445, 1.0e-07, 65504.0, 65519.0, 65520.0, 0x7F80, 0x7FC0]> : tensor<11xbf16>
  %1 = stablehlo.convert %0 : (tensor<11xbf16>) -> tensor<11xf16>
  check.expect_eq_const %1, dense<[0.0, -0.0, 1.0, 0.10009765625, -2.71875, 1.1920928955078125e-07, 0x7C00, 0x7C00, 0x7C00, 0x7C00, 0x7E00]> : tensor<11xf16>
  return
}

// -----

func.func @i64_to_i8() {
  %0 = stablehlo.constant dense<[0, -1, 300, -129]> : tensor<4xi64>
  %1 = stablehlo.convert %0 : (tensor<4xi64>) -> tensor<4xi8>
  check.expect_eq_const %1, dense<[0, -1, 44, 127]> : tensor<4xi8>
  return
}

// -----

func.func @i32_to_ui8() {
  %0 = stablehlo.constant dense<[0, -1, 300, 255]> : tensor<4xi32>
  %1 = stablehlo.convert %0 : (tensor<4xi32>) -> tensor<4xui8>
  check.expect_eq_const %1, dense<[0, 255, 44, 255]> : tensor<4xui8>
  return
}

// -----

func.func @ui64_to_i32() {
  %0 = stablehlo.constant dense<[0, 18446744073709551615, 2147483648]> : tensor<3xui64>
  %1 = stablehlo.convert %0 : (tensor<3xui64>) -> tensor<3xi32>
  check.expect_eq_const %1, dense<[0, -1, -2147483648]> : tensor<3xi32>
  return
}

// -----

func.func @i8_to_ui64() {
  %0 = stablehlo.constant dense<[0, -1, 127, -128]> : tensor<4xi8>
  %1 = stablehlo.convert %0 : (tensor<4xi8>) -> tensor<4xui64>
  check.expect_eq_const %1, dense<[0, 18446744073709551615, 127, 18446744073709551488]> : tensor<4xui64>
  return
}

// -----

func.func @ui8_to_i16() {
  %0 = stablehlo.constant dense<[0, 255, 128]> : tensor<3xui8>
  %1 = stablehlo.convert %0 : (tensor<3xui8>) -> tensor<3xi16>
  check.expect_eq_const %1, dense<[0, 255, 128]> : tensor<3xi16>
  return
}

// -----

func.func @i64_to_f32() {
  %0 = stablehlo.constant dense<[0, -1, 9007199254740993, -9223372036854775808]> : tensor<4xi64>
  %1 = stablehlo.convert %0 : (tensor<4xi64>) -> tensor<4xf32>
  check.expect_eq_const %1, dense<[0.0, -1.0, 9.007199e+15, -9.223372e+18]> : tensor<4xf32>
  return
}

// -----

func.func @ui64_to_f32() {
  %0 = stablehlo.constant dense<[0, 18446744073709551615, 1099511627776]> : tensor<3xui64>
  %1 = stablehlo.convert %0 : (tensor<3xui64>) -> tensor<3xf32>
  check.expect_eq_const %1, dense<[0.0, 1.8446744e+19, 1.0995116e+12]> : tensor<3xf32>
  return
}

// -----

func.func @i32_to_f64() {
  %0 = stablehlo.constant dense<[0, -1, 2147483647]> : tensor<3xi32>
  %1 = stablehlo.convert %0 : (tensor<3xi32>) -> tensor<3xf64>
  check.expect_eq_const %1, dense<[0.0, -1.0, 2147483647.0]> : tensor<3xf64>
  return
}

// -----

func.func @i8_to_f16() {
  %0 = stablehlo.constant dense<[0, -128, 127]> : tensor<3xi8>
  %1 = stablehlo.convert %0 : (tensor<3xi8>) -> tensor<3xf16>
  check.expect_eq_const %1, dense<[0.0, -128.0, 127.0]> : tensor<3xf16>
  return
}

// -----

func.func @ui16_to_bf16() {
  %0 = stablehlo.constant dense<[0, 65535, 257]> : tensor<3xui16>
  %1 = stablehlo.convert %0 : (tensor<3xui16>) -> tensor<3xbf16>
  check.expect_eq_const %1, dense<[0.0, 65536.0, 256.0]> : tensor<3xbf16>
  return
}

// -----

func.func @i1_to_i32() {
  %0 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %1 = stablehlo.convert %0 : (tensor<2xi1>) -> tensor<2xi32>
  check.expect_eq_const %1, dense<[1, 0]> : tensor<2xi32>
  return
}

// -----

func.func @i1_to_f32() {
  %0 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %1 = stablehlo.convert %0 : (tensor<2xi1>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[1.0, 0.0]> : tensor<2xf32>
  return
}

// -----

func.func @i32_to_i1() {
  %0 = stablehlo.constant dense<[0, 1, -1, 256]> : tensor<4xi32>
  %1 = stablehlo.convert %0 : (tensor<4xi32>) -> tensor<4xi1>
  check.expect_eq_const %1, dense<[false, true, true, true]> : tensor<4xi1>
  return
}

// -----

func.func @f32_to_i1() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 0.5, 0x7FC00000]> : tensor<4xf32>
  %1 = stablehlo.convert %0 : (tensor<4xf32>) -> tensor<4xi1>
  check.expect_eq_const %1, dense<[false, false, true, true]> : tensor<4xi1>
  return
}

// -----

func.func @f32_to_c128() {
  %0 = stablehlo.constant dense<[1.5, -2.0]> : tensor<2xf32>
  %1 = stablehlo.convert %0 : (tensor<2xf32>) -> tensor<2xcomplex<f64>>
  check.expect_eq_const %1, dense<[(1.5, 0.0), (-2.0, 0.0)]> : tensor<2xcomplex<f64>>
  return
}

// -----

func.func @c64_to_f32() {
  %0 = stablehlo.constant dense<[(1.5, 2.0), (-2.0, -1.0)]> : tensor<2xcomplex<f32>>
  %1 = stablehlo.convert %0 : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
  check.expect_eq_const %1, dense<[1.5, -2.0]> : tensor<2xf32>
  return
}

// -----

func.func @c128_to_c64() {
  %0 = stablehlo.constant dense<[(1.5, 2.0)]> : tensor<1xcomplex<f64>>
  %1 = stablehlo.convert %0 : (tensor<1xcomplex<f64>>) -> tensor<1xcomplex<f32>>
  check.expect_eq_const %1, dense<[(1.5, 2.0)]> : tensor<1xcomplex<f32>>
  return
}

// -----

// Complex numbers convert by their real part, to booleans too.
func.func @complex_to_i1() {
  %0 = stablehlo.constant dense<[(-1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (0x7FC00000, 0.0)]> : tensor<4xcomplex<f32>>
  %1 = stablehlo.convert %0 : (tensor<4xcomplex<f32>>) -> tensor<4xi1>
  check.expect_eq_const %1, dense<[true, false, false, true]> : tensor<4xi1>
  return
}

// -----

// What is not exact in f32 either rounds once all the same: these lie just above the middle between two numbers.
func.func @to_small_floats_rounds_once() {
  %0 = stablehlo.constant dense<[16842753, -16842753, 16842752]> : tensor<3xi32>
  %1 = stablehlo.convert %0 : (tensor<3xi32>) -> tensor<3xbf16>
  check.expect_eq_const %1, dense<[16908288.0, -16908288.0, 16777216.0]> : tensor<3xbf16>
  %2 = stablehlo.constant dense<[1103806595073, -1103806595073, 1103806595072]> : tensor<3xi64>
  %3 = stablehlo.convert %2 : (tensor<3xi64>) -> tensor<3xbf16>
  check.expect_eq_const %3, dense<[1108101562368.0, -1108101562368.0, 1099511627776.0]> : tensor<3xbf16>
  %4 = stablehlo.constant dense<[1.00048828218, -1.00048828218, 1.00048828125]> : tensor<3xf64>
  %5 = stablehlo.convert %4 : (tensor<3xf64>) -> tensor<3xf16>
  check.expect_eq_const %5, dense<[1.0009765625, -1.0009765625, 1.0]> : tensor<3xf16>
  return
}

// -----

// Floats of a byte: without infinities (FN), without -0 (FNUZ), as IEEE 754 has it, and of six bits.
func.func @f8E4M3FN_to_f32() {
  %0 = stablehlo.constant dense<[0x00, 0x80, 0x01, 0x38, 0xC0, 0x7E, 0x7F]> : tensor<7xf8E4M3FN>
  %1 = stablehlo.convert %0 : (tensor<7xf8E4M3FN>) -> tensor<7xf32>
  check.expect_eq_const %1, dense<[0.0, -0.0, 0.001953125, 1.0, -2.0, 448.0, 0x7FC00000]> : tensor<7xf32>
  return
}

// -----

func.func @f8E5M2_to_bf16() {
  %0 = stablehlo.constant dense<[0x00, 0x01, 0x3C, 0x7B, 0xFC, 0x7E]> : tensor<6xf8E5M2>
  %1 = stablehlo.convert %0 : (tensor<6xf8E5M2>) -> tensor<6xbf16>
  check.expect_eq_const %1, dense<[0.0, 1.52587890625e-05, 1.0, 57344.0, 0xFF80, 0x7FC0]> : tensor<6xbf16>
  return
}

// -----

func.func @f8E4M3FNUZ_to_f16() {
  %0 = stablehlo.constant dense<[0x00, 0x80, 0x01, 0x40, 0x7F]> : tensor<5xf8E4M3FNUZ>
  %1 = stablehlo.convert %0 : (tensor<5xf8E4M3FNUZ>) -> tensor<5xf16>
  check.expect_eq_const %1, dense<[0.0, 0x7E00, 0.0009765625, 1.0, 240.0]> : tensor<5xf16>
  return
}

// -----

func.func @f6E2M3FN_to_f32() {
  %0 = stablehlo.constant dense<[0.0, 0.125, -1.0, 7.5]> : tensor<4xf6E2M3FN>
  %1 = stablehlo.convert %0 : (tensor<4xf6E2M3FN>) -> tensor<4xf32>
  check.expect_eq_const %1, dense<[0.0, 0.125, -1.0, 7.5]> : tensor<4xf32>
  return
}

// -----

// 464 is half way from the largest number to one that there is not.
func.func @f32_to_f8E4M3FN() {
  %0 = stablehlo.constant dense<[-0.0, 1.0625, 1.1875, 464.0, 464.1, 0x7F800000, 0x7FC00000, 0.0009]> : tensor<8xf32>
  %1 = stablehlo.convert %0 : (tensor<8xf32>) -> tensor<8xf8E4M3FN>
  %2 = stablehlo.bitcast_convert %1 : (tensor<8xf8E4M3FN>) -> tensor<8xui8>
  check.expect_eq_const %2, dense<[0x80, 0x38, 0x3A, 0x7E, 0x7F, 0x7F, 0x7F, 0x00]> : tensor<8xui8>
  return
}

// -----

func.func @c64_to_c128() {
  %0 = stablehlo.constant dense<[(1.5, -2.0), (0.25, 3.0), (-1.0, 0.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.convert %0 : (tensor<3xcomplex<f32>>) -> tensor<3xcomplex<f64>>
  check.expect_eq_const %1, dense<[(1.5, -2.0), (0.25, 3.0), (-1.0, 0.0)]> : tensor<3xcomplex<f64>>
  return
}
