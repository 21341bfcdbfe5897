// SPDX-License-Identifier: Apache-2.0
//
// Steps along a dimension, each with what the one before it carries on.

// Sums so far of each row, and their ends.
func.func @sums() {
  %0 = stablehlo.constant dense<[[1, 2, 3], [10, 20, 30]]> : tensor<2x3xi32>
  %1 = stablehlo.constant dense<[100, 0]> : tensor<2xi32>
  %2:2 = chlo.scan(%0) inits(%1) dimension=1 {
  ^bb0(%input: tensor<2xi32>, %carry: tensor<2xi32>):
    %3 = stablehlo.add %input, %carry : tensor<2xi32>
    stablehlo.return %3, %3 : tensor<2xi32>, tensor<2xi32>
  } : (tensor<2x3xi32>, tensor<2xi32>) -> (tensor<2x3xi32>, tensor<2xi32>)
  check.expect_eq_const %2#0, dense<[[101, 103, 106], [10, 30, 60]]> : tensor<2x3xi32>
  check.expect_eq_const %2#1, dense<[106, 60]> : tensor<2xi32>
  return
}

// -----

// From the end: what each element is multiplied with before, over complex numbers.
func.func @reverse() {
  %0 = stablehlo.constant dense<[(0.0, 1.0), (2.0, 0.0), (0.0, -3.0)]> : tensor<3xcomplex<f32>>
  %1 = stablehlo.constant dense<(1.0, 0.0)> : tensor<complex<f32>>
  %2:2 = chlo.scan(%0) inits(%1) dimension=0 attributes {is_reverse = true} {
  ^bb0(%input: tensor<complex<f32>>, %carry: tensor<complex<f32>>):
    %3 = stablehlo.multiply %input, %carry : tensor<complex<f32>>
    stablehlo.return %carry, %3 : tensor<complex<f32>>, tensor<complex<f32>>
  } : (tensor<3xcomplex<f32>>, tensor<complex<f32>>) -> (tensor<3xcomplex<f32>>, tensor<complex<f32>>)
  check.expect_eq_const %2#0, dense<[(0.0, -6.0), (0.0, -3.0), (1.0, 0.0)]> : tensor<3xcomplex<f32>>
  check.expect_eq_const %2#1, dense<(6.0, 0.0)> : tensor<complex<f32>>
  return
}

// -----

// No step.
func.func @empty() {
  %0 = stablehlo.constant dense<> : tensor<0xf32>
  %1 = stablehlo.constant dense<4.0> : tensor<f32>
  %2:2 = chlo.scan(%0) inits(%1) dimension=0 {
  ^bb0(%input: tensor<f32>, %carry: tensor<f32>):
    stablehlo.return %carry, %input : tensor<f32>, tensor<f32>
  } : (tensor<0xf32>, tensor<f32>) -> (tensor<0xf32>, tensor<f32>)
  check.expect_eq_const %2#1, dense<4.0> : tensor<f32>
  return
}
