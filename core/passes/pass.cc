// SPDX-License-Identifier: Apache-2.0
#include "core/passes/pass.h"

#include <cmath>
#include <optional>

#include "core/graph/literals.h"
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

bool AddBounds(const Graph& graph, const GraphIndex& index, const Node& node, ValueId value,
               std::vector<NamedAttribute>* attributes) {
  const auto operands = graph.operands(node);
  const OpName op = node.name;
  std::optional<double> low, high;
  const auto splat = [&](size_t i) { return SplatValue(graph, index.Def(operands[i])); };
  if (op == ops::kMaximum) {
    low = splat(operands[0] == value ? 1 : 0);
    if (!low) return false;
  } else if (op == ops::kMinimum) {
    high = splat(operands[0] == value ? 1 : 0);
    if (!high) return false;
  } else if (op == ops::kClamp && operands[1] == value) {
    low = splat(0);
    high = splat(2);
    if (!low || !high) return false;
  } else {
    return false;
  }
  std::optional<double> lowest = low, highest = high;
  for (const NamedAttribute& a : *attributes) {
    if (a.name == "clamp_max") return false;  // It must stay the last.
    if (a.name != "clamp_min") continue;
    if (low) return false;
    lowest = a.value.float_value();
  }
  // NaN bounds nothing that a kernel could keep.
  if ((lowest && std::isnan(*lowest)) || (highest && std::isnan(*highest)) ||
      (lowest && highest && !(*lowest < *highest))) {
    return false;
  }
  if (low) attributes->push_back({"clamp_min", Attribute::Float(*low, ElementType::kF32)});
  if (high) attributes->push_back({"clamp_max", Attribute::Float(*high, ElementType::kF32)});
  return true;
}

}  // namespace webhlo
