// SPDX-License-Identifier: Apache-2.0
//
// Fourier transforms: all four kinds, lengths of several factors, several dimensions.

func.func @forward() {
  %0 = stablehlo.constant dense<[(1.0, 0.0), (2.0, -1.0), (0.0, 3.0)]> : tensor<3xcomplex<f64>>
  %1 = stablehlo.fft %0, type = FFT, length = [3] : (tensor<3xcomplex<f64>>) -> tensor<3xcomplex<f64>>
  check.expect_almost_eq_const %1, dense<[(3.0, 2.0), (-3.4641016151377544, -2.732050807568877), (3.4641016151377544, 0.7320508075688772)]> : tensor<3xcomplex<f64>>, tolerance = 1.0e-12
  return
}

// -----

func.func @there_and_back() {
  %0 = stablehlo.iota dim = 0 : tensor<60xf64>
  %1 = stablehlo.reshape %0 : (tensor<60xf64>) -> tensor<2x5x6xf64>
  %2 = stablehlo.sine %1 : tensor<2x5x6xf64>
  %3 = stablehlo.fft %2, type = RFFT, length = [5, 6] : (tensor<2x5x6xf64>) -> tensor<2x5x4xcomplex<f64>>
  %4 = stablehlo.fft %3, type = IRFFT, length = [5, 6] : (tensor<2x5x4xcomplex<f64>>) -> tensor<2x5x6xf64>
  %5 = stablehlo.complex %2, %4 : tensor<2x5x6xcomplex<f64>>
  %6 = stablehlo.fft %5, type = FFT, length = [2, 5, 6] : (tensor<2x5x6xcomplex<f64>>) -> tensor<2x5x6xcomplex<f64>>
  %7 = stablehlo.fft %6, type = IFFT, length = [2, 5, 6] : (tensor<2x5x6xcomplex<f64>>) -> tensor<2x5x6xcomplex<f64>>
  check.expect_almost_eq %4, %2, tolerance = 1.0e-12 : tensor<2x5x6xf64>
  check.expect_almost_eq %7, %5, tolerance = 1.0e-12 : tensor<2x5x6xcomplex<f64>>
  return
}

// -----

func.func @real_odd() {
  %0 = stablehlo.constant dense<[1.0, -2.0, 3.0, 0.5, 4.0]> : tensor<5xf32>
  %1 = stablehlo.fft %0, type = RFFT, length = [5] : (tensor<5xf32>) -> tensor<3xcomplex<f32>>
  check.expect_almost_eq_const %1, dense<[(6.5, 0.0), (-1.213525414466858, 4.236876487731934), (0.46352553367614746, 5.904353141784668)]> : tensor<3xcomplex<f32>>, tolerance = 1.0e-5
  return
}
