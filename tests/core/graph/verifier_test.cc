// SPDX-License-Identifier: Apache-2.0
#include "core/graph/verifier.h"

#include <doctest/doctest.h>

#include <utility>

#include "core/text/text.h"

namespace webhlo {
namespace {

const Type kF32(TensorType(ElementType::kF32, {2}));

// A function @main(tensor<2xf32>) with `abs` applied, to be damaged.
Graph Small() {
  Graph graph;
  GraphBuilder builder(&graph);
  Function function;
  function.name = "main";
  function.body = builder.BeginRegion();
  const ValueId x = builder.AddArgument(kF32);
  const ValueId y = builder.AddNode("stablehlo.abs", {&x, 1}, {&kF32, 1});
  builder.EndRegion({&y, 1});
  graph.functions.push_back(function);
  return graph;
}

std::string Message(const Status& status) { return std::string(status.message()); }

Status StructureOf(std::string_view text) {
  Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), Message(graph.status()));
  return VerifyStructure(*graph);
}

TEST_CASE("a sound graph passes") { CHECK(VerifyStructure(Small()).ok()); }

TEST_CASE("ids and ranges are checked before they are followed") {
  const auto broken = [](auto damage) {
    Graph graph = Small();
    damage(graph);
    const Status status = VerifyStructure(graph);
    CHECK(status.code() == StatusCode::kInvalidModel);
  };
  broken([](Graph& g) { g.values[0].type = 99; });
  broken([](Graph& g) { g.nodes[0].location = 7; });
  broken([](Graph& g) { g.nodes[0].operands = {0xfffffff0u, 0x20u}; });
  broken([](Graph& g) { g.nodes[0].results.size = 3; });
  broken([](Graph& g) {
    g.nodes[0].name = static_cast<OpName>(static_cast<uint32_t>(OpName::kCount) + 12);
  });
  broken([](Graph& g) { g.regions[0].nodes.size = 2; });
  broken([](Graph& g) { g.functions[0].body = 4; });
  broken([](Graph& g) { g.operand_pool[0] = 1; });  // Its own result.
  broken([](Graph& g) { g.functions.push_back(g.functions[0]); });
  broken([](Graph& g) { g.locations.clear(); });
  broken([](Graph& g) { g.regions[0].arguments.size = 2; });
  broken([](Graph& g) { g.types[0].tensor.dims = {-5}; });
  broken([](Graph& g) { g.types[0].tensor.dims = {int64_t{1} << 40, int64_t{1} << 40}; });
  broken([](Graph& g) { g.functions[0].argument_attributes.resize(3); });
}

TEST_CASE("values are visible in their region and the ones inside it") {
  Graph graph = Small();
  // The function returns a value of an inner region.
  GraphBuilder builder(&graph);
  Function function;
  function.name = "f";
  function.body = builder.BeginRegion();
  const RegionId inner = builder.BeginRegion();
  const ValueId secret = builder.AddNode("stablehlo.create_token", {}, {&kF32, 1});
  builder.EndRegion({&secret, 1});
  builder.AddNode("other.op", {}, {}, {}, {&inner, 1});
  builder.EndRegion({&secret, 1});
  graph.functions.push_back(function);
  const Status status = VerifyStructure(graph);
  CHECK(Message(status) == "function @f: a value is used where it is not defined");
}

TEST_CASE("a region's values have higher numbers than what it sees") {
  const auto status = [](auto damage) {
    Graph graph;
    GraphBuilder builder(&graph);
    Function function;
    function.name = "f";
    function.body = builder.BeginRegion();
    builder.AddNode(ops::kCreateToken, {}, {&kF32, 1});
    builder.AddNode(ops::kCreateToken, {}, {&kF32, 1});
    const RegionId inner = builder.BeginRegion();
    builder.AddNode(ops::kCreateToken, {}, {&kF32, 1});
    builder.EndRegion({});
    builder.AddNode("other.op", {}, {}, {}, {&inner, 1});
    builder.EndRegion({});
    graph.functions.push_back(function);
    damage(graph, graph.regions[inner]);
    return Message(VerifyStructure(graph));
  };
  constexpr std::string_view kError =
      "function @f: a region's values are not numbered after those that it sees";
  CHECK(status([](Graph&, Region&) {}) == "");
  CHECK(status([](Graph&, Region& inner) { inner.arguments.begin = 0; }) == kError);
  CHECK(status([](Graph& g, Region& inner) {
          // The first token is the inner region's.
          std::swap(g.nodes[inner.nodes.begin].results, g.nodes[inner.nodes.end()].results);
        }) == kError);
}

TEST_CASE("attributes are checked against the dialect table") {
  Graph graph;
  GraphBuilder builder(&graph);
  Function function;
  function.name = "main";
  function.body = builder.BeginRegion();
  const ValueId y = builder.AddNode("stablehlo.iota", {}, {&kF32, 1});
  builder.EndRegion({&y, 1});
  graph.functions.push_back(function);
  CHECK(Message(VerifyStructure(graph)) ==
        "function @main: stablehlo.iota: attribute 'iota_dimension' is missing");
  graph.attribute_pool.push_back({"iota_dimension", Attribute::Bool(true)});
  graph.nodes[0].attributes = {0, 1};
  CHECK(Message(VerifyStructure(graph)) ==
        "function @main: stablehlo.iota: attribute 'iota_dimension' is not an integer");
  graph.attribute_pool[0].value = Attribute::Int(0);
  CHECK(VerifyStructure(graph).ok());
}

TEST_CASE("calls name functions of their type and never themselves") {
  CHECK(StructureOf("func.func @main() { call @f() : () -> ()  return }").code() ==
        StatusCode::kInvalidModel);
  CHECK(StructureOf("func.func @f(%a: tensor<f32>) { return }"
                    "func.func @main(%a: tensor<i32>) { call @f(%a) : (tensor<i32>) -> () return }")
            .code() == StatusCode::kInvalidModel);
  CHECK(StructureOf("func.func @f() { call @g() : () -> () return }"
                    "func.func @g() { call @f() : () -> () return }"
                    "func.func @main() { call @f() : () -> () return }")
            .code() == StatusCode::kUnsupported);
  CHECK(StructureOf("func.func private @f()\n"
                    "func.func @main() { call @f() : () -> () return }")
            .code() == StatusCode::kUnsupported);
  CHECK(StructureOf("func.func @f() { return }"
                    "func.func @main() { call @f() : () -> () call @f() : () -> () return }")
            .ok());
}

TEST_CASE("quantized types are sound") {
  const auto status = [](std::string_view type) {
    return StructureOf("func.func @main(%a: tensor<4x2x!quant.uniform<" + std::string(type) +
                       ">>) { return }");
  };
  CHECK(status("i8:f32, 0.5:3").ok());
  CHECK(status("i8:f32:1, {0.5, 0.25:1}").ok());
  CHECK(status("i8:f32:{0:2, 1:1}, {{1.0, 2.0}, {3.0, 4.0}}").ok());
  CHECK(!status("i8:f32:1, {0.5}").ok());
  CHECK(!status("i8:f32:2, {0.5}").ok());
  CHECK(!status("i8:f32:{0:3}, {0.5}").ok());
  CHECK(!status("i8<3:-3>:f32, 0.5").ok());
}

TEST_CASE("ops that the table lacks are one error that names them all") {
  Result<Graph> graph = ParseText(
      "func.func @main() {\n"
      "  \"foo.one\"() : () -> ()\n"
      "  \"foo.two\"() : () -> ()\n"
      "  \"foo.one\"() : () -> ()\n"
      "  return\n}",
      "a.mlir");
  REQUIRE(graph.ok());
  CHECK(VerifyStructure(*graph).ok());
  const Status status = Verify(*graph);
  CHECK(status.code() == StatusCode::kUnsupported);
  CHECK(Message(status) ==
        "operations that this build cannot run:\n"
        "  foo.one (2): \"a.mlir\":2:3, \"a.mlir\":4:3\n"
        "  foo.two (1): \"a.mlir\":3:3");
}

TEST_CASE("a program whose constants were elided can be read but not run") {
  Result<Graph> graph = ParseText(
      "func.func @main() {\n"
      "  %0 = stablehlo.constant dense_resource<__elided__> : tensor<4096xf32>\n"
      "  return\n}");
  REQUIRE(graph.ok());
  CHECK(VerifyStructure(*graph).ok());
  CHECK(Verify(*graph).code() == StatusCode::kUnsupported);
}

}  // namespace
}  // namespace webhlo
