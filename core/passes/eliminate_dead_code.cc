// SPDX-License-Identifier: Apache-2.0
//
// Drops pure nodes whose results nothing needs. A node with regions is kept or dropped as a whole;
// inside a kept one, liveness starts from the regions' results.
#include <algorithm>

#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class Liveness {
 public:
  explicit Liveness(const Graph& graph)
      : graph_(graph), index_(graph), live_(graph.nodes.size(), false) {
    for (const Function& function : graph.functions) MarkRegion(function.body);
    while (!work_.empty()) {
      const Node& node = graph.nodes[work_.back()];
      work_.pop_back();
      for (ValueId operand : graph.operands(node)) MarkValue(operand);
      for (RegionId region : graph.regions_of(node)) MarkRegion(region);
    }
  }

  bool live(const Node& node) const { return live_[Id(node)]; }
  bool all() const { return std::find(live_.begin(), live_.end(), false) == live_.end(); }

 private:
  NodeId Id(const Node& node) const { return static_cast<NodeId>(&node - graph_.nodes.data()); }

  void MarkNode(const Node& node) {
    if (live_[Id(node)]) return;
    live_[Id(node)] = true;
    work_.push_back(Id(node));
  }
  void MarkValue(ValueId value) {
    if (const Node* node = index_.Def(value)) MarkNode(*node);
  }
  void MarkRegion(RegionId id) {
    const Region& region = graph_.regions[id];
    for (ValueId result : graph_.results(region)) MarkValue(result);
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      const Node& node = graph_.nodes[region.nodes.begin + i];
      if (HasEffect(node)) MarkNode(node);
    }
  }
  bool HasEffect(const Node& node) const {
    bool pure = IsPure(node);
    for (RegionId region : graph_.regions_of(node)) {
      ForEachNode(graph_, region, [&](const Node& inner) { pure &= IsPure(inner); });
    }
    return !pure;
  }

  const Graph& graph_;
  GraphIndex index_;
  std::vector<bool> live_;
  std::vector<NodeId> work_;
};

}  // namespace

Status EliminateDeadCode(const PassContext&, const Graph& source, Graph* target) {
  const Liveness liveness(source);
  if (liveness.all()) return OkStatus();
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) -> Status {
                    return liveness.live(node) ? r.Clone(node) : OkStatus();
                  })
      .Run();
}

}  // namespace webhlo
