// SPDX-License-Identifier: Apache-2.0
//
// Values that do not live together share bytes; an elementwise result takes the place of an operand
// that dies there.
//
// stage: memory
func.func @main(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %a = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %r = stablehlo.reverse %a, dims = [0] : tensor<64x64xf32>
  %b = stablehlo.negate %r : tensor<64x64xf32>
  %c = stablehlo.dot_general %b, %b, contracting_dims = [1] x [0] : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %d = stablehlo.dot_general %c, %b, contracting_dims = [1] x [0] : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  return %d : tensor<64x64xf32>
}
// ---->
value 0: steps 0..0, bytes 16640..33024
value 1: steps 0..1, bytes 33024..49408
value 2: steps 0..0, bytes 0..16640
value 3: steps 1..2, bytes 16640..33024
value 4: steps 2..4, bytes 16640..33024, in place of 3
value 5: steps 3..4, bytes 33024..49408
value 6: steps 3..3, bytes 0..16640
value 7: steps 4..5, bytes 49408..65792
value 8: steps 4..4, bytes 0..16640
arena: 65792 bytes, lower bound 65792 (100 %)
