// SPDX-License-Identifier: Apache-2.0
//
// Exporters write an op of CHLO in several ways: as itself; as a composite of its name, with a
// decomposition; as a custom call of its name, from before there were composites. The last two
// become the op here, which is faster than what decomposes it, and more exact. A composite that is
// none (another version, attributes or types) is left, and means what its decomposition does.
#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/op_def.h"
#include "core/graph/rewriter.h"
#include "core/graph/verifier.h"
#include "core/ops/slices.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

constexpr std::string_view kDialect = "chlo", kOlderDialect = "mhlo";
// What all exporters write.
constexpr int64_t kVersion = 1;

struct Decoded {
  OpName name{};
  std::vector<NamedAttribute> attributes;
  // Of mhlo.topk: the smallest are sought, which are the largest once their order is turned round.
  bool smallest = false;
};

std::vector<NamedAttribute> FieldsOf(const Attribute* dict) {
  if (!dict || dict->kind() != Attribute::Kind::kDict) return {};
  return {dict->fields().begin(), dict->fields().end()};
}

// Whether a node of the op, with these attributes, may stand in the place of this one.
bool Accepts(const OpView& op, Decoded* decoded) {
  const OpSyntax* syntax = FindSyntax(decoded->name);
  const auto is_known = [&](const NamedAttribute& attribute) {
    return FindAttributeSpec(*syntax, attribute.name) != nullptr;
  };
  if (!std::all_of(decoded->attributes.begin(), decoded->attributes.end(), is_known) ||
      !NormalizeAttributes(syntax, &decoded->attributes).ok()) {
    return false;
  }
  Graph graph;
  GraphBuilder builder(&graph);
  Function& function = graph.functions.emplace_back();
  function.name = "alone";
  function.body = builder.BeginRegion();
  std::vector<ValueId> operands;
  std::vector<Type> results;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    operands.push_back(builder.AddArgument(op.operand_type(i)));
  }
  for (size_t i = 0; i < op.num_results(); ++i) results.push_back(op.result_type(i));
  builder.AddNode(decoded->name, operands, results, decoded->attributes);
  builder.EndRegion({});
  return Verify(graph).ok();
}

std::optional<Decoded> Decode(const OpView& op) {
  if (!op.Is(ops::kComposite) && !op.Is(ops::kCustomCall)) return std::nullopt;
  const bool is_composite = op.Is(ops::kComposite);
  std::string_view name = op.String(is_composite ? "name" : "call_target_name");
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view dialect = name.substr(0, dot);
  if (dialect != kDialect && (is_composite || dialect != kOlderDialect)) return std::nullopt;
  const int64_t version = is_composite ? op.Int("version") : op.Int("mhlo.version", kVersion);
  if (version != kVersion) return std::nullopt;

  Decoded decoded;
  decoded.attributes =
      FieldsOf(op.attribute(is_composite ? "composite_attributes" : "mhlo.attributes"));
  name.remove_prefix(dot + 1);
  if (name == "topk") {
    name = "top_k";
    std::erase_if(decoded.attributes, [&](const NamedAttribute& a) {
      if (a.name != "largest") return false;
      decoded.smallest = a.value.kind() == Attribute::Kind::kBool && !a.value.bool_value();
      return true;
    });
  }
  const std::optional<OpName> found = FindOpName(StrCat(kDialect, ".", name));
  if (!found) return std::nullopt;
  decoded.name = *found;
  if (!Accepts(op, &decoded)) return std::nullopt;
  return decoded;
}

Status EmitDecoded(Rewriter& r, const OpView& op, const Decoded& decoded) {
  const LocationId location = r.MapLocation(op.node().location);
  std::vector<ValueId> operands = r.MapAll(op.graph().operands(op.node()));
  std::vector<Type> results;
  for (size_t i = 0; i < op.num_results(); ++i) results.push_back(op.result_type(i));
  // Turns the order of numbers round, and back.
  const auto reverse = [&](ValueId x) {
    const TensorType type = r.type(x);
    return r.Emit(IsFloat(type.element) ? ops::kNegate : ops::kNot, {x}, type, {}, location);
  };
  if (decoded.smallest) operands[0] = reverse(operands[0]);
  const ValueId first =
      r.EmitNode(decoded.name, operands, results, decoded.attributes, {}, location);
  for (uint32_t i = 0; i < results.size(); ++i) r.SetMapped(op.result_id(i), first + i);
  if (decoded.smallest) r.SetMapped(op.result_id(0), reverse(first));
  return OkStatus();
}

// ApproxTopK(inputs..., initial values...) may leave out some of the elements that come first by
// the computation that it calls; here it leaves out none, and is a sort.
struct ApproxTopK {
  const Function* comparator;
  int64_t dimension;
};

std::optional<ApproxTopK> DecodeApproxTopK(const OpView& op) {
  if (!op.Is(ops::kCustomCall) || op.String("call_target_name") != "ApproxTopK") {
    return std::nullopt;
  }
  const size_t n = op.num_results();
  const Attribute* computations = op.attribute("called_computations");
  std::vector<NamedAttribute> config = FieldsOf(op.attribute("mhlo.backend_config"));
  if (config.empty()) config = FieldsOf(op.attribute("backend_config"));
  const Attribute* dimension = FindAttribute(config, "reduction_dim");
  if (n == 0 || op.num_operands() != 2 * n || !computations ||
      computations->kind() != Attribute::Kind::kArray || computations->elements().size() != 1 ||
      !dimension || dimension->kind() != Attribute::Kind::kInt) {
    return std::nullopt;
  }
  const Function* comparator = op.graph().FindFunction(computations->elements()[0].string());
  if (!comparator || comparator->body == kNone) return std::nullopt;
  // The comparator is copied: one that calls is left alone.
  const Region& body = op.graph().regions[comparator->body];
  for (uint32_t i = 0; i < body.nodes.size; ++i) {
    const Node& node = op.graph().nodes[body.nodes.begin + i];
    if (!IsElementwise(node) && node.name != ops::kConstant) return std::nullopt;
  }
  for (size_t i = 0; i < n; ++i) {
    if (!op.operand_type(i).IsTensor() || !op.operand(i).IsStatic()) return std::nullopt;
    if (!op.result_type(i).IsTensor() || op.result(i).rank() != op.operand(i).rank()) {
      return std::nullopt;
    }
  }
  return ApproxTopK{comparator, dimension->int_value()};
}

Status EmitSort(Rewriter& r, const OpView& op, const ApproxTopK& top_k) {
  const LocationId location = r.MapLocation(op.node().location);
  std::vector<ValueId> inputs;
  std::vector<Type> types;
  for (size_t i = 0; i < op.num_results(); ++i) {
    inputs.push_back(r.Map(op.operand_id(i)));
    types.push_back(op.operand_type(i));
  }
  ASSIGN_OR_RETURN(const RegionId body, r.CloneRegion(top_k.comparator->body));
  const ValueId sorted = r.EmitNode(
      ops::kSort, inputs, types,
      {{"dimension", Attribute::Int(top_k.dimension)}, {"is_stable", Attribute::Bool(true)}},
      std::span(&body, 1), location);
  for (uint32_t i = 0; i < inputs.size(); ++i) {
    const TensorType& result = op.result(i);
    const std::vector<int64_t> zeros(result.dims.size(), 0);
    r.SetMapped(op.result_id(i), r.Emit(ops::kSlice, {sorted + i}, result,
                                        SliceAttributes(zeros, result.dims), location));
  }
  return OkStatus();
}

}  // namespace

Status DecodeChlo(const PassContext&, const Graph& source, Graph* target) {
  std::unordered_map<const Node*, Decoded> ops;
  std::unordered_map<const Node*, ApproxTopK> sorts;
  for (const Node& node : source.nodes) {
    const OpView op(source, node);
    if (std::optional<Decoded> decoded = Decode(op)) {
      ops.emplace(&node, std::move(*decoded));
    } else if (const std::optional<ApproxTopK> top_k = DecodeApproxTopK(op)) {
      sorts.emplace(&node, *top_k);
    }
  }
  if (ops.empty() && sorts.empty()) return OkStatus();
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) {
    const OpView op(source, node);
    if (const auto it = ops.find(&node); it != ops.end()) return EmitDecoded(r, op, it->second);
    if (const auto it = sorts.find(&node); it != sorts.end()) return EmitSort(r, op, it->second);
    return r.Clone(node);
  });
  RETURN_IF_ERROR(rewriter.Run());
  return Verify(*target);
}

}  // namespace webhlo
