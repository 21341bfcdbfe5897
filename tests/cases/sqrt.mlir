// SPDX-License-Identifier: Apache-2.0
//
// Square root, correctly rounded for reals.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 2.5, 0.001, 37.25, 0x7F800000, -1.0, 0x7FC00000]> : tensor<9xf32>
  %1 = stablehlo.sqrt %0 : tensor<9xf32>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, 1.5811388, 0.03162278, 6.1032777, 0x7F800000, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 0 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 2.5, 0.001, 37.25, 0x7FF0000000000000, -1.0, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = stablehlo.sqrt %0 : tensor<9xf64>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, 1.5811388300841898, 0.03162277660168379, 6.103277807866851, 0x7FF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 0 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 2.5, 0.0010004043579101562, 37.25, 0x7C00, -1.0, 0x7E00]> : tensor<9xf16>
  %1 = stablehlo.sqrt %0 : tensor<9xf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, 1.5810546875, 0.0316162109375, 6.1015625, 0x7C00, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, 2.5, 0.00099945068359375, 37.25, 0x7F80, -1.0, 0x7FC0]> : tensor<9xbf16>
  %1 = stablehlo.sqrt %0 : tensor<9xbf16>
  %2 = stablehlo.constant dense<[0.0, -0.0, 1.0, 1.578125, 0.031494140625, 6.09375, 0x7F80, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.sqrt %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.8994537, 0.55589294), (0.088216886, -1.4169623), (1.5578996, -0.9628349)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.sqrt %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.8994537199739336, 0.5558929702514211), (0.08821688351624482, -1.4169623207895539), (1.5578995420516826, -0.962834868045836)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// Nothing overflows on the way, and a part much smaller than the other is not lost.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(-1.7e+308, -1.3e-154), (1.7e+308, 1.7e+308), (5.0e-324, -5.0e-324), (-1.0e-300, 1.0e+300)]> : tensor<4xcomplex<f64>>
  %1 = stablehlo.sqrt %0 : tensor<4xcomplex<f64>>
  %2 = stablehlo.constant dense<[(4.98527242750791e-309, -1.3038404810405297e+154), (1.4325088230154573e+154, 5.933645827121221e+153), (2.4421097261308304e-162, -1.0115549693666347e-162), (7.071067811865476e+149, 7.071067811865476e+149)]> : tensor<4xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>
  return
}
