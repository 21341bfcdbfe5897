// SPDX-License-Identifier: Apache-2.0
//
// Sine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7F800000, 0x7FC00000]> : tensor<9xf32>
  %1 = stablehlo.sine %0 : tensor<9xf32>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.84147096, -0.997495, 0.5984721, 0.0009999999, -0.8230809, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = stablehlo.sine %0 : tensor<9xf64>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.8414709848078965, -0.9974949866040544, 0.5984721441039565, 0.0009999998333333417, -0.8230808790115055, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 0x7C00, 0x7E00]> : tensor<9xf16>
  %1 = stablehlo.sine %0 : tensor<9xf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.84130859375, -0.99755859375, 0.5986328125, 0.0010004043579101562, -0.8232421875, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 0x7F80, 0x7FC0]> : tensor<9xbf16>
  %1 = stablehlo.sine %0 : tensor<9xbf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 0.83984375, -0.99609375, 0.59765625, 0.00099945068359375, -0.82421875, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.sine %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.7397923, 1.0313361), (-0.93786126, 0.10512382), (10.042442, -0.70863646)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.sine %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.7397922644560138, 1.0313360742545512), (-0.9378612777147958, 0.10512381651256376), (10.042442367612491, -0.7086364390220189)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// One part overflows only by itself.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(1.0e-200, 1000.0), (0.0, -1000.0), (1.0e-300, -705.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.sine %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(9.850355570085235e+233, 0x7FF0000000000000), (0.0, 0xFFF0000000000000), (752626.916531597, -7.52626916531597e+305)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
