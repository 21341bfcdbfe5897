// SPDX-License-Identifier: Apache-2.0
//
// InferOp: runs one op's Infer on a node built in place, to test which constraint it cites.
#ifndef WEBHLO_TESTS_CORE_OPS_INFER_TEST_UTIL_H_
#define WEBHLO_TESTS_CORE_OPS_INFER_TEST_UTIL_H_

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/graph/graph.h"
#include "core/graph/op_def.h"

namespace webhlo {

// "2x3xf32" -> tensor<2x3xf32>; "?" is a dynamic dimension, "token" a token.
inline Type T(std::string_view text) {
  if (text == "token") return Type::Of(Type::Kind::kToken);
  TensorType type;
  while (true) {
    const size_t x = text.find('x');
    if (x == std::string_view::npos || !(text[0] == '?' || (text[0] >= '0' && text[0] <= '9'))) {
      break;
    }
    type.dims.push_back(text[0] == '?' ? kDynamic : std::stoll(std::string(text.substr(0, x))));
    text.remove_prefix(x + 1);
  }
  type.element = *ParseElementType(text);
  return type;
}

inline std::vector<Type> Ts(std::initializer_list<std::string_view> texts) {
  std::vector<Type> types;
  for (std::string_view text : texts) types.push_back(T(text));
  return types;
}

// A region of one op on its arguments, or, without an op, one that returns its first arguments.
struct TestRegion {
  std::vector<Type> arguments;
  std::vector<Type> results;
  std::string op;
};

inline TestRegion AddRegion(std::string_view scalar) {
  return {Ts({scalar, scalar}), Ts({scalar}), "stablehlo.add"};
}

struct TestOp {
  std::string_view name;
  std::vector<Type> operands;
  std::vector<Type> results;
  std::vector<NamedAttribute> attributes;
  std::vector<TestRegion> regions;
};

inline NamedAttribute Ints(std::string name, std::vector<int64_t> values) {
  return {std::move(name), Attribute::Ints(std::move(values))};
}
inline NamedAttribute Int(std::string name, int64_t value) {
  return {std::move(name), Attribute::Int(value)};
}

// Makes a graph that holds the node and its operands' arguments.
inline const Node& BuildNode(const TestOp& test, Graph* graph) {
  GraphBuilder builder(graph);
  builder.BeginRegion();
  std::vector<ValueId> operands;
  for (const Type& type : test.operands) operands.push_back(builder.AddArgument(type));
  std::vector<RegionId> regions;
  for (const TestRegion& region : test.regions) {
    regions.push_back(builder.BeginRegion());
    std::vector<ValueId> values;
    for (const Type& type : region.arguments) values.push_back(builder.AddArgument(type));
    if (!region.op.empty()) {
      const ValueId first = builder.AddNode(region.op, values, region.results);
      values.clear();
      for (size_t i = 0; i < region.results.size(); ++i) {
        values.push_back(first + static_cast<ValueId>(i));
      }
    }
    values.resize(region.results.size());
    builder.EndRegion(values);
  }
  builder.AddNode(test.name, operands, test.results, test.attributes, regions);
  builder.EndRegion({});
  REQUIRE(graph->nodes.back().op != nullptr);
  return graph->nodes.back();
}

// The status of the op's Infer; `inferred` receives the result types.
inline Status InferOp(const TestOp& test, std::vector<Type>* inferred = nullptr) {
  Graph graph;
  const Node& node = BuildNode(test, &graph);
  std::vector<Type> results = test.results;
  Status status = node.op->infer(OpView(graph, node), results);
  if (inferred) *inferred = std::move(results);
  return status;
}

// Infer accepts the node and answers with exactly its declared result types.
inline void CheckAccepts(const TestOp& test) {
  std::vector<Type> inferred;
  const Status status = InferOp(test, &inferred);
  CHECK_MESSAGE(status.ok(), std::string(status.message()));
  for (size_t i = 0; i < inferred.size(); ++i) {
    CHECK(ToString(inferred[i]) == ToString(test.results[i]));
  }
}

// Infer refuses the node, and its message contains `text`, such as "(C3)".
inline void CheckRejects(std::string_view text, const TestOp& test) {
  const Status status = InferOp(test);
  CHECK(status.code() == StatusCode::kInvalidModel);
  const std::string message(status.message());
  CHECK_MESSAGE(message.find(text) != std::string::npos, message, " lacks ", std::string(text));
}

inline void CheckUnsupported(const TestOp& test) {
  CHECK(InferOp(test).code() == StatusCode::kUnsupported);
}

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_OPS_INFER_TEST_UTIL_H_
