// SPDX-License-Identifier: Apache-2.0
#include "core/passes/pass.h"

#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/passes/epilogue.h"

namespace webhlo {

namespace {

// One flag a value: whether it is an argument of the program that is a weight.
std::vector<bool> WeightArguments(const Graph& graph, const Region& body,
                                  const PassContext& context) {
  std::vector<bool> weights(graph.values.size(), false);
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    weights[body.arguments.begin + i] = context.IsWeight(i);
  }
  return weights;
}

}  // namespace

std::vector<bool> ConstantValues(const Graph& graph, const PassContext& context) {
  const Function* entry = graph.FindFunction(context.entry);
  if (!entry) return std::vector<bool>(graph.values.size(), false);
  std::vector<bool> constant = WeightArguments(graph, graph.regions[entry->body], context);
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
  const Function* entry = graph.FindFunction(context.entry);
  if (!entry) return constant;
  std::vector<bool> held = WeightArguments(graph, graph.regions[entry->body], context);
  std::vector<bool> literal(graph.values.size(), false);  // No splats.
  ForEachNode(graph, entry->body, [&](const Node& node) {
    if (node.results.size == 0) return;
    const ValueId first = node.results.begin;
    if (ConstantElements(graph, &node)) {
      literal[first] = context.fold_literals && !SplatElements(graph, &node);
      return;
    }
    if (!constant[first] && !IsProduct(&node)) return;
    bool any = false;
    for (ValueId operand : graph.operands(node)) {
      if (literal[operand]) held[operand] = true;
      any |= held[operand];
    }
    for (uint32_t i = 0; i < node.results.size; ++i) held[first + i] = any && constant[first];
  });
  return held;
}

}  // namespace webhlo
