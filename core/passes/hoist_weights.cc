// SPDX-License-Identifier: Apache-2.0
//
// Moves what loops compute from weights alone out of them, so that split-init finds it: a transpose
// of a scan's weights runs once, at load, and not on every trip.
#include <algorithm>
#include <vector>

#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class Hoister {
 public:
  Hoister(const Graph& source, const PassContext& context)
      : source_(source),
        index_(source),
        constant_(ConstantValues(source, context)),
        on_weights_(source.values.size(), false) {
    const Function* entry = source.FindFunction(context.entry);
    if (!entry) return;
    const Region& body = source.regions[entry->body];
    for (uint32_t i = 0; i < body.arguments.size; ++i) {
      on_weights_[body.arguments.begin + i] = context.IsWeight(i);
    }
    ForEachNode(source, entry->body, [&](const Node& node) {
      const auto operands = source.operands(node);
      const bool any =
          std::any_of(operands.begin(), operands.end(), [&](ValueId v) { return on_weights_[v]; });
      for (uint32_t i = 0; i < node.results.size; ++i) {
        on_weights_[node.results.begin + i] = any && constant_[node.results.begin + i];
      }
    });
  }

  bool Any() const {
    return std::any_of(source_.nodes.begin(), source_.nodes.end(), [&](const Node& node) {
      bool any = false;
      if (node.name == ops::kWhile) {
        ForEachHoisted(node, [&](const Node&) { any = true; });
      }
      return any;
    });
  }

  Status Visit(Rewriter& r, const Node& node) {
    // Hoisted already, from this loop or one around it.
    if (node.results.size > 0 && r.Map(node.results.begin) != kNone) return OkStatus();
    Status status;
    if (node.name == ops::kWhile) {
      ForEachHoisted(node, [&](const Node& inner) {
        if (status.ok()) status = Hoist(r, inner);
      });
    }
    RETURN_IF_ERROR(status);
    return r.Clone(node);
  }

 private:
  template <typename Visit>
  void ForEachHoisted(const Node& loop, const Visit& visit) const {
    for (RegionId region : source_.regions_of(loop)) {
      ForEachNode(source_, region, [&](const Node& node) {
        if (node.results.size > 0 && on_weights_[node.results.begin]) visit(node);
      });
    }
  }

  // With what else it needs: literals that stand in the loop as well.
  Status Hoist(Rewriter& r, const Node& node) {
    if (r.Map(node.results.begin) != kNone) return OkStatus();
    for (ValueId operand : source_.operands(node)) {
      if (r.Map(operand) == kNone) RETURN_IF_ERROR(Hoist(r, *index_.Def(operand)));
    }
    return r.Clone(node);
  }

  const Graph& source_;
  const GraphIndex index_;
  const std::vector<bool> constant_;
  std::vector<bool> on_weights_;  // Depends on weights and literals, and on a weight at least.
};

}  // namespace

Status HoistWeights(const PassContext& context, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWhile})) return OkStatus();
  Hoister hoister(source, context);
  if (!hoister.Any()) return OkStatus();
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return hoister.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
