// SPDX-License-Identifier: Apache-2.0
//
// Custom calls whose target is an op of ours by another name (OpOfTarget) become that op: with
// what its attributes say besides being a call, and with the functions that it calls as regions.
#include <algorithm>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/rewriter.h"
#include "core/graph/uses.h"
#include "core/graph/verifier.h"
#include "core/ops/custom_call.h"
#include "core/passes/pass.h"
#include "core/passes/work_budget.h"

namespace webhlo {
namespace {

std::optional<OpName> OpOf(const Graph& graph, const Node& node) {
  if (node.name != ops::kCustomCall) return std::nullopt;
  return OpOfTarget(CustomCallTarget(OpView(graph, node)));
}

class Namer {
 public:
  explicit Namer(const Graph& source)
      : source_(source), left_(kInlinedFloor + kInlinedFactor * source.nodes.size()) {}

  Status Visit(Rewriter& r, const Node& node) {
    const std::optional<OpName> name = OpOf(source_, node);
    // A computation could call itself.
    if (!name || in_computation_) return r.Clone(node);
    const OpView op(source_, node);
    std::vector<RegionId> regions;
    if (const Attribute* called = op.attribute("called_computations")) {
      for (const Attribute& symbol : called->elements()) {
        ASSIGN_OR_RETURN(const RegionId region, CloneFunction(r, op, symbol.string()));
        regions.push_back(region);
      }
    }
    std::vector<NamedAttribute> attributes = CopyAttributes(source_, node);
    const OpSyntax& call = *FindSyntax(node.name);
    std::erase_if(attributes, [&](const auto& a) { return FindAttributeSpec(call, a.name); });
    RETURN_IF_ERROR(NormalizeAttributes(FindSyntax(*name), &attributes)
                        .WithContext(DescribeNode(source_, node)));
    std::vector<Type> results;
    for (size_t i = 0; i < op.num_results(); ++i) results.push_back(op.result_type(i));
    const ValueId first = r.EmitNode(*name, r.MapAll(source_.operands(node)), results,
                                     std::move(attributes), regions, r.MapLocation(node.location));
    for (size_t i = 0; i < results.size(); ++i) {
      r.SetMapped(op.result_id(i), first + static_cast<ValueId>(i));
    }
    return OkStatus();
  }

 private:
  Result<RegionId> CloneFunction(Rewriter& r, const OpView& op, std::string_view name) {
    const Function* function = source_.FindFunction(name);
    if (!function || function->body == kNone) {
      return op.Error(StrCat("calls @", name, ", which the program lacks"));
    }
    ForEachNode(source_, function->body, [&](const Node&) { --left_; });
    if (left_ < 0) {
      return op.UnsupportedError("with all computations in place there are too many operations");
    }
    in_computation_ = true;
    Result<RegionId> region = r.CloneRegion(function->body);
    in_computation_ = false;
    return region;
  }

  const Graph& source_;
  double left_;  // Operations that computations may have in all.
  bool in_computation_ = false;
};

}  // namespace

Status NameCustomCalls(const PassContext&, const Graph& source, Graph* target) {
  if (std::none_of(source.nodes.begin(), source.nodes.end(),
                   [&](const Node& node) { return OpOf(source, node).has_value(); })) {
    return OkStatus();
  }
  Namer namer(source);
  RETURN_IF_ERROR(Rewriter(source, target, [&](Rewriter& r, const Node& node) {
                    return namer.Visit(r, node);
                  }).Run());
  // What they are has been checked as calls only.
  return Verify(*target);
}

}  // namespace webhlo
