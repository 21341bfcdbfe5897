// SPDX-License-Identifier: Apache-2.0
//
// Powers: reals as in C; integers wrap, and negative exponents give 0 but for bases 1 and -1.

func.func @f32() {
  %0 = stablehlo.constant dense<[2.0, 2.5, 0.01, -2.0, -2.0, -2.0, 0.0, 0x7FC00000, 0.0, 0x7F800000, 1.0]> : tensor<11xf32>
  %1 = stablehlo.constant dense<[3.0, -1.5, 0.25, 3.0, -2.0, 0.5, 0.0, 0.0, -1.0, 2.0, 0x7FC00000]> : tensor<11xf32>
  %2 = stablehlo.power %0, %1 : tensor<11xf32>
  %3 = stablehlo.constant dense<[8.0, 0.2529822, 0.31622776, -8.0, 0.25, 0x7FC00000, 1.0, 1.0, 0x7F800000, 0x7F800000, 1.0]> : tensor<11xf32>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<11xf32>, tensor<11xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[2.0, 2.5, 0.01, -2.0, -2.0, -2.0, 0.0, 0x7FF8000000000000, 0.0, 0x7FF0000000000000, 1.0]> : tensor<11xf64>
  %1 = stablehlo.constant dense<[3.0, -1.5, 0.25, 3.0, -2.0, 0.5, 0.0, 0.0, -1.0, 2.0, 0x7FF8000000000000]> : tensor<11xf64>
  %2 = stablehlo.power %0, %1 : tensor<11xf64>
  %3 = stablehlo.constant dense<[8.0, 0.25298221281347033, 0.31622776601683794, -8.0, 0.25, 0x7FF8000000000000, 1.0, 1.0, 0x7FF0000000000000, 0x7FF0000000000000, 1.0]> : tensor<11xf64>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<11xf64>, tensor<11xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[2.0, 2.5, 0.01000213623046875, -2.0, -2.0, -2.0, 0.0, 0x7E00, 0.0, 0x7C00, 1.0]> : tensor<11xf16>
  %1 = stablehlo.constant dense<[3.0, -1.5, 0.25, 3.0, -2.0, 0.5, 0.0, 0.0, -1.0, 2.0, 0x7E00]> : tensor<11xf16>
  %2 = stablehlo.power %0, %1 : tensor<11xf16>
  %3 = stablehlo.constant dense<[8.0, 0.2529296875, 0.316162109375, -8.0, 0.25, 0x7E00, 1.0, 1.0, 0x7C00, 0x7C00, 1.0]> : tensor<11xf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<11xf16>, tensor<11xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[2.0, 2.5, 0.010009765625, -2.0, -2.0, -2.0, 0.0, 0x7FC0, 0.0, 0x7F80, 1.0]> : tensor<11xbf16>
  %1 = stablehlo.constant dense<[3.0, -1.5, 0.25, 3.0, -2.0, 0.5, 0.0, 0.0, -1.0, 2.0, 0x7FC0]> : tensor<11xbf16>
  %2 = stablehlo.power %0, %1 : tensor<11xbf16>
  %3 = stablehlo.constant dense<[8.0, 0.25390625, 0.31640625, -8.0, 0.25, 0x7FC0, 1.0, 1.0, 0x7F80, 0x7F80, 1.0]> : tensor<11xbf16>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<11xbf16>, tensor<11xbf16>
  return
}

// -----

func.func @i8() {
  %0 = stablehlo.constant dense<[2, -3, -1, 1, 5, 0]> : tensor<6xi8>
  %1 = stablehlo.constant dense<[10, 3, -3, -2, -1, 0]> : tensor<6xi8>
  %2 = stablehlo.power %0, %1 : tensor<6xi8>
  check.expect_eq_const %2, dense<[0, -27, -1, 1, 0, 1]> : tensor<6xi8>
  return
}

// -----

func.func @i32() {
  %0 = stablehlo.constant dense<[2, -3, -1, 1, 5, 0]> : tensor<6xi32>
  %1 = stablehlo.constant dense<[10, 3, -3, -2, -1, 0]> : tensor<6xi32>
  %2 = stablehlo.power %0, %1 : tensor<6xi32>
  check.expect_eq_const %2, dense<[1024, -27, -1, 1, 0, 1]> : tensor<6xi32>
  return
}

// -----

func.func @i64() {
  %0 = stablehlo.constant dense<[2, -3, -1, 1, 5, 0]> : tensor<6xi64>
  %1 = stablehlo.constant dense<[10, 3, -3, -2, -1, 0]> : tensor<6xi64>
  %2 = stablehlo.power %0, %1 : tensor<6xi64>
  check.expect_eq_const %2, dense<[1024, -27, -1, 1, 0, 1]> : tensor<6xi64>
  return
}

// -----

func.func @ui8() {
  %0 = stablehlo.constant dense<[2, 3, 0]> : tensor<3xui8>
  %1 = stablehlo.constant dense<[3, 5, 0]> : tensor<3xui8>
  %2 = stablehlo.power %0, %1 : tensor<3xui8>
  check.expect_eq_const %2, dense<[8, 243, 1]> : tensor<3xui8>
  return
}

// -----

func.func @ui64() {
  %0 = stablehlo.constant dense<[2, 3, 0]> : tensor<3xui64>
  %1 = stablehlo.constant dense<[3, 5, 0]> : tensor<3xui64>
  %2 = stablehlo.power %0, %1 : tensor<3xui64>
  check.expect_eq_const %2, dense<[8, 243, 1]> : tensor<3xui64>
  return
}

// -----

func.func @c64_of_zero() {
  %0 = stablehlo.constant dense<(0.0, 0.0)> : tensor<2xcomplex<f32>>
  %1 = stablehlo.constant dense<[(0.0, 0.0), (2.0, 0.0)]> : tensor<2xcomplex<f32>>
  %2 = stablehlo.power %0, %1 : tensor<2xcomplex<f32>>
  check.expect_eq_const %2, dense<[(1.0, 0.0), (0.0, 0.0)]> : tensor<2xcomplex<f32>>
  return
}

// -----

// To the power of nothing it is 1, whatever it is.
func.func @c64_to_zero() {
  %0 = stablehlo.constant dense<[(1.0, 2.0), (0x7F800000, 0x7FC00000), (0x7FC00000, 0.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.constant dense<[(0.0, 0.0), (0.0, 0.0), (-0.0, 0.0)]> : tensor<3xcomplex<f32>>
  %2 = stablehlo.power %0, %1 : tensor<3xcomplex<f32>>
  check.expect_eq_const %2, dense<(1.0, 0.0)> : tensor<3xcomplex<f32>>
  return
}

// -----

// Whole exponents that are literals are products of doubles: signs of zeros and infinities, results that become
// subnormal, vanish or overflow.
func.func @whole_exponents() {
  %0 = stablehlo.constant dense<[1.5, -1.5, 0.0, -0.0, 1.0e-20, -3.0e-15, 1.0e20, -7.0e12, 0x7F800000, 0xFF800000, 0x7FC00000, 1.1754944e-38]> : tensor<12xf32>
  %1 = stablehlo.constant dense<3.0> : tensor<12xf32>
  %2 = stablehlo.power %0, %1 : tensor<12xf32>
  %3 = stablehlo.constant dense<[3.375e+00, -3.375e+00, 0.0, -0.0, 0.0, -2.7e-44, 0x7F800000, 0xFF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0.0]> : tensor<12xf32>
  check.expect_close %2, %3, max_ulp_difference = 1 : tensor<12xf32>, tensor<12xf32>
  %4 = stablehlo.constant dense<4.0> : tensor<12xf32>
  %5 = stablehlo.power %0, %4 : tensor<12xf32>
  %6 = stablehlo.constant dense<[5.0625e+00, 5.0625e+00, 0.0, 0.0, 0.0, 0.0, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7FC00000, 0.0]> : tensor<12xf32>
  check.expect_close %5, %6, max_ulp_difference = 1 : tensor<12xf32>, tensor<12xf32>
  %7 = stablehlo.constant dense<-1.0> : tensor<12xf32>
  %8 = stablehlo.power %0, %7 : tensor<12xf32>
  %9 = stablehlo.constant dense<[6.666667e-01, -6.666667e-01, 0x7F800000, 0xFF800000, 1.0e+20, -3.3333335e+14, 1.0e-20, -1.4285715e-13, 0.0, -0.0, 0x7FC00000, 8.507059e+37]> : tensor<12xf32>
  check.expect_close %8, %9, max_ulp_difference = 1 : tensor<12xf32>, tensor<12xf32>
  %10 = stablehlo.constant dense<-3.0> : tensor<12xf32>
  %11 = stablehlo.power %0, %10 : tensor<12xf32>
  %12 = stablehlo.constant dense<[2.962963e-01, -2.962963e-01, 0x7F800000, 0xFF800000, 0x7F800000, 0xFF800000, 0.0, -2.915452e-39, 0.0, -0.0, 0x7FC00000, 0x7F800000]> : tensor<12xf32>
  check.expect_close %11, %12, max_ulp_difference = 1 : tensor<12xf32>, tensor<12xf32>
  %13 = stablehlo.constant dense<8.0> : tensor<12xf32>
  %14 = stablehlo.power %0, %13 : tensor<12xf32>
  %15 = stablehlo.constant dense<[2.5628906e+01, 2.5628906e+01, 0.0, 0.0, 0.0, 0.0, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7FC00000, 0.0]> : tensor<12xf32>
  check.expect_close %14, %15, max_ulp_difference = 1 : tensor<12xf32>, tensor<12xf32>
  return
}
