// SPDX-License-Identifier: Apache-2.0
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TEST_CASE("canonicalize-shapes: broadcasts through unit dimensions become one broadcast") {
  CHECK(After(CanonicalizeShapes, R"(
func.func @main(%x: tensor<4xf32>) -> tensor<2x4x3xf32> {
  %a = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<1x4x1xf32>
  %b = stablehlo.broadcast_in_dim %a, dims = [0, 1, 2] : (tensor<1x4x1xf32>) -> tensor<2x4x3xf32>
  return %b : tensor<2x4x3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<2x4x3xf32> {
  %b = stablehlo.broadcast_in_dim %x, dims = [1] : (tensor<4xf32>) -> tensor<2x4x3xf32>
  return %b : tensor<2x4x3xf32>
})"));
}

TEST_CASE("canonicalize-shapes: a transpose that moves only unit dimensions is a reshape") {
  CHECK(After(CanonicalizeShapes, R"(
func.func @main(%x: tensor<4x1x3xf32>) -> tensor<1x4x3xf32> {
  %y = stablehlo.transpose %x, dims = [1, 0, 2] : (tensor<4x1x3xf32>) -> tensor<1x4x3xf32>
  return %y : tensor<1x4x3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4x1x3xf32>) -> tensor<1x4x3xf32> {
  %y = stablehlo.reshape %x : (tensor<4x1x3xf32>) -> tensor<1x4x3xf32>
  return %y : tensor<1x4x3xf32>
})"));
}

TEST_CASE("canonicalize-shapes: a transpose of real dimensions stays") {
  const char* text = R"(
func.func @main(%x: tensor<4x3xf32>) -> tensor<3x4xf32> {
  %y = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x3xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
})";
  CHECK(After(CanonicalizeShapes, text) == Canonical(text));
}

constexpr char kCountedLoop[] = R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %start = stablehlo.constant dense<0> : tensor<i32>
  %limit = stablehlo.constant dense<LIMIT> : tensor<i32>
  %step = stablehlo.constant dense<1> : tensor<i32>
  %r:2 = stablehlo.while(%i = %start, %a = %x) : tensor<i32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.add %i, %step : tensor<i32>
      %b = stablehlo.negate %a : tensor<4xf32>
      stablehlo.return %next, %b : tensor<i32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
})";

std::string CountedLoop(std::string_view limit) {
  std::string text = kCountedLoop;
  return text.replace(text.find("LIMIT"), 5, limit);
}

TEST_CASE("unroll-loops: few known trips become copies of the body") {
  CHECK(After(UnrollLoops, CountedLoop("2")) == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = stablehlo.negate %x : tensor<4xf32>
  %b = stablehlo.negate %a : tensor<4xf32>
  return %b : tensor<4xf32>
})"));
}

TEST_CASE("unroll-loops: no trip leaves the start values, many trips leave the loop") {
  CHECK(After(UnrollLoops, CountedLoop("-3")) == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
})"));
  CHECK(After(UnrollLoops, CountedLoop("1000")) == Canonical(CountedLoop("1000")));
}

TEST_CASE("inline-calls: only the entry function remains") {
  CHECK(After(InlineCalls, R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %b = call @twice(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %b : tensor<4xf32>
}
func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = stablehlo.add %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = stablehlo.add %x, %x : tensor<4xf32>
  %b = stablehlo.add %a, %a : tensor<4xf32>
  return %b : tensor<4xf32>
})"));
}

TEST_CASE("fold-constants: literals are computed, splats stay splats") {
  CHECK(After(FoldConstants, R"(
func.func @main() -> (tensor<3xi32>, tensor<1000x1000xf32>) {
  %i = stablehlo.iota dim = 0 : tensor<3xi32>
  %two = stablehlo.constant dense<2> : tensor<3xi32>
  %a = stablehlo.multiply %i, %two : tensor<3xi32>
  %half = stablehlo.constant dense<0.5> : tensor<f32>
  %big = stablehlo.broadcast_in_dim %half, dims = [] : (tensor<f32>) -> tensor<1000x1000xf32>
  %b = stablehlo.add %big, %big : tensor<1000x1000xf32>
  return %a, %b : tensor<3xi32>, tensor<1000x1000xf32>
})") == Canonical(R"(
func.func @main() -> (tensor<3xi32>, tensor<1000x1000xf32>) {
  %a = stablehlo.constant dense<[0, 2, 4]> : tensor<3xi32>
  %b = stablehlo.constant dense<1.0> : tensor<1000x1000xf32>
  return %a, %b : tensor<3xi32>, tensor<1000x1000xf32>
})"));
}

TEST_CASE("eliminate-common-subexpressions: equal nodes merge, also when they have computations") {
  CHECK(After(EliminateCommonSubexpressions, R"(
func.func @main(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %a = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %b = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  return %a, %b : tensor<2xf32>, tensor<2xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %a = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  return %a, %a : tensor<2xf32>, tensor<2xf32>
})"));
}

TEST_CASE("eliminate-common-subexpressions: branches do not share what they compute") {
  const char* text = R"(
func.func @main(%p: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %r = "stablehlo.if"(%p) ({
    %a = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %a : tensor<4xf32>
  }, {
    %b = stablehlo.negate %x : tensor<4xf32>
    %c = stablehlo.add %b, %b : tensor<4xf32>
    stablehlo.return %c : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %r : tensor<4xf32>
})";
  CHECK(After(EliminateCommonSubexpressions, text) == Canonical(text));
}

}  // namespace
}  // namespace webhlo
