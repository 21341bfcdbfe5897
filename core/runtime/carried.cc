// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/carried.h"

#include <span>
#include <unordered_map>

#include "core/graph/op_def.h"
#include "core/graph/uses.h"

namespace webhlo {

std::vector<ValueId> ResultsOverCarried(const Graph& graph, const Region& body) {
  // Values that lie where an argument does, in whole or in part.
  std::unordered_map<ValueId, uint32_t> argument_of;
  for (uint32_t i = 0; i < body.arguments.size; ++i) argument_of[body.arguments.begin + i] = i;
  std::vector<NodeId> last(body.arguments.size, kNone);
  for (uint32_t k = 0; k < body.nodes.size; ++k) {
    const NodeId id = body.nodes.begin + k;
    const Node& node = graph.nodes[id];
    const auto read = [&](ValueId value) {
      const auto found = argument_of.find(value);
      if (found != argument_of.end()) last[found->second] = id;
    };
    const std::span<const ValueId> operands = graph.operands(node);
    for (uint32_t i = 0; i < operands.size(); ++i) {
      read(operands[i]);
      const auto found = argument_of.find(operands[i]);
      if (found == argument_of.end() || i >= node.results.size) continue;
      if ((node.op && node.op->aliases_operands) || node.name == ops::kSlice) {
        argument_of[node.results.begin + i] = found->second;
      }
    }
    for (RegionId region : graph.regions_of(node)) ForEachUse(graph, region, read);
  }
  const std::span<const ValueId> results = graph.results(body);
  // What is carried elsewhere too is read when the trip ends.
  for (ValueId result : results) {
    const auto found = argument_of.find(result);
    if (found != argument_of.end()) last[found->second] = kNone;
  }
  std::vector<ValueId> written_over(body.arguments.size, kNone);
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    if (last[i] == kNone) continue;
    const Node& node = graph.nodes[last[i]];
    if (node.results.size == 1 && node.results.begin == results[i]) written_over[i] = results[i];
  }
  return written_over;
}

}  // namespace webhlo
