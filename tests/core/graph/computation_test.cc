// SPDX-License-Identifier: Apache-2.0
#include "core/graph/computation.h"

#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

Graph Body(std::string_view node) {
  return Parse("func.func @main(%x: tensor<2x2xf32>, %y: tensor<2x2xf32>) -> tensor<2x2xf32> {\n" +
               std::string(node) + "\nreturn %z : tensor<2x2xf32>\n}");
}

TEST_CASE("computation: names and locations are no part of it") {
  const Graph a = Body("%z = stablehlo.add %x, %y : tensor<2x2xf32>");
  const Graph b = Parse(R"(
module @other {
  func.func @f(%0: tensor<2x2xf32>, %1: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %2 = stablehlo.add %0, %1 : tensor<2x2xf32> loc("here")
    return %2 : tensor<2x2xf32>
  }
})");
  CHECK(ComputationKey(a) == ComputationKey(b));
}

TEST_CASE("computation: ops, operands, attributes, literals, types and regions are") {
  const std::string_view bodies[] = {
      "%z = stablehlo.add %x, %y : tensor<2x2xf32>",
      "%z = stablehlo.multiply %x, %y : tensor<2x2xf32>",
      "%z = stablehlo.add %y, %x : tensor<2x2xf32>",
      "%z = stablehlo.add %x, %x : tensor<2x2xf32>",
      "%z = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x2xf32>) -> tensor<2x2xf32>",
      "%z = stablehlo.transpose %x, dims = [0, 1] : (tensor<2x2xf32>) -> tensor<2x2xf32>",
      "%z = stablehlo.constant dense<1.0> : tensor<2x2xf32>",
      "%z = stablehlo.constant dense<2.0> : tensor<2x2xf32>",
      R"(%a = stablehlo.convert %x : (tensor<2x2xf32>) -> tensor<2x2xf64>
%z = stablehlo.convert %a : (tensor<2x2xf64>) -> tensor<2x2xf32>)",
      R"(%a = stablehlo.convert %x : (tensor<2x2xf32>) -> tensor<2x2xf16>
%z = stablehlo.convert %a : (tensor<2x2xf16>) -> tensor<2x2xf32>)",
      R"(%c = stablehlo.constant dense<0.0> : tensor<f32>
%r = stablehlo.reduce(%x init: %c) applies stablehlo.add across dimensions = [0, 1] : (tensor<2x2xf32>, tensor<f32>) -> tensor<f32>
%z = stablehlo.broadcast %r, sizes = [2, 2] : (tensor<f32>) -> tensor<2x2xf32>)",
      R"(%c = stablehlo.constant dense<0.0> : tensor<f32>
%r = stablehlo.reduce(%x init: %c) applies stablehlo.maximum across dimensions = [0, 1] : (tensor<2x2xf32>, tensor<f32>) -> tensor<f32>
%z = stablehlo.broadcast %r, sizes = [2, 2] : (tensor<f32>) -> tensor<2x2xf32>)",
  };
  std::vector<Graph> graphs;
  for (std::string_view body : bodies) graphs.push_back(Body(body));
  for (size_t i = 0; i < graphs.size(); ++i) {
    for (size_t j = 0; j < graphs.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK((ComputationKey(graphs[i]) == ComputationKey(graphs[j])) == (i == j));
    }
  }
}

}  // namespace
}  // namespace webhlo
