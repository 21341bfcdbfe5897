// SPDX-License-Identifier: Apache-2.0
#include "core/base/strings.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

// Arguments: image, filter, scale, offset; the last three are weights.
const std::vector<bool> kWeights = {false, true, true, true};

TEST_CASE(
    "fold-scales: a scale, an offset and a bound move into a convolution, as far as its "
    "channels allow") {
  CHECK(After(FoldScales, R"(
func.func @main(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x6x6x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<1x6x6x4xf32>
  %y = "webhlo.conv2d"(%x, %w) : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>) -> tensor<1x6x6x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [3] : (tensor<4xf32>) -> tensor<1x6x6x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<1x6x6x4xf32>
  %bt = stablehlo.broadcast_in_dim %t, dims = [3] : (tensor<4xf32>) -> tensor<1x6x6x4xf32>
  %b = stablehlo.subtract %bt, %a : tensor<1x6x6x4xf32>
  %c = stablehlo.maximum %zero, %b : tensor<1x6x6x4xf32>
  return %c : tensor<1x6x6x4xf32>
})",
              kWeights) == Canonical(R"(
func.func @main(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x6x6x4xf32> {
  %scale, %offset, %ok, %some_fail = "webhlo.fold_scales"(%w, %s, %t) {dimension = 0 : i64, steps = "*~"}
      : (tensor<4x3x3x2xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xi1>, tensor<i1>)
  %bs = stablehlo.broadcast_in_dim %scale, dims = [0] : (tensor<4xf32>) -> tensor<4x3x3x2xf32>
  %ws = stablehlo.multiply %w, %bs : tensor<4x3x3x2xf32>
  %r = "stablehlo.if"(%some_fail) ({
    %y = "webhlo.conv2d"(%x, %ws, %offset) : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
    %z = "webhlo.rescale"(%y, %ok, %s, %t) {clamp_min = 0.0 : f32, steps = "*~"}
        : (tensor<1x6x6x4xf32>, tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
    stablehlo.return %z : tensor<1x6x6x4xf32>
  }, {
    %y = "webhlo.conv2d"(%x, %ws, %offset) {clamp_min = 0.0 : f32} : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
    stablehlo.return %y : tensor<1x6x6x4xf32>
  }) : (tensor<i1>) -> tensor<1x6x6x4xf32>
  return %r : tensor<1x6x6x4xf32>
})"));
}

std::string Literals(std::string_view second_scale) {
  return StrCat(R"(
func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = stablehlo.constant dense<[2.0, )",
                second_scale, R"(]> : tensor<2xf32>
  %t = stablehlo.constant dense<1.0> : tensor<2x2xf32>
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32>
  %a = stablehlo.multiply %y, %bs : tensor<2x2xf32>
  %b = stablehlo.add %a, %t : tensor<2x2xf32>
  return %b : tensor<2x2xf32>
})");
}

TEST_CASE("fold-scales: literal weights are folded here, or stay as they are written") {
  CHECK(After(FoldScales, Literals("-1.0")) == Canonical(R"(
func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %ws = stablehlo.constant dense<[[2.0, -2.0], [6.0, -4.0]]> : tensor<2x2xf32>
  %o = stablehlo.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %y = "webhlo.matmul"(%x, %ws, %o) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
})"));
  const std::string overflows = Literals("1.0e38");
  CHECK(After(FoldScales, overflows) == Canonical(overflows));
}

TEST_CASE("fold-scales: a scale along another dimension than the channels stays") {
  const char* text = R"(
func.func @main(%x: tensor<1x4x4x2xf32>, %w: tensor<4x1x1x2xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
  %y = "webhlo.conv2d"(%x, %w) : (tensor<1x4x4x2xf32>, tensor<4x1x1x2xf32>) -> tensor<1x4x4x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [2] : (tensor<4xf32>) -> tensor<1x4x4x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<1x4x4x4xf32>
  return %a : tensor<1x4x4x4xf32>
})";
  CHECK(After(FoldScales, text, kWeights) == Canonical(text));
}

TEST_CASE("fold-scales: an unscaled product that somebody else uses stays") {
  const char* text = R"(
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %s: tensor<4xf32>, %t: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.multiply %y, %bs : tensor<2x4xf32>
  return %y, %a : tensor<2x4xf32>, tensor<2x4xf32>
})";
  CHECK(After(FoldScales, text, kWeights) == Canonical(text));
}

// What a branch does with a product of outside must not bring the product into the branch, nor a
// loop's step the product into the loop.
constexpr const char* kInBranch = R"(
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %s: tensor<4xf32>, %p: tensor<i1>) -> tensor<2x4xf32> {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %r = "stablehlo.if"(%p) ({
    %bs = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
    %a = stablehlo.STEP %y, %bs : tensor<2x4xf32>
    stablehlo.return %a : tensor<2x4xf32>
  }, {
    %zero = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    stablehlo.return %zero : tensor<2x4xf32>
  }) : (tensor<i1>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
})";

TEST_CASE("fold-scales, fuse-epilogues: what stands outside a branch or a loop stays there") {
  for (const char* step : {"multiply", "add"}) {
    std::string text = kInBranch;
    text.replace(text.find("STEP"), 4, step);
    CHECK(After(FoldScales, text, {false, true, true, false}) == Canonical(text));
    CHECK(After(FuseEpilogues, text, {false, true, true, false}) == Canonical(text));
  }
}

}  // namespace
}  // namespace webhlo
