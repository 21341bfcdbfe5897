// SPDX-License-Identifier: Apache-2.0
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

// Arguments: image, filter, scale, offset; the last three are weights.
const std::vector<bool> kWeights = {false, true, true, true};

TEST_CASE("fold-scales: a scale and an offset after a convolution move into its filter") {
  CHECK(After(FoldScales, R"(
func.func @main(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x3x3xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x4x8x8xf32> {
  %y = stablehlo.convolution(%x, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1],
      window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<1x2x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x8x8xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<1x4x8x8xf32>
  %a = stablehlo.multiply %y, %bs : tensor<1x4x8x8xf32>
  %bt = stablehlo.broadcast_in_dim %t, dims = [1] : (tensor<4xf32>) -> tensor<1x4x8x8xf32>
  %b = stablehlo.add %a, %bt : tensor<1x4x8x8xf32>
  return %b : tensor<1x4x8x8xf32>
})",
              kWeights) == Canonical(R"(
func.func @main(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x3x3xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x4x8x8xf32> {
  %bs = stablehlo.broadcast_in_dim %s, dims = [0] : (tensor<4xf32>) -> tensor<4x2x3x3xf32>
  %ws = stablehlo.multiply %w, %bs : tensor<4x2x3x3xf32>
  %y = stablehlo.convolution(%x, %ws) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1],
      window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<1x2x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x8x8xf32>
  %bt = stablehlo.broadcast_in_dim %t, dims = [1] : (tensor<4xf32>) -> tensor<1x4x8x8xf32>
  %b = stablehlo.add %y, %bt : tensor<1x4x8x8xf32>
  return %b : tensor<1x4x8x8xf32>
})"));
}

TEST_CASE("fold-scales: a scale along another dimension than the channels stays") {
  const char* text = R"(
func.func @main(%x: tensor<1x2x4x4xf32>, %w: tensor<4x2x1x1xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
  %y = stablehlo.convolution(%x, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1],
      window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<1x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<1x4x4x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [2] : (tensor<4xf32>) -> tensor<1x4x4x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<1x4x4x4xf32>
  return %a : tensor<1x4x4x4xf32>
})";
  CHECK(After(FoldScales, text, kWeights) == Canonical(text));
}

TEST_CASE("fold-scales: an unscaled convolution that somebody else uses stays") {
  const char* text = R"(
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<2x4xf32>
  return %y, %a : tensor<2x4xf32>, tensor<2x4xf32>
})";
  CHECK(After(FoldScales, text, kWeights) == Canonical(text));
}

}  // namespace
}  // namespace webhlo
