// SPDX-License-Identifier: Apache-2.0
//
// A group of elementwise ops as one node: broadcast inputs, splat constants, several results.

func.func @bias_relu_and_mask() {
  %0 = stablehlo.constant dense<[[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]]> : tensor<2x3xf32>
  %1 = stablehlo.constant dense<[0.5, 1.0, 4.0]> : tensor<3xf32>
  %2:2 = "webhlo.fusion"(%0, %1) ({
  ^bb0(%a: tensor<2x3xf32>, %b: tensor<3xf32>):
    %3 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %4 = stablehlo.add %a, %3 : tensor<2x3xf32>
    %5 = stablehlo.constant dense<0.0> : tensor<2x3xf32>
    %6 = stablehlo.maximum %4, %5 : tensor<2x3xf32>
    %7 = stablehlo.compare GT, %4, %5 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    stablehlo.return %6, %7 : tensor<2x3xf32>, tensor<2x3xi1>
  }) : (tensor<2x3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi1>)
  check.expect_eq_const %2#0, dense<[[1.5, 0.0, 7.0], [0.0, 6.0, 0.0]]> : tensor<2x3xf32>
  check.expect_eq_const %2#1, dense<[[true, false, true], [false, true, false]]> : tensor<2x3xi1>
  return
}

// Complex numbers, their parts and real ones in one loop; three numbers are less than a vector.
func.func @complex_and_real() {
  %x = stablehlo.constant dense<[(1.0, 2.0), (-3.0, 0.5), (0.0, -1.0)]> : tensor<3xcomplex<f32>>
  %w = stablehlo.constant dense<[10.0, 100.0, -2.0]> : tensor<3xf32>
  %s = stablehlo.constant dense<(0.0, 2.0)> : tensor<complex<f32>>
  %r:3 = "webhlo.fusion"(%x, %w, %s) ({
  ^bb0(%a: tensor<3xcomplex<f32>>, %b: tensor<3xf32>, %c: tensor<complex<f32>>):
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<complex<f32>>) -> tensor<3xcomplex<f32>>
    %1 = stablehlo.multiply %a, %0 : tensor<3xcomplex<f32>>
    %2 = stablehlo.constant dense<(1.0, -1.0)> : tensor<3xcomplex<f32>>
    %3 = stablehlo.add %1, %2 : tensor<3xcomplex<f32>>
    %4 = stablehlo.real %3 : (tensor<3xcomplex<f32>>) -> tensor<3xf32>
    %5 = stablehlo.imag %a : (tensor<3xcomplex<f32>>) -> tensor<3xf32>
    %6 = stablehlo.multiply %4, %b : tensor<3xf32>
    %7 = stablehlo.add %6, %5 : tensor<3xf32>
    %8 = stablehlo.complex %7, %b : tensor<3xcomplex<f32>>
    %9 = stablehlo.compare LT, %3, %8 : (tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>) -> tensor<3xi1>
    %10 = stablehlo.select %9, %3, %8 : (tensor<3xi1>, tensor<3xcomplex<f32>>, tensor<3xcomplex<f32>>) -> tensor<3xcomplex<f32>>
    stablehlo.return %3, %7, %10 : tensor<3xcomplex<f32>>, tensor<3xf32>, tensor<3xcomplex<f32>>
  }) : (tensor<3xcomplex<f32>>, tensor<3xf32>, tensor<complex<f32>>) -> (tensor<3xcomplex<f32>>, tensor<3xf32>, tensor<3xcomplex<f32>>)
  check.expect_eq_const %r#0, dense<[(-3.0, 1.0), (0.0, -7.0), (3.0, -1.0)]> : tensor<3xcomplex<f32>>
  check.expect_eq_const %r#1, dense<[-28.0, 0.5, -7.0]> : tensor<3xf32>
  check.expect_eq_const %r#2, dense<[(-28.0, 10.0), (0.0, -7.0), (-7.0, -2.0)]> : tensor<3xcomplex<f32>>
  return
}

// Numbers of f64, beside those that they are rounded to.
func.func @complex_of_f64() {
  %x = stablehlo.constant dense<[(3.0, -4.0), (0.0, 1.0), (-6.0, 8.0)]> : tensor<3xcomplex<f64>>
  %y = stablehlo.constant dense<[(0.0, 1.0), (2.0, 0.0), (0.0, 0.0)]> : tensor<3xcomplex<f64>>
  %r:3 = "webhlo.fusion"(%x, %y) ({
  ^bb0(%a: tensor<3xcomplex<f64>>, %b: tensor<3xcomplex<f64>>):
    %0 = stablehlo.divide %a, %b : tensor<3xcomplex<f64>>
    %1 = stablehlo.abs %a : (tensor<3xcomplex<f64>>) -> tensor<3xf64>
    %2 = stablehlo.convert %a : (tensor<3xcomplex<f64>>) -> tensor<3xcomplex<f32>>
    stablehlo.return %0, %1, %2 : tensor<3xcomplex<f64>>, tensor<3xf64>, tensor<3xcomplex<f32>>
  }) : (tensor<3xcomplex<f64>>, tensor<3xcomplex<f64>>) -> (tensor<3xcomplex<f64>>, tensor<3xf64>, tensor<3xcomplex<f32>>)
  // Divided by 0: infinities.
  check.expect_eq_const %r#0, dense<[(-4.0, -3.0), (0.0, 0.5), (0xFFF0000000000000, 0x7FF0000000000000)]> : tensor<3xcomplex<f64>>
  check.expect_eq_const %r#1, dense<[5.0, 1.0, 10.0]> : tensor<3xf64>
  check.expect_eq_const %r#2, dense<[(3.0, -4.0), (0.0, 1.0), (-6.0, 8.0)]> : tensor<3xcomplex<f32>>
  return
}
