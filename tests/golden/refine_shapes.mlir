// SPDX-License-Identifier: Apache-2.0
//
// Sizes that a program leaves free follow from those of its arguments: a layer of any batch.
//
// stage: refine-shapes
// shapes: 4x784 784x16 16
func.func @main(%x: tensor<?x784xf32>, %w: tensor<784x16xf32>, %b: tensor<16xf32>) -> tensor<?x16xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %most = stablehlo.constant dense<6.0> : tensor<f32>
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<?x784xf32>, tensor<784x16xf32>) -> tensor<?x16xf32>
  %z = chlo.broadcast_add %y, %b : (tensor<?x16xf32>, tensor<16xf32>) -> tensor<?x16xf32>
  %r = stablehlo.clamp %zero, %z, %most : (tensor<f32>, tensor<?x16xf32>, tensor<f32>) -> tensor<?x16xf32>
  %h = stablehlo.convert %r : (tensor<?x16xf32>) -> tensor<?x16xf16>
  %e = stablehlo.convert %h : (tensor<?x16xf16>) -> tensor<?x16xf32>
  %s = stablehlo.tanh %e : tensor<?x16xf32>
  return %s : tensor<?x16xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x784xf32>, %arg1: tensor<784x16xf32>, %arg2: tensor<16xf32>) -> tensor<4x16xf32> {
    %0 = stablehlo.constant dense<0.0> : tensor<f32>
    %1 = stablehlo.constant dense<6.0> : tensor<f32>
    %2 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<4x784xf32>, tensor<784x16xf32>) -> tensor<4x16xf32>
    %3 = chlo.broadcast_add %2, %arg2 : (tensor<4x16xf32>, tensor<16xf32>) -> tensor<4x16xf32>
    %4 = stablehlo.clamp %0, %3, %1 : (tensor<f32>, tensor<4x16xf32>, tensor<f32>) -> tensor<4x16xf32>
    %5 = stablehlo.convert %4 : (tensor<4x16xf32>) -> tensor<4x16xf16>
    %6 = stablehlo.convert %5 : (tensor<4x16xf16>) -> tensor<4x16xf32>
    %7 = stablehlo.tanh %6 : tensor<4x16xf32>
    return %7 : tensor<4x16xf32>
  }
}
// -----
// Computations: a reduction's are scalars, those of a loop take what it carries.
//
// stage: refine-shapes
// shapes: 2x3 -
func.func @main(%x: tensor<?x?xf32>, %n: tensor<i32>) -> (tensor<?xf32>, tensor<i32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %init = stablehlo.constant dense<0.0> : tensor<f32>
  %r:2 = stablehlo.while(%i = %zero, %a = %x) : tensor<i32>, tensor<?x?xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.add %i, %i : tensor<i32>
      %b = stablehlo.multiply %a, %a : tensor<?x?xf32>
      stablehlo.return %next, %b : tensor<i32>, tensor<?x?xf32>
    }
  %s = stablehlo.reduce(%r#1 init: %init) applies stablehlo.add across dimensions = [1] : (tensor<?x?xf32>, tensor<f32>) -> tensor<?xf32>
  %d = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x?xf32>) -> tensor<i32>
  return %s, %d : tensor<?xf32>, tensor<i32>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x3xf32>, %arg1: tensor<i32>) -> (tensor<2xf32>, tensor<i32>) {
    %0 = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.constant dense<0.0> : tensor<f32>
    %2:2 = stablehlo.while(%arg2 = %0, %arg3 = %arg0) : tensor<i32>, tensor<2x3xf32>
    cond {
      %3 = stablehlo.compare LT, %arg2, %arg1 : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %3 : tensor<i1>
    } do {
      %4 = stablehlo.add %arg2, %arg2 : tensor<i32>
      %5 = stablehlo.multiply %arg3, %arg3 : tensor<2x3xf32>
      stablehlo.return %4, %5 : tensor<i32>, tensor<2x3xf32>
    }
    %6 = stablehlo.reduce(%2#1 init: %1) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %8 = stablehlo.get_dimension_size %arg0, dim = 0 : (tensor<2x3xf32>) -> tensor<i32>
    return %6, %8 : tensor<2xf32>, tensor<i32>
  }
}
// -----
// A program without free sizes stays as it is.
//
// stage: refine-shapes
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = stablehlo.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
// ----> the same
// -----
// Shapes are values: what they are computed of is computed, and the operands that state them are literals.
//
// stage: refine-shapes
// shapes: 3x4
func.func @main(%x: tensor<?x4xf32>) -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?x4xf32>) {
  %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x4xf32>) -> tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %four = stablehlo.constant dense<4> : tensor<1xi32>
  %odd = stablehlo.add %n, %one : tensor<i32>
  %less = stablehlo.compare LT, %n, %odd : (tensor<i32>, tensor<i32>) -> tensor<i1>
  %chosen = stablehlo.select %less, %odd, %n : tensor<i1>, tensor<i32>
  %rows = stablehlo.reshape %chosen : (tensor<i32>) -> tensor<1xi32>
  %shape = stablehlo.concatenate %rows, %four, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %zeros = stablehlo.constant dense<0.0> : tensor<f32>
  %b = stablehlo.dynamic_broadcast_in_dim %zeros, %shape, dims = [] : (tensor<f32>, tensor<2xi32>) -> tensor<?x?xf32>
  %all = stablehlo.constant dense<1> : tensor<i32>
  %count = stablehlo.reduce(%shape init: %all) applies stablehlo.multiply across dimensions = [0] : (tensor<2xi32>, tensor<i32>) -> tensor<i32>
  %flat = stablehlo.reshape %count : (tensor<i32>) -> tensor<1xi32>
  %v = stablehlo.dynamic_reshape %b, %flat : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?xf32>
  %start = stablehlo.constant dense<[1, 0]> : tensor<2xi32>
  %step = stablehlo.constant dense<1> : tensor<2xi32>
  %n1 = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
  %limit = stablehlo.concatenate %n1, %four, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %s = stablehlo.real_dynamic_slice %x, %start, %limit, %step : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x4xf32>
  return %b, %v, %s : tensor<?x?xf32>, tensor<?xf32>, tensor<?x4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<3x4xf32>) -> (tensor<4x4xf32>, tensor<16xf32>, tensor<2x4xf32>) {
    %0 = stablehlo.constant dense<4> : tensor<2xi32>
    %1 = stablehlo.constant dense<0.0> : tensor<f32>
    %2 = stablehlo.dynamic_broadcast_in_dim %1, %0, dims = [] : (tensor<f32>, tensor<2xi32>) -> tensor<4x4xf32>
    %3 = stablehlo.constant dense<16> : tensor<1xi32>
    %4 = stablehlo.dynamic_reshape %2, %3 : (tensor<4x4xf32>, tensor<1xi32>) -> tensor<16xf32>
    %5 = stablehlo.constant dense<[1, 0]> : tensor<2xi32>
    %6 = stablehlo.constant dense<1> : tensor<2xi32>
    %7 = stablehlo.constant dense<[3, 4]> : tensor<2xi32>
    %8 = stablehlo.real_dynamic_slice %arg0, %5, %7, %6 : (tensor<3x4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x4xf32>
    return %2, %4, %8 : tensor<4x4xf32>, tensor<16xf32>, tensor<2x4xf32>
  }
}
// -----
// A size that is set is known, and within its bound.
//
// stage: refine-shapes
// shapes: 5
func.func @main(%x: tensor<?xf32, #stablehlo.bounds<8>>) -> tensor<?xf32, #stablehlo.bounds<8>> {
  %two = stablehlo.constant dense<2> : tensor<i32>
  %y = stablehlo.set_dimension_size %x, %two, dim = 0 : (tensor<?xf32, #stablehlo.bounds<8>>, tensor<i32>) -> tensor<?xf32, #stablehlo.bounds<8>>
  %z = stablehlo.add %y, %y : tensor<?xf32, #stablehlo.bounds<8>>
  return %z : tensor<?xf32, #stablehlo.bounds<8>>
}
// ---->
module {
  func.func @main(%arg0: tensor<5xf32>) -> tensor<2xf32> {
    %0 = stablehlo.constant dense<2> : tensor<i32>
    %1 = stablehlo.set_dimension_size %arg0, %0, dim = 0 : (tensor<5xf32>, tensor<i32>) -> tensor<2xf32>
    %2 = stablehlo.add %1, %1 : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
}
