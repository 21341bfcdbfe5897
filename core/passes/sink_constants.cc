// SPDX-License-Identifier: Apache-2.0
//
// Computations of ops (a comparator, a reducer) get the literals that they use from outside as
// their own: exporters share them with the function around, but a computation that captures nothing
// can be recognized and compiled.
#include <algorithm>

#include "core/graph/rewriter.h"
#include "core/graph/uses.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class Sinker {
 public:
  explicit Sinker(const Graph& source) : source_(source), constants_(source.values.size()) {
    for (const Node& node : source.nodes) {
      if (node.name != ops::kConstant) continue;
      // Large ones are tables, of which there should be one.
      if (source.tensor(node.results.begin).NumElements() == 1) {
        constants_[node.results.begin] = &node;
      }
    }
  }

  // The literals that a node's computations capture, if it has such.
  std::vector<ValueId> Captured(const Node& node) const {
    std::vector<ValueId> captured;
    if (IsControlFlow(node)) return captured;
    for (RegionId region : source_.regions_of(node)) {
      for (ValueId value : CapturedValues(source_, region)) {
        if (constants_[value]) captured.push_back(value);
      }
    }
    return captured;
  }

  Status Visit(Rewriter& r, const Node& node) const {
    const std::vector<ValueId> captured = Captured(node);
    if (captured.empty()) return r.Clone(node);
    std::vector<ValueId> outer;
    for (ValueId value : captured) outer.push_back(r.Map(value));
    std::vector<RegionId> regions;
    for (RegionId region : source_.regions_of(node)) {
      const RegionId id = r.builder().BeginRegion();
      std::vector<ValueId> arguments;
      const Range range = source_.regions[region].arguments;
      for (uint32_t k = 0; k < range.size; ++k) {
        const ValueId v = range.begin + k;
        arguments.push_back(
            r.builder().AddArgument(source_.type(v), r.MapLocation(source_.values[v].location)));
      }
      for (ValueId value : captured) RETURN_IF_ERROR(r.Clone(*constants_[value]));
      ASSIGN_OR_RETURN(const std::vector<ValueId> results, r.InlineRegion(region, arguments));
      r.builder().EndRegion(results);
      regions.push_back(id);
    }
    for (size_t i = 0; i < captured.size(); ++i) r.SetMapped(captured[i], outer[i]);
    std::vector<Type> types;
    for (uint32_t i = 0; i < node.results.size; ++i) {
      types.push_back(source_.type(node.results.begin + i));
    }
    const ValueId first =
        r.EmitNode(node.name, r.MapAll(source_.operands(node)), types,
                   CopyAttributes(source_, node), regions, r.MapLocation(node.location));
    for (uint32_t i = 0; i < node.results.size; ++i) r.SetMapped(node.results.begin + i, first + i);
    return OkStatus();
  }

 private:
  const Graph& source_;
  std::vector<const Node*> constants_;  // By value.
};

}  // namespace

Status SinkConstants(const PassContext&, const Graph& source, Graph* target) {
  const Sinker sinker(source);
  if (std::ranges::none_of(source.nodes, [&](const Node& node) {
        return node.regions.size > 0 && !sinker.Captured(node).empty();
      })) {
    return OkStatus();
  }
  Rewriter rewriter(source, target,
                    [&](Rewriter& r, const Node& node) { return sinker.Visit(r, node); });
  return rewriter.Run();
}

}  // namespace webhlo
