// SPDX-License-Identifier: Apache-2.0
#include "core/graph/dialect.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "core/text/text.h"

namespace webhlo {
namespace {

Attribute DenseI64(std::vector<int64_t> dims, std::vector<int64_t> values, bool splat = false) {
  DenseElements dense;
  dense.type = TensorType(ElementType::kI64, std::move(dims));
  dense.splat = splat;
  for (const int64_t value : values) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    dense.bytes.insert(dense.bytes.end(), bytes, bytes + sizeof(value));
  }
  return Attribute::Dense(std::move(dense));
}

std::vector<NamedAttribute> Normalized(std::string_view op,
                                       std::vector<NamedAttribute> attributes) {
  const Status status = NormalizeAttributes(FindSyntax(op), &attributes);
  CHECK_MESSAGE(status.ok(), std::string(status.message()));
  return attributes;
}

std::string Text(const std::vector<NamedAttribute>& attributes) {
  return PrintAttribute(Attribute::Dict(attributes));
}

TEST_CASE("names of the dialect table are constants, others are numbered by the graph") {
  CHECK(ToString(ops::kAdd) == "stablehlo.add");
  CHECK(ToString(ops::kChloErf) == "chlo.erf");
  CHECK(FindOpName("func.call") == ops::kFuncCall);
  CHECK(FindOpName("stablehlo.ad") == std::nullopt);
  for (const OpSyntax& syntax : AllSyntax()) {
    const std::optional<OpName> name = FindOpName(syntax.name);
    REQUIRE(name.has_value());
    CHECK(FindSyntax(*name) == &syntax);
    CHECK(ToString(*name) == syntax.name);
  }
  Graph graph;
  const OpName a = graph.InternName("a.a"), b = graph.InternName("b.b");
  CHECK(a != b);
  CHECK(graph.InternName("a.a") == a);
  CHECK_FALSE(IsKnown(b));
  CHECK(FindSyntax(b) == nullptr);
  Node node;
  node.name = b;
  CHECK(graph.op_name(node) == "b.b");
}

TEST_CASE("the dialect table holds every op once, found by either name") {
  size_t stablehlo = 0;
  size_t chlo = 0;
  for (const OpSyntax& syntax : AllSyntax()) {
    CAPTURE(syntax.name);
    CHECK(FindSyntax(syntax.name) == &syntax);
    const OpNotation& notation = NotationOf(syntax);
    if (notation.vhlo_versions > 0) CHECK(FindSyntaxByVhloName(notation.vhlo_name) == &syntax);
    stablehlo += syntax.name.starts_with("stablehlo.");
    chlo += syntax.name.starts_with("chlo.");
    // VHLO numbers attributes by their place in this order.
    CHECK(std::is_sorted(syntax.attributes.begin(), syntax.attributes.end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
    for (const AttributeSpec& spec : syntax.attributes) {
      if (spec.kind == AttributeKind::kEnum || spec.kind == AttributeKind::kEnums) {
        CHECK(FindEnum(spec.name) != nullptr);
      }
      CHECK(!(spec.required && !spec.default_value.empty()));
    }
  }
  CHECK(stablehlo == 118);
  CHECK(chlo == 51);
  CHECK(FindSyntax("stablehlo.nothing") == nullptr);
  CHECK(FindSyntaxByVhloName("call")->name == "func.call");
}

TEST_CASE("every spelling of a list of integers is the same list") {
  const std::string expected = "{permutation = array<i64: 1, 0>}";
  CHECK(Text(Normalized("stablehlo.transpose", {{"permutation", Attribute::Ints({1, 0})}})) ==
        expected);
  CHECK(Text(Normalized("stablehlo.transpose", {{"permutation", DenseI64({2}, {1, 0})}})) ==
        expected);
  CHECK(Text(Normalized("stablehlo.transpose",
                        {{"permutation",
                          Attribute::Array({Attribute::Int(1), Attribute::Int(0)})}})) == expected);
  CHECK(Text(Normalized("stablehlo.transpose", {{"permutation", DenseI64({3}, {0}, true)}})) ==
        "{permutation = array<i64: 0, 0, 0>}");
  // A splat may state more than a program could ever mean.
  std::vector<NamedAttribute> huge{{"permutation", DenseI64({int64_t{1} << 40}, {0}, true)}};
  CHECK(NormalizeAttributes(FindSyntax("stablehlo.transpose"), &huge).code() ==
        StatusCode::kInvalidModel);
}

TEST_CASE("defaults are dropped, groups flattened, units and symbols understood") {
  CHECK(Normalized("stablehlo.reduce_window", {{"window_strides", Attribute::Ints({1, 1})},
                                               {"padding", DenseI64({2, 2}, {0}, true)},
                                               {"window_dimensions", Attribute::Ints({2, 2})}})
            .size() == 1);
  const auto gather = Normalized(
      "stablehlo.gather",
      {{"slice_sizes", Attribute::Ints({1})},
       {"indices_are_sorted", Attribute::Bool(false)},
       {"dimension_numbers", Attribute::Dict({{"offset_dims", Attribute::Ints({0})},
                                              {"collapsed_slice_dims", Attribute::Ints({})},
                                              {"index_vector_dim", Attribute::Int(1)}})}});
  CHECK(Text(gather) ==
        "{index_vector_dim = 1 : i64, offset_dims = array<i64: 0>, slice_sizes = array<i64: 1>}");
  CHECK(Text(Normalized("stablehlo.all_reduce",
                        {{"use_global_device_ids", Attribute()},
                         {"replica_groups", DenseI64({1, 1}, {0})},
                         {"channel_handle", Attribute::Dict({{"handle", Attribute::Int(3)},
                                                             {"type", Attribute::Int(1)}})}})) ==
        "{channel_id = 3 : i64, replica_groups = dense<0> : tensor<1x1xi64>, "
        "use_global_device_ids = true}");
  CHECK(Text(Normalized("func.call", {{"callee", Attribute::String("f")}})) == "{callee = @f}");
  CHECK(Text(Normalized("stablehlo.custom_call",
                        {{"call_target_name", Attribute::String("f")},
                         {"api_version", Attribute::Int(1, ElementType::kI32)},
                         {"backend_config", Attribute::String("")}})) ==
        "{call_target_name = \"f\"}");
  CHECK(Normalized("stablehlo.dot_general",
                   {{"accumulation_type", Attribute::TypeOf(Type::Of(Type::Kind::kNone))},
                    {"precision_config", Attribute::Array({Attribute::String("DEFAULT")})}})
            .empty());
  // A free attribute keeps its kind; shardings are left out.
  CHECK(Text(Normalized("stablehlo.add", {{"mhlo.x", DenseI64({2}, {1, 2})},
                                          {"sdy.sharding", Attribute::Opaque("#sdy.x")}})) ==
        "{mhlo.x = array<i64: 1, 2>}");
}

TEST_CASE("attributes of the wrong kind are refused by name") {
  std::vector<NamedAttribute> wrong{{"iota_dimension", Attribute::String("0")}};
  const Status status = NormalizeAttributes(FindSyntax("stablehlo.iota"), &wrong);
  CHECK(status.code() == StatusCode::kInvalidModel);
  CHECK(status.message() == "stablehlo.iota: attribute 'iota_dimension' is not an integer");
  std::vector<NamedAttribute> keyword{{"comparison_direction", Attribute::String("BELOW")}};
  CHECK(NormalizeAttributes(FindSyntax("stablehlo.compare"), &keyword).code() ==
        StatusCode::kInvalidModel);
  std::vector<NamedAttribute> twice{{"iota_dimension", Attribute::Int(0)},
                                    {"iota_dimension", Attribute::Int(1)}};
  CHECK(NormalizeAttributes(FindSyntax("stablehlo.iota"), &twice).code() ==
        StatusCode::kInvalidModel);
}

TEST_CASE("constants of equal elements are splats") {
  DenseElements dense;
  dense.type = TensorType(ElementType::kI16, {3});
  dense.bytes = {1, 2, 1, 2, 1, 2};
  CollapseSplat(&dense);
  CHECK(dense.splat);
  CHECK(dense.bytes == std::vector<uint8_t>{1, 2});
  dense.splat = false;
  dense.bytes = {1, 2, 1, 2, 1, 3};
  CollapseSplat(&dense);
  CHECK(!dense.splat);
  dense.type.dims = {0};
  dense.bytes.clear();
  CollapseSplat(&dense);
  CHECK(!dense.splat);
}

}  // namespace
}  // namespace webhlo
