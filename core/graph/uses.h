// SPDX-License-Identifier: Apache-2.0
//
// Who uses what: walks over nodes and values that look into regions, and an index of definitions
// and uses. All rely on the numbering that VerifyStructure checks: the values that a region defines
// have higher numbers than all that it sees from outside.
#ifndef WEBHLO_CORE_GRAPH_USES_H_
#define WEBHLO_CORE_GRAPH_USES_H_

#include <vector>

#include "core/graph/graph.h"

namespace webhlo {

// visit(node) for all nodes of a region in program order, those within their regions included.
template <typename Visit>
void ForEachNode(const Graph& graph, RegionId id, const Visit& visit) {
  const Range nodes = graph.regions[id].nodes;
  for (NodeId n = nodes.begin; n < nodes.end(); ++n) {
    visit(graph.nodes[n]);
    for (RegionId inner : graph.regions_of(graph.nodes[n])) ForEachNode(graph, inner, visit);
  }
}

// visit(value) for every use of a value in a region, however deep, as an operand or as a result.
template <typename Visit>
void ForEachUse(const Graph& graph, RegionId id, const Visit& visit) {
  const Region& region = graph.regions[id];
  for (NodeId n = region.nodes.begin; n < region.nodes.end(); ++n) {
    ForEachUse(graph, graph.nodes[n], visit);
  }
  for (ValueId value : graph.results(region)) visit(value);
}

// visit(value) for every use of a value by a node or within its regions.
template <typename Visit>
void ForEachUse(const Graph& graph, const Node& node, const Visit& visit) {
  for (ValueId value : graph.operands(node)) visit(value);
  for (RegionId region : graph.regions_of(node)) ForEachUse(graph, region, visit);
}

// visit(value) for every use within a region of a value from outside it.
template <typename Visit>
void ForEachCapture(const Graph& graph, RegionId id, const Visit& visit) {
  const ValueId first = graph.regions[id].arguments.begin;
  ForEachUse(graph, id, [&](ValueId value) {
    if (value < first) visit(value);
  });
}

// The values of surrounding regions that a region uses; each once.
std::vector<ValueId> CapturedValues(const Graph& graph, RegionId region);
// No region of the node uses a value from outside it.
bool RegionsAreClosed(const Graph& graph, const Node& node);

// How often each value is used. A use as a region's result counts.
std::vector<uint32_t> CountUses(const Graph& graph);

// Who defines and how often is used each value of a graph.
class GraphIndex {
 public:
  explicit GraphIndex(const Graph& graph);
  const Node* Def(ValueId value) const;  // Null for arguments.
  uint32_t uses(ValueId value) const { return uses_[value]; }
  // The node that uses the value, if that is its one use.
  const Node* OnlyUser(ValueId value) const;
  // What one of them computes may be moved to the other: it is computed equally often.
  bool SameRegion(const Node& a, const Node& b) const;

 private:
  RegionId RegionOf(const Node& node) const;

  const Graph& graph_;
  std::vector<NodeId> def_, user_;
  std::vector<uint32_t> uses_;
  std::vector<RegionId> region_;  // By node.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_USES_H_
