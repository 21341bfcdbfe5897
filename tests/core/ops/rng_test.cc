// SPDX-License-Identifier: Apache-2.0
// Infer of rng, and the sequence that its numbers come from; tests/cases/rng.mlir has the numbers.
#include "core/ops/rng.h"

#include <vector>

#include "core/graph/tensor.h"
#include "core/runtime/reference_interpreter.h"
#include "tests/core/ops/infer_test_util.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TEST_CASE("rng") {
  const auto op = [](std::vector<Type> operands, std::string_view result,
                     const char* distribution = "UNIFORM") -> TestOp {
    return {"stablehlo.rng",
            std::move(operands),
            {T(result)},
            {{"rng_distribution", Attribute::String(distribution)}}};
  };
  CheckAccepts(op(Ts({"i32", "i32", "2xi64"}), "3x4xi32"));
  CheckAccepts(op(Ts({"f32", "f32", "0xindex"}), "f32", "NORMAL"));
  CheckRejects("(C1)", op(Ts({"i32", "i64", "2xi64"}), "3x4xi32"));
  CheckRejects("(C1)", op(Ts({"i64", "i32", "2xi64"}), "3x4xi32"));
  CheckRejects("(C2)", op(Ts({"i32", "i32", "2xi64"}), "3x4xi32", "NORMAL"));
  CheckRejects("(C3)", op(Ts({"i32", "i32", "3xi64"}), "3x4xi32"));
  CheckRejects("scalars", op(Ts({"1xi32", "i32", "2xi64"}), "3x4xi32"));
  CheckRejects("of", op(Ts({"i32", "i32", "2xf32"}), "3x4xi32"));
}

// What rng makes of the literal shape [2, 3].
Graph Expanded(std::string_view result) {
  const std::string type = "tensor<" + std::string(result) + ">";
  const Graph graph = Parse("func.func @main() -> " + type + R"( {
    %a = stablehlo.constant dense<0.0> : tensor<f32>
    %b = stablehlo.constant dense<1.0> : tensor<f32>
    %s = stablehlo.constant dense<[2, 3]> : tensor<2xi64>
    %0 = stablehlo.rng %a, %b, %s, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> )" +
                            type + "\n return %0 : " + type + "\n}");
  Graph expanded;
  const Status status = ExpandOps({"main", {}}, graph, &expanded);
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  return expanded;
}

TEST_CASE("rng: a literal shape is the result's") {
  const Graph graph = Parse(R"(func.func @main(%a: tensor<f32>) -> tensor<2x4xf32> {
    %s = stablehlo.constant dense<[2, 3]> : tensor<2xi64>
    %0 = stablehlo.rng %a, %a, %s, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<2x4xf32>
    return %0 : tensor<2x4xf32>
  })");
  Graph expanded;
  const Status status = ExpandOps({"main", {}}, graph, &expanded);
  CHECK(status.message().find("(C3)") != std::string_view::npos);
}

TEST_CASE("rng: equal programs draw the same numbers after the same seed") {
  const Graph graph = Expanded("2x3xf32");
  const auto draw = [&] {
    const Result<std::vector<AlignedBuffer>> results = Interpret(graph, graph.functions[0], {});
    REQUIRE(results.ok());
    const uint8_t* const bytes = results->front().data();
    return std::vector<uint8_t>(bytes, bytes + 24);
  };
  SeedRandomNumbers(3);
  const auto first = draw(), second = draw();
  SeedRandomNumbers(3);
  const auto again = draw();
  SeedRandomNumbers(4);
  const auto other = draw();
  SeedRandomNumbers(0);
  CHECK(first == again);
  CHECK(first != second);
  CHECK(first != other);
}

}  // namespace
}  // namespace webhlo
