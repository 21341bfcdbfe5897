// SPDX-License-Identifier: Apache-2.0
#include "core/passes/split_init.h"

#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

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
