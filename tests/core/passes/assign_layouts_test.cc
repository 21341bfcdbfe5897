// SPDX-License-Identifier: Apache-2.0
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TEST_CASE("assign-layouts: convolutions run on NHWC, and the transposes between them vanish") {
  CHECK(After(AssignLayouts, R"(
func.func @main(%x: tensor<1x2x8x8xf32>, %v: tensor<3x2x1x1xf32>, %w: tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32> {
  %y = stablehlo.convolution(%x, %v) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x2x8x8xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x8x8xf32>
  %a = stablehlo.abs %y : tensor<1x3x8x8xf32>
  %z = stablehlo.convolution(%a, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32>
  return %z : tensor<1x4x8x8xf32>
})",
              {false, true, true}) == Canonical(R"(
func.func @main(%x: tensor<1x2x8x8xf32>, %v: tensor<3x2x1x1xf32>, %w: tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32> {
  %nhwc = stablehlo.transpose %x, dims = [0, 2, 3, 1] : (tensor<1x2x8x8xf32>) -> tensor<1x8x8x2xf32>
  %ohwi = stablehlo.reshape %v : (tensor<3x2x1x1xf32>) -> tensor<3x1x1x2xf32>
  %y = "webhlo.conv2d"(%nhwc, %ohwi) {feature_group_count = 1 : i64, padding = array<i64: 0, 0, 0, 0>,
      rhs_dilation = array<i64: 1, 1>, window_strides = array<i64: 1, 1>}
      : (tensor<1x8x8x2xf32>, tensor<3x1x1x2xf32>) -> tensor<1x8x8x3xf32>
  %a = stablehlo.abs %y : tensor<1x8x8x3xf32>
  %ohwi2 = stablehlo.reshape %w : (tensor<4x3x1x1xf32>) -> tensor<4x1x1x3xf32>
  %z = "webhlo.conv2d"(%a, %ohwi2) {feature_group_count = 1 : i64, padding = array<i64: 0, 0, 0, 0>,
      rhs_dilation = array<i64: 1, 1>, window_strides = array<i64: 1, 1>}
      : (tensor<1x8x8x3xf32>, tensor<4x1x1x3xf32>) -> tensor<1x8x8x4xf32>
  %nchw = stablehlo.transpose %z, dims = [0, 3, 1, 2] : (tensor<1x8x8x4xf32>) -> tensor<1x4x8x8xf32>
  return %nchw : tensor<1x4x8x8xf32>
})"));
}

TEST_CASE("assign-layouts: a transposed right operand is read as it lies") {
  CHECK(After(AssignLayouts, R"(
func.func @main(%x: tensor<4x8xf32>, %w: tensor<3x8xf32>) -> tensor<4x3xf32> {
  %t = stablehlo.transpose %w, dims = [1, 0] : (tensor<3x8xf32>) -> tensor<8x3xf32>
  %y = stablehlo.dot_general %x, %t, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4x8xf32>, %w: tensor<3x8xf32>) -> tensor<4x3xf32> {
  %y = "webhlo.matmul"(%x, %w) {transpose_rhs = true} : (tensor<4x8xf32>, tensor<3x8xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
})"));
}

TEST_CASE("assign-layouts: a reshape that merges neighbours in memory keeps the layout") {
  CHECK(After(AssignLayouts, R"(
func.func @main(%x: tensor<2x3x4x5xf32>) -> tensor<20x6xf32> {
  %t = stablehlo.transpose %x, dims = [2, 3, 0, 1] : (tensor<2x3x4x5xf32>) -> tensor<4x5x2x3xf32>
  %r = stablehlo.reshape %t : (tensor<4x5x2x3xf32>) -> tensor<20x6xf32>
  %y = stablehlo.negate %r : tensor<20x6xf32>
  return %y : tensor<20x6xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<2x3x4x5xf32>) -> tensor<20x6xf32> {
  %r = stablehlo.reshape %x : (tensor<2x3x4x5xf32>) -> tensor<6x20xf32>
  %y = stablehlo.negate %r : tensor<6x20xf32>
  %t = stablehlo.transpose %y, dims = [1, 0] : (tensor<6x20xf32>) -> tensor<20x6xf32>
  return %t : tensor<20x6xf32>
})"));
}

TEST_CASE("assign-layouts: f64 products and dilated inputs stay as they are") {
  const char* text = R"(
func.func @main(%x: tensor<4x8xf64>, %w: tensor<8x3xf64>) -> tensor<4x3xf64> {
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x8xf64>, tensor<8x3xf64>) -> tensor<4x3xf64>
  return %y : tensor<4x3xf64>
})";
  CHECK(After(AssignLayouts, text) == Canonical(text));
}

}  // namespace
}  // namespace webhlo
