// SPDX-License-Identifier: Apache-2.0
#include "core/passes/split_init.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TEST_CASE("fuse-elementwise: a chain is one fusion, its broadcasts and splats inside") {
  CHECK(After(FuseElementwise, R"(
func.func @main(%x: tensor<2x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %half = stablehlo.constant dense<0.5> : tensor<2x4xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %y = stablehlo.add %x, %bb : tensor<2x4xf32>
  %z = stablehlo.multiply %y, %half : tensor<2x4xf32>
  return %z : tensor<2x4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %z = "webhlo.fusion"(%x, %b) ({
  ^bb0(%p: tensor<2x4xf32>, %q: tensor<4xf32>):
    %qq = stablehlo.broadcast_in_dim %q, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
    %y = stablehlo.add %p, %qq : tensor<2x4xf32>
    %half = stablehlo.constant dense<0.5> : tensor<2x4xf32>
    %r = stablehlo.multiply %y, %half : tensor<2x4xf32>
    stablehlo.return %r : tensor<2x4xf32>
  }) : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %z : tensor<2x4xf32>
})"));
}

TEST_CASE("fuse-elementwise: what a reduction lies between does not fuse across it") {
  CHECK(After(FuseElementwise, R"(
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<2x4xf32>
  %s = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %b = stablehlo.broadcast_in_dim %s, dims = [0] : (tensor<2xf32>) -> tensor<2x4xf32>
  %y = stablehlo.divide %e, %b : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = "webhlo.fusion"(%x) ({
  ^bb0(%p: tensor<2x4xf32>):
    %r = stablehlo.exponential %p : tensor<2x4xf32>
    stablehlo.return %r : tensor<2x4xf32>
  }) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %s = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %y = "webhlo.fusion"(%e, %s) ({
  ^bb0(%p: tensor<2x4xf32>, %q: tensor<2xf32>):
    %qq = stablehlo.broadcast_in_dim %q, dims = [0] : (tensor<2xf32>) -> tensor<2x4xf32>
    %r = stablehlo.divide %p, %qq : tensor<2x4xf32>
    stablehlo.return %r : tensor<2x4xf32>
  }) : (tensor<2x4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})"));
}

constexpr char kSoftmax[] = R"(
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %lowest = stablehlo.constant dense<LOWEST> : tensor<f32>
  %m = stablehlo.reduce(%x init: %lowest) applies stablehlo.maximum across dimensions = [AXIS] : (tensor<2x4xf32>, tensor<f32>) -> tensor<ROWSxf32>
  %mb = stablehlo.broadcast_in_dim %m, dims = [KEPT] : (tensor<ROWSxf32>) -> tensor<2x4xf32>
  %d = stablehlo.subtract %x, %mb : tensor<2x4xf32>
  %e = stablehlo.exponential %d : tensor<2x4xf32>
  %s = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [AXIS] : (tensor<2x4xf32>, tensor<f32>) -> tensor<ROWSxf32>
  %sb = stablehlo.broadcast_in_dim %s, dims = [KEPT] : (tensor<ROWSxf32>) -> tensor<2x4xf32>
  %y = stablehlo.divide %e, %sb : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})";

std::string Softmax(std::string_view lowest, std::string_view axis, std::string_view kept,
                    std::string_view rows) {
  std::string text = kSoftmax;
  const auto replace = [&](std::string_view name, std::string_view value) {
    for (size_t at; (at = text.find(name)) != std::string::npos;) {
      text.replace(at, name.size(), value);
    }
  };
  replace("LOWEST", lowest);
  replace("AXIS", axis);
  replace("KEPT", kept);
  replace("ROWS", rows);
  return text;
}

TEST_CASE("recognize-softmax: over the last dimension") {
  CHECK(After(RecognizeSoftmax, Softmax("0xFF800000", "1", "0", "2")) == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = "webhlo.softmax"(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})"));
}

TEST_CASE("recognize-softmax: another dimension or another start value is something else") {
  const std::string columns = Softmax("0xFF800000", "0", "1", "4");
  CHECK(After(RecognizeSoftmax, columns) == Canonical(columns));
  const std::string from_zero = Softmax("0.0", "1", "0", "2");
  CHECK(After(RecognizeSoftmax, from_zero) == Canonical(from_zero));
}

TEST_CASE("recognize-softmax: exponentials of outside a branch or a loop stay there") {
  std::string text = Softmax("0xFF800000", "1", "0", "2");
  const auto replace = [&](std::string_view from, std::string_view to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("%x: tensor<2x4xf32>", "%x: tensor<2x4xf32>, %p: tensor<i1>");
  replace("%y = stablehlo.divide %e, %sb : tensor<2x4xf32>", R"(%y = "stablehlo.if"(%p) ({
    %q = stablehlo.divide %e, %sb : tensor<2x4xf32>
    stablehlo.return %q : tensor<2x4xf32>
  }, {
    stablehlo.return %x : tensor<2x4xf32>
  }) : (tensor<i1>) -> tensor<2x4xf32>)");
  CHECK(After(RecognizeSoftmax, text) == Canonical(text));
}

TEST_CASE("fuse-epilogues: bias and relu move into the product, a second user keeps them out") {
  CHECK(After(FuseEpilogues, R"(
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<2x4xf32>
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.add %y, %bb : tensor<2x4xf32>
  %r = stablehlo.maximum %a, %zero : tensor<2x4xf32>
  return %r : tensor<2x4xf32>
})",
              {false, true, true}) == Canonical(R"(
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %y = "webhlo.matmul"(%x, %w, %b) {clamp_min = 0.0 : f32} : (tensor<2x8xf32>, tensor<8x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})"));
  const char* shared = R"(
func.func @main(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = "webhlo.matmul"(%x, %w) : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x4xf32>
  %bb = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %a = stablehlo.add %y, %bb : tensor<2x4xf32>
  return %y, %a : tensor<2x4xf32>, tensor<2x4xf32>
})";
  CHECK(After(FuseEpilogues, shared, {false, true, true}) == Canonical(shared));
}

TEST_CASE("split-init: what weights alone decide leaves the main graph") {
  const Graph graph = Parse(R"(
func.func @main(%x: tensor<2x4xf32>, %w: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<2x4xf32> {
  %p = stablehlo.multiply %w, %v : tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %p, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %y = stablehlo.add %x, %b : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})");
  const Result<SplitProgram> split = SplitInit({"main", {false, true, true}}, graph);
  REQUIRE(split.ok());
  CHECK(Print(split->main) == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>, %p: tensor<4xf32>) -> tensor<2x4xf32> {
  %b = stablehlo.broadcast_in_dim %p, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %y = stablehlo.add %x, %b : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
})"));
  REQUIRE(split->init_graphs.size() == 1);
  CHECK(Print(split->init_graphs[0].graph) == Canonical(R"(
func.func @init(%w: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<4xf32> {
  %p = stablehlo.multiply %w, %v : tensor<4xf32>
  return %p : tensor<4xf32>
})"));
  CHECK(split->init_graphs[0].arguments == std::vector<uint32_t>{1, 2});
  CHECK_FALSE(split->constants[0].is_weight);
}

}  // namespace
}  // namespace webhlo
