// SPDX-License-Identifier: Apache-2.0
#include "core/passes/pass.h"

#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/passes/epilogue.h"

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

std::vector<bool> HeldValues(const Graph& graph, const PassContext& context) {
  const std::vector<bool> constant = ConstantValues(graph, context);
  std::vector<bool> held(graph.values.size(), false);
  const Function* entry = graph.FindFunction(context.entry);
  if (!entry) return held;
  const Region& body = graph.regions[entry->body];
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    held[body.arguments.begin + i] = context.IsWeight(i);
  }
  const auto is_constant = [&](const Node& node) {
    return node.results.size > 0 && constant[node.results.begin];
  };
  if (context.fold_literals) {
    const GraphIndex index(graph);
    ForEachNode(graph, entry->body, [&](const Node& node) {
      if (!is_constant(node) && !IsProduct(&node)) return;
      for (ValueId operand : graph.operands(node)) {
        const Node* def = index.Def(operand);
        if (ConstantElements(graph, def) && !SplatElements(graph, def)) held[operand] = true;
      }
    });
  }
  ForEachNode(graph, entry->body, [&](const Node& node) {
    if (!is_constant(node)) return;
    bool any = false;
    for (ValueId operand : graph.operands(node)) any |= held[operand];
    for (uint32_t i = 0; i < node.results.size && any; ++i) held[node.results.begin + i] = true;
  });
  return held;
}

}  // namespace webhlo
