// SPDX-License-Identifier: Apache-2.0
//
// 1 / (1 + exp(-x)).

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<10xf32>
  %1 = stablehlo.logistic %0 : tensor<10xf32>
  %2 = stablehlo.constant dense<[0.5, 0.5, 0.7310586, 0.18242553, 0.9241418, 0.50025, 0.0007096704, 1.0, 0.0, 0x7FC00000]> : tensor<10xf32>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<10xf64>
  %1 = stablehlo.logistic %0 : tensor<10xf64>
  %2 = stablehlo.constant dense<[0.5, 0.5, 0.7310585786300049, 0.18242552380635635, 0.9241418199787564, 0.5002499999791666, 0.0007096703991005881, 1.0, 0.0, 0x7FF8000000000000]> : tensor<10xf64>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<10xf64>, tensor<10xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 0x7C00, 0xFC00, 0x7E00]> : tensor<10xf16>
  %1 = stablehlo.logistic %0 : tensor<10xf16>
  %2 = stablehlo.constant dense<[0.5, 0.5, 0.73095703125, 0.182373046875, 0.92431640625, 0.50048828125, 0.00070953369140625, 1.0, 0.0, 0x7E00]> : tensor<10xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xf16>, tensor<10xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 0x7F80, 0xFF80, 0x7FC0]> : tensor<10xbf16>
  %1 = stablehlo.logistic %0 : tensor<10xbf16>
  %2 = stablehlo.constant dense<[0.5, 0.5, 0.73046875, 0.1826171875, 0.92578125, 0.5, 0.00070953369140625, 1.0, 0.0, 0x7FC0]> : tensor<10xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<10xbf16>, tensor<10xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.logistic %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(0.65621036, 0.25225034), (0.116700746, -0.026146512), (1.2814345, -0.05179031)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.logistic %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.6562103462512944, 0.252250351349282), (0.11670074733243299, -0.026146512968650146), (1.2814344909347368, -0.05179030934389853)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
