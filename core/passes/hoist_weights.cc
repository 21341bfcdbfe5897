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
      : source_(source), index_(source), hoisted_(HeldValues(source, context)) {
    AddWhatTheyNeed();
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
    if (node.name == ops::kWhile) {
      Status status;
      ForEachHoisted(node, [&](const Node& inner) {
        if (status.ok() && r.Map(inner.results.begin) == kNone) status = r.Clone(inner);
      });
      RETURN_IF_ERROR(status);
    }
    return r.Clone(node);
  }

 private:
  // With what depends on weights goes what else it needs: literals, which may stand in the loop
  // too.
  void AddWhatTheyNeed() {
    std::vector<ValueId> needed;
    for (ValueId v = 0; v < hoisted_.size(); ++v) {
      if (hoisted_[v]) needed.push_back(v);
    }
    while (!needed.empty()) {
      const Node* def = index_.Def(needed.back());
      needed.pop_back();
      if (!def) continue;
      for (ValueId operand : source_.operands(*def)) {
        if (hoisted_[operand]) continue;
        hoisted_[operand] = true;
        needed.push_back(operand);
      }
    }
  }

  template <typename Visit>
  void ForEachHoisted(const Node& loop, const Visit& visit) const {
    for (RegionId region : source_.regions_of(loop)) {
      ForEachNode(source_, region, [&](const Node& node) {
        if (node.results.size > 0 && hoisted_[node.results.begin]) visit(node);
      });
    }
  }

  const Graph& source_;
  const GraphIndex index_;
  std::vector<bool> hoisted_;  // Held values, and what they need.
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
