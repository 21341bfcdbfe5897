// SPDX-License-Identifier: Apache-2.0
//
// e to the power of the operand.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.exponential %0 : tensor<10xf32>
  %2 = stablehlo.constant dense<[1.0, 1.0, 2.7182817, 0.22313017, 12.182494, 1.0010005, 0.0007101744, 0x7F800000, 0.0, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.exponential %0 : tensor<10xf64>
  %2 = stablehlo.constant dense<[1.0, 1.0, 2.718281828459045, 0.22313016014842982, 12.182493960703473, 1.0010005001667084, 0.000710174388842549, 0x7FF0000000000000, 0.0, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = stablehlo.exponential %0 : tensor<10xf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 2.71875, 0.22314453125, 12.1796875, 1.0009765625, 0.0007100105285644531, 0x7C00, 0.0, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = stablehlo.exponential %0 : tensor<10xbf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 2.71875, 0.22265625, 12.1875, 1.0, 0.00070953369140625, 0x7F80, 0.0, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.exponential %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.8908079, 1.3873512), (0.13112804, -0.033482485), (-4.4368386, -0.632456)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.exponential %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.8908079042931286, 1.3873511113297634), (0.13112803702368242, -0.033482484899570245), (-4.436838551730911, -0.6324559977279266)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
