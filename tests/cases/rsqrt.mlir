// SPDX-License-Identifier: Apache-2.0
//
// Reciprocal square root.

func.func @f32() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.001, 37.25, 0.0, -0.0, 0x7F800000, -1.0, 0x7FC00000]> : tensor<9xf32>
  %1 = stablehlo.rsqrt %0 : tensor<9xf32>
  %2 = stablehlo.constant dense<[1.0, 0.6324555, 31.622776, 0.16384639, 0x7F800000, 0xFF800000, 0.0, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.001, 37.25, 0.0, -0.0, 0x7FF0000000000000, -1.0, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = stablehlo.rsqrt %0 : tensor<9xf64>
  %2 = stablehlo.constant dense<[1.0, 0.6324555320336759, 31.622776601683793, 0.16384638410380808, 0x7FF0000000000000, 0xFFF0000000000000, 0.0, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.0010004043579101562, 37.25, 0.0, -0.0, 0x7C00, -1.0, 0x7E00]> : tensor<9xf16>
  %1 = stablehlo.rsqrt %0 : tensor<9xf16>
  %2 = stablehlo.constant dense<[1.0, 0.63232421875, 31.609375, 0.163818359375, 0x7C00, 0xFC00, 0.0, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[1.0, 2.5, 0.00099945068359375, 37.25, 0.0, -0.0, 0x7F80, -1.0, 0x7FC0]> : tensor<9xbf16>
  %1 = stablehlo.rsqrt %0 : tensor<9xbf16>
  %2 = stablehlo.constant dense<[1.0, 0.6328125, 31.625, 0.1640625, 0x7F80, 0xFF80, 0.0, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.rsqrt %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.8044959, -0.4972058), (0.043767832, 0.7030102), (0.4644759, 0.2870619)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.rsqrt %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.8044958641907104, -0.49720578787857844), (0.043767830932898176, 0.7030101815281646), (0.46447590375244724, 0.28706189547433725)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
