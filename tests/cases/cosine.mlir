// SPDX-License-Identifier: Apache-2.0
//
// Cosine.

func.func @f32() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7F800000, 0x7FC00000]> : tensor<9xf32>
  %1 = stablehlo.cosine %0 : tensor<9xf32>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.5403023, 0.0707372, -0.8011436, 0.9999995, 0.5679242, 0x7FC00000, 0x7FC00000]> : tensor<9xf32>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf32>, tensor<9xf32>
  return
}

// -----

func.func @f64() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.001, -7.25, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  %1 = stablehlo.cosine %0 : tensor<9xf64>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.5403023058681398, 0.0707372016677029, -0.8011436155469337, 0.9999995000000417, 0.5679241732886948, 0x7FF8000000000000, 0x7FF8000000000000]> : tensor<9xf64>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf64>, tensor<9xf64>
  return
}

// -----

func.func @f16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.0010004043579101562, -7.25, 0x7C00, 0x7E00]> : tensor<9xf16>
  %1 = stablehlo.cosine %0 : tensor<9xf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.54052734375, 0.07073974609375, -0.80126953125, 1.0, 0.56787109375, 0x7E00, 0x7E00]> : tensor<9xf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xf16>, tensor<9xf16>
  return
}

// -----

func.func @bf16() {
  %0 = stablehlo.constant dense<[0.0, -0.0, 1.0, -1.5, 2.5, 0.00099945068359375, -7.25, 0x7F80, 0x7FC0]> : tensor<9xbf16>
  %1 = stablehlo.cosine %0 : tensor<9xbf16>
  %2 = stablehlo.constant dense<[1.0, 1.0, 0.5390625, 0.07080078125, -0.80078125, 1.0, 0.56640625, 0x7FC0, 0x7FC0]> : tensor<9xbf16>
  check.expect_close %1, %2, max_ulp_difference = 1 : tensor<9xbf16>, tensor<9xbf16>
  return
}

// -----

func.func @c64() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.cosine %0 : tensor<3xcomplex<f32>>
  %2 = stablehlo.constant dense<[(1.3541807, -0.5634215), (-0.4292193, -0.22969973), (0.71215826, 9.99278)]> : tensor<3xcomplex<f32>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>
  return
}

// -----

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.5, 1.0), (-2.0, -0.25), (1.5, -3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.cosine %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(1.3541806567045842, -0.5634214652309818), (-0.42921929868816616, -0.22969972965814134), (0.7121582369176002, 9.992780016517832)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}

// -----

// One part overflows only by itself.
func.func @c128_extremes() {
  %0 = stablehlo.constant dense<[(1.0e-200, 1000.0), (0.0, -1000.0), (1.0e-300, -705.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.cosine %0 : tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0x7FF0000000000000, -9.850355570085235e+233), (0x7FF0000000000000, 0.0), (7.52626916531597e+305, 752626.916531597)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 3 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
