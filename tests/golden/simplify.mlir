// SPDX-License-Identifier: Apache-2.0
//
// Multiplying by one is the operand.
//
// stage: simplify
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = stablehlo.constant dense<1.0> : tensor<4xf32>
  %y = stablehlo.multiply %one, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> tensor<4xf32> {
    return %arg0 : tensor<4xf32>
  }
}
// -----
// Adding zero is not the operand, since -0 + 0 is +0.
//
// stage: simplify
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<4xf32>
  %y = stablehlo.add %x, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
}
// ----> the same
// -----
// A square is a product, a cube one of doubles, which round once; a root of a cube stays a power.
//
// stage: simplify
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %two = stablehlo.constant dense<2.0> : tensor<4xf32>
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %minus_six = stablehlo.constant dense<-6.0> : tensor<4xf32>
  %half = stablehlo.constant dense<1.5> : tensor<4xf32>
  %a = stablehlo.power %x, %two : tensor<4xf32>
  %b = stablehlo.power %x, %three : tensor<4xf32>
  %c = stablehlo.power %x, %minus_six : tensor<4xf32>
  %d = stablehlo.power %x, %half : tensor<4xf32>
  return %a, %b, %c, %d : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
    %0 = stablehlo.constant dense<1.5> : tensor<4xf32>
    %1 = stablehlo.multiply %arg0, %arg0 : tensor<4xf32>
    %2 = stablehlo.convert %arg0 : (tensor<4xf32>) -> tensor<4xf64>
    %3 = stablehlo.multiply %2, %2 : tensor<4xf64>
    %4 = stablehlo.multiply %2, %3 : tensor<4xf64>
    %5 = stablehlo.convert %4 : (tensor<4xf64>) -> tensor<4xf32>
    %6 = stablehlo.convert %arg0 : (tensor<4xf32>) -> tensor<4xf64>
    %7 = stablehlo.multiply %6, %6 : tensor<4xf64>
    %8 = stablehlo.multiply %7, %7 : tensor<4xf64>
    %9 = stablehlo.multiply %7, %8 : tensor<4xf64>
    %10 = stablehlo.constant dense<1.0> : tensor<4xf64>
    %11 = stablehlo.divide %10, %9 : tensor<4xf64>
    %12 = stablehlo.convert %11 : (tensor<4xf64>) -> tensor<4xf32>
    %13 = stablehlo.power %arg0, %0 : tensor<4xf32>
    return %1, %5, %12, %13 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
}
// -----
// Division by a power of two is exact as a product, by three it is not.
//
// stage: simplify
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %eight = stablehlo.constant dense<8.0> : tensor<4xf32>
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %a = stablehlo.divide %x, %eight : tensor<4xf32>
  %b = stablehlo.divide %x, %three : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %0 = stablehlo.constant dense<3.0> : tensor<4xf32>
    %1 = stablehlo.constant dense<0.125> : tensor<4xf32>
    %2 = stablehlo.multiply %arg0, %1 : tensor<4xf32>
    %3 = stablehlo.divide %arg0, %0 : tensor<4xf32>
    return %2, %3 : tensor<4xf32>, tensor<4xf32>
  }
}
// -----
// 'any score is finite' is asked of the row's maximum.
//
// stage: simplify
func.func @main(%x: tensor<2x4xf32>) -> tensor<2xi1> {
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<2x4xf32>
  %false = stablehlo.constant dense<false> : tensor<i1>
  %eq = stablehlo.compare EQ, %x, %lowest : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
  %ne = stablehlo.not %eq : tensor<2x4xi1>
  %any = stablehlo.reduce(%ne init: %false) applies stablehlo.or across dimensions = [1]
      : (tensor<2x4xi1>, tensor<i1>) -> tensor<2xi1>
  return %any : tensor<2xi1>
}
// ---->
module {
  func.func @main(%arg0: tensor<2x4xf32>) -> tensor<2xi1> {
    %0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %1 = stablehlo.reduce(%arg0 init: %0) applies stablehlo.maximum across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
    %3 = stablehlo.constant dense<0xFF800000> : tensor<2xf32>
    %4 = stablehlo.compare NE, %1, %3 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
    return %4 : tensor<2xi1>
  }
}
// -----
// A dynamic slice at a literal start is a slice, clamped like it.
//
// stage: simplify
func.func @main(%x: tensor<8xf32>) -> tensor<3xf32> {
  %start = stablehlo.constant dense<7> : tensor<i32>
  %y = stablehlo.dynamic_slice %x, %start, sizes = [3] : (tensor<8xf32>, tensor<i32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<8xf32>) -> tensor<3xf32> {
    %0 = stablehlo.slice %arg0 [5:8] : (tensor<8xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}
// -----
// One predicate for all elements becomes as many, which can be fused.
//
// stage: simplify
func.func @main(%p: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.select %p, %x, %y : tensor<i1>, tensor<4xf32>
  return %0 : tensor<4xf32>
}
// ---->
module {
  func.func @main(%arg0: tensor<i1>, %arg1: tensor<4xf32>, %arg2: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [] : (tensor<i1>) -> tensor<4xi1>
    %1 = stablehlo.select %0, %arg1, %arg2 : tensor<4xi1>, tensor<4xf32>
    return %1 : tensor<4xf32>
  }
}
// -----
// A reduction over dimensions of one element is its computation, done once.
//
// stage: simplify
func.func @main(%x: tensor<4x1xi1>, %y: tensor<4x2xi1>) -> (tensor<4xi1>, tensor<4xi1>) {
  %true = stablehlo.constant dense<true> : tensor<i1>
  %a = stablehlo.reduce(%x init: %true) applies stablehlo.and across dimensions = [1] : (tensor<4x1xi1>, tensor<i1>) -> tensor<4xi1>
  %b = stablehlo.reduce(%y init: %true) applies stablehlo.and across dimensions = [1] : (tensor<4x2xi1>, tensor<i1>) -> tensor<4xi1>
  return %a, %b : tensor<4xi1>, tensor<4xi1>
}
// ---->
module {
  func.func @main(%arg0: tensor<4x1xi1>, %arg1: tensor<4x2xi1>) -> (tensor<4xi1>, tensor<4xi1>) {
    %0 = stablehlo.constant dense<true> : tensor<i1>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<i1>) -> tensor<4xi1>
    %2 = stablehlo.reshape %arg0 : (tensor<4x1xi1>) -> tensor<4xi1>
    %3 = stablehlo.and %1, %2 : tensor<4xi1>
    %4 = stablehlo.reduce(%arg1 init: %0) applies stablehlo.and across dimensions = [1] : (tensor<4x2xi1>, tensor<i1>) -> tensor<4xi1>
    return %3, %4 : tensor<4xi1>, tensor<4xi1>
  }
}
// -----
// Unsigned integers divided by a power of two are shifted, what is left over is their low bits; of
// others there is more to say.
//
// stage: simplify
func.func @main(%x: tensor<4xui32>, %y: tensor<4xi32>) -> (tensor<4xui32>, tensor<4xui32>, tensor<4xui32>, tensor<4xi32>) {
  %eight = stablehlo.constant dense<8> : tensor<4xui32>
  %six = stablehlo.constant dense<6> : tensor<4xui32>
  %two = stablehlo.constant dense<2> : tensor<4xi32>
  %a = stablehlo.divide %x, %eight : tensor<4xui32>
  %b = stablehlo.remainder %x, %eight : tensor<4xui32>
  %c = stablehlo.divide %x, %six : tensor<4xui32>
  %d = stablehlo.divide %y, %two : tensor<4xi32>
  return %a, %b, %c, %d : tensor<4xui32>, tensor<4xui32>, tensor<4xui32>, tensor<4xi32>
}
// ---->
module {
  func.func @main(%arg0: tensor<4xui32>, %arg1: tensor<4xi32>) -> (tensor<4xui32>, tensor<4xui32>, tensor<4xui32>, tensor<4xi32>) {
    %0 = stablehlo.constant dense<6> : tensor<4xui32>
    %1 = stablehlo.constant dense<2> : tensor<4xi32>
    %2 = stablehlo.constant dense<3> : tensor<4xui32>
    %3 = stablehlo.shift_right_logical %arg0, %2 : tensor<4xui32>
    %4 = stablehlo.constant dense<7> : tensor<4xui32>
    %5 = stablehlo.and %arg0, %4 : tensor<4xui32>
    %6 = stablehlo.divide %arg0, %0 : tensor<4xui32>
    %7 = stablehlo.divide %arg1, %1 : tensor<4xi32>
    return %3, %5, %6, %7 : tensor<4xui32>, tensor<4xui32>, tensor<4xui32>, tensor<4xi32>
  }
}
