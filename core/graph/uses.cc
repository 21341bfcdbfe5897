// SPDX-License-Identifier: Apache-2.0
#include "core/graph/uses.h"

#include <algorithm>
#include <unordered_set>

namespace webhlo {

std::vector<ValueId> CapturedValues(const Graph& graph, RegionId region) {
  std::vector<ValueId> captured;
  std::unordered_set<ValueId> seen;
  ForEachCapture(graph, region, [&](ValueId value) {
    if (seen.insert(value).second) captured.push_back(value);
  });
  return captured;
}

bool RegionsAreClosed(const Graph& graph, const Node& node) {
  bool closed = true;
  for (RegionId region : graph.regions_of(node)) {
    ForEachCapture(graph, region, [&](ValueId) { closed = false; });
  }
  return closed;
}

std::vector<uint32_t> CountUses(const Graph& graph) {
  std::vector<uint32_t> uses(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (ValueId operand : graph.operands(node)) ++uses[operand];
  }
  for (const Region& region : graph.regions) {
    for (ValueId result : graph.results(region)) ++uses[result];
  }
  return uses;
}

GraphIndex::GraphIndex(const Graph& graph)
    : graph_(graph),
      def_(graph.values.size(), kNone),
      user_(graph.values.size(), kNone),
      uses_(CountUses(graph)),
      region_(graph.nodes.size(), kNone) {
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    for (uint32_t r = 0; r < node.results.size; ++r) def_[node.results.begin + r] = id;
    for (ValueId operand : graph.operands(node)) user_[operand] = id;
  }
  for (RegionId id = 0; id < graph.regions.size(); ++id) {
    const Region& region = graph.regions[id];
    std::fill_n(region_.begin() + region.nodes.begin, region.nodes.size, id);
  }
}

const Node* GraphIndex::OnlyUser(ValueId value) const {
  return uses_[value] == 1 && user_[value] != kNone ? &graph_.nodes[user_[value]] : nullptr;
}

bool GraphIndex::SameRegion(const Node& a, const Node& b) const {
  return RegionOf(a) == RegionOf(b);
}

RegionId GraphIndex::RegionOf(const Node& node) const {
  return region_[static_cast<size_t>(&node - graph_.nodes.data())];
}

const Node* GraphIndex::Def(ValueId value) const {
  return def_[value] == kNone ? nullptr : &graph_.nodes[def_[value]];
}

}  // namespace webhlo
