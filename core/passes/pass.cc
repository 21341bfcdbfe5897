// SPDX-License-Identifier: Apache-2.0
#include "core/passes/pass.h"

#include "core/graph/op_def.h"

namespace webhlo {

std::vector<bool> ConstantValues(const Graph& graph, const PassContext& context) {
  std::vector<bool> constant(graph.values.size(), false);
  const Function* entry = graph.FindFunction(context.entry);
  if (!entry) return constant;
  const Region& body = graph.regions[entry->body];
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    constant[body.arguments.begin + i] = context.IsWeight(i);
  }
  ForEachNode(graph, entry->body, [&](const Node& node) {
    if (!IsPure(node) || IsControlFlow(node)) return;
    bool all = true;
    for (ValueId operand : graph.operands(node)) all &= constant[operand];
    // A computation that captures outer values is not a function of its operands alone.
    if (node.regions.size > 0 && !RegionsAreClosed(graph, node)) all = false;
    for (uint32_t r = 0; r < node.results.size; ++r) constant[node.results.begin + r] = all;
  });
  return constant;
}

}  // namespace webhlo
