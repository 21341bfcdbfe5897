// SPDX-License-Identifier: Apache-2.0
//
// What asin and acos of complex numbers share: w with asin z = atan2(Re z, Re w) + i Im w, for a z in
// the first quadrant.

func.func @c128() {
  %0 = stablehlo.constant dense<[(0.6, 0.0), (0.0, 0.75), (2.0, 0.0)]> : tensor<3xcomplex<f64>>
  %1 = chlo._asin_acos_kernel %0 : tensor<3xcomplex<f64>> -> tensor<3xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0.8, 0.0), (1.25, 0.6931471805599453), (0.0, 1.3169578969248168)]> : tensor<3xcomplex<f64>>
  check.expect_close %1, %2, max_ulp_difference = 2 : tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>
  return
}
