// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/reference_interpreter.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "core/graph/uses.h"
#include "core/graph/verifier.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

Graph Parse(std::string_view text) {
  Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  const Status status = Verify(*graph);
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  return std::move(*graph);
}

const TensorType kScalarI64(ElementType::kI64, {});

TEST_CASE("a function of inputs") {
  const Graph graph = Parse(R"(
    func.func @main(%a: tensor<2xi64>, %b: tensor<i64>) -> (tensor<2xi64>, tensor<i64>, tensor<i64>) {
      %0 = stablehlo.broadcast_in_dim %b, dims = [] : (tensor<i64>) -> tensor<2xi64>
      %1 = stablehlo.multiply %a, %0 : tensor<2xi64>
      %2 = stablehlo.constant dense<7> : tensor<i64>
      return %1, %b, %2 : tensor<2xi64>, tensor<i64>, tensor<i64>
    })");
  const TensorType pair(ElementType::kI64, {2});
  int64_t a[] = {3, 4}, b = 5;
  const TensorView inputs[] = {{&pair, a}, {&kScalarI64, &b}};
  Result<std::vector<AlignedBuffer>> results = Interpret(graph, graph.functions[0], inputs);
  REQUIRE(results.ok());
  int64_t values[4];
  std::memcpy(values, (*results)[0].data(), 16);
  std::memcpy(values + 2, (*results)[1].data(), 8);
  std::memcpy(values + 3, (*results)[2].data(), 8);
  CHECK(std::vector<int64_t>(values, values + 4) == std::vector<int64_t>{15, 20, 5, 7});

  CHECK(Interpret(graph, graph.functions[0], std::span(inputs, 1)).status().code() ==
        StatusCode::kInvalidArgument);
  const TensorView swapped[] = {inputs[1], inputs[0]};
  const Status status = Interpret(graph, graph.functions[0], swapped).status();
  CHECK(status.message() == "input 0 of @main is tensor<i64>, expected tensor<2xi64>");
}

TEST_CASE("a budget stops an endless loop, and the interpreter can run again") {
  const Graph graph = Parse(R"(
    func.func @main(%a: tensor<i1>) -> tensor<i1> {
      %0 = stablehlo.while(%go = %a) : tensor<i1>
        cond { stablehlo.return %go : tensor<i1> }
        do { stablehlo.return %go : tensor<i1> }
      return %0 : tensor<i1>
    })");
  Budget budget;
  budget.Limit(1'000'000);
  ReferenceInterpreter interpreter(graph, budget);
  const TensorType type(ElementType::kI1, {});
  uint8_t go = 1;
  const TensorView input(&type, &go);
  CHECK(interpreter.Call(graph.functions[0], {&input, 1}).status().code() ==
        StatusCode::kCancelled);
  budget.Limit(1'000'000);
  go = 0;
  CHECK(interpreter.Call(graph.functions[0], {&input, 1}).ok());
}

TEST_CASE("recursion, which the verifier refuses, is an error here too") {
  const Result<Graph> graph = ParseText(R"(
    func.func @main() -> tensor<i32> {
      %0 = call @main() : () -> tensor<i32>
      return %0 : tensor<i32>
    })");
  REQUIRE(graph.ok());
  CHECK(Interpret(*graph, graph->functions[0], {}).status().code() == StatusCode::kUnsupported);
}

TEST_CASE("a long chain of calls is an error, not a stack overflow") {
  std::string text = "func.func @f0() { return }\n";
  for (int i = 1; i < 2000; ++i) {
    text += "func.func @f" + std::to_string(i) + "() { call @f" + std::to_string(i - 1) +
            "() : () -> () return }\n";
  }
  const Graph graph = Parse(text);
  CHECK(Interpret(graph, *graph.FindFunction("f100"), {}).ok());
  CHECK(Interpret(graph, *graph.FindFunction("f1999"), {}).status().code() ==
        StatusCode::kUnsupported);
}

TEST_CASE("a region runs alone once its captured values are bound") {
  const Graph graph = Parse(R"(
    func.func @main(%a: tensor<3xi64>, %k: tensor<i64>) -> tensor<i64> {
      %0 = stablehlo.constant dense<0> : tensor<i64>
      %1 = stablehlo.reduce(%a init: %0) across dimensions = [0] : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
       reducer(%x: tensor<i64>, %y: tensor<i64>) {
        %2 = stablehlo.multiply %y, %k : tensor<i64>
        %3 = stablehlo.add %x, %2 : tensor<i64>
        stablehlo.return %3 : tensor<i64>
      }
      return %1 : tensor<i64>
    })");
  const Node* reduce = nullptr;
  for (const Node& node : graph.nodes) {
    if (node.name == ops::kReduce) reduce = &node;
  }
  REQUIRE(reduce);
  const RegionId body = graph.regions_of(*reduce)[0];
  const std::vector<ValueId> captured = CapturedValues(graph, body);
  const Region& main = graph.regions[graph.functions[0].body];
  REQUIRE(captured == std::vector<ValueId>{main.arguments.begin + 1});

  Budget budget;
  ReferenceInterpreter interpreter(graph, budget);
  int64_t k = 10, x = 1, y = 2, result = 0;
  interpreter.Bind(captured[0], TensorView(&kScalarI64, &k));
  const TensorView arguments[] = {{&kScalarI64, &x}, {&kScalarI64, &y}};
  const TensorView out(&kScalarI64, &result);
  CHECK(RunToEnd(interpreter.Run(body, arguments, {&out, 1})).ok());
  CHECK(result == 21);
  y = 3;
  CHECK(RunToEnd(interpreter.Run(body, arguments, {&out, 1})).ok());
  CHECK(result == 31);
}

TEST_CASE("a program that asks for too much memory gets an error") {
  const Graph graph = Parse(R"(
    func.func @main() -> tensor<i32> {
      %0 = stablehlo.iota dim = 0 : tensor<1152921504606846975xi32>
      %1 = stablehlo.get_dimension_size %0, dim = 0 : (tensor<1152921504606846975xi32>) -> tensor<i32>
      return %1 : tensor<i32>
    })");
  CHECK(Interpret(graph, graph.functions[0], {}).status().code() == StatusCode::kOutOfMemory);
}

TEST_CASE("a value without a known size is refused where its region would run") {
  const Graph graph = Parse(R"(
    func.func @main(%a: tensor<2xf32>) -> tensor<i32> {
      %0 = stablehlo.abs %a : (tensor<2xf32>) -> tensor<?xf32>
      %1 = stablehlo.get_dimension_size %0, dim = 0 : (tensor<?xf32>) -> tensor<i32>
      return %1 : tensor<i32>
    }
    func.func @result(%a: tensor<2xf32>) -> tensor<?xf32> {
      %0 = stablehlo.abs %a : (tensor<2xf32>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    })");
  const TensorType pair(ElementType::kF32, {2});
  float values[] = {1, -2};
  const TensorView input(&pair, values);
  for (const Function& function : graph.functions) {
    const Status status = Interpret(graph, function, std::span(&input, 1)).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message() == "a value of type tensor<?xf32> has no known size");
  }
}

}  // namespace
}  // namespace webhlo
