// SPDX-License-Identifier: Apache-2.0
#include "core/passes/epilogue.h"

#include <cmath>

#include "core/graph/literals.h"
#include "core/graph/op_def.h"

namespace webhlo {

bool IsProduct(const Node* node) {
  return IsOp(node, ops::kWebhloConv2d) || IsOp(node, ops::kWebhloMatmul);
}

bool IsPlainProduct(const Graph& graph, const Node& node, const std::vector<bool>& constant) {
  if (!IsProduct(&node) || node.regions.size > 0 || !constant[graph.operands(node)[1]]) {
    return false;
  }
  const TensorType& type = graph.tensor(node.results.begin);
  return type.element == ElementType::kF32 && (node.name == ops::kWebhloConv2d || type.rank() == 2);
}

bool AddBounds(const Graph& graph, const GraphIndex& index, const Node& node, ValueId value,
               Bounds* bounds) {
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
  // An upper bound must stay the last.
  if (bounds->max || (low && bounds->min)) return false;
  const std::optional<double> lowest = low ? low : bounds->min;
  // NaN bounds nothing that a kernel could keep.
  if ((lowest && std::isnan(*lowest)) || (high && std::isnan(*high)) ||
      (lowest && high && !(*lowest < *high))) {
    return false;
  }
  bounds->min = lowest;
  bounds->max = high;
  return true;
}

ValueId EmitProduct(Rewriter& r, const Node& product, ValueId input, ValueId weights,
                    std::optional<ValueId> bias, const Bounds& bounds) {
  const TensorType type = r.source().tensor(product.results.begin);
  const LocationId location = r.MapLocation(product.location);
  std::vector<ValueId> operands = {input, weights};
  if (bias) operands.push_back(*bias);
  std::vector<RegionId> regions;
  if (bias || bounds.min || bounds.max) {
    const std::optional<Type> vector = bias ? std::optional<Type>(r.type(*bias)) : std::nullopt;
    regions.push_back(r.builder().BeginRegion());
    ValueId x = r.builder().AddArgument(type, location);
    if (vector) {
      const ValueId wide =
          r.Emit(ops::kBroadcastInDim, {r.builder().AddArgument(*vector, location)}, type,
                 {{"broadcast_dimensions", Attribute::Ints({type.rank() - 1})}}, location);
      x = r.Emit(ops::kAdd, {x, wide}, type, {}, location);
    }
    const auto bound = [&](OpName op, std::optional<double> value) {
      if (!value) return;
      const ValueId splat =
          r.Emit(ops::kConstant, {}, type, {{"value", SplatOf(type, *value)}}, location);
      x = r.Emit(op, {x, splat}, type, {}, location);
    };
    bound(ops::kMaximum, bounds.min);
    bound(ops::kMinimum, bounds.max);
    r.builder().EndRegion(std::span(&x, 1));
  }
  const Type result(type);
  return r.EmitNode(product.name, operands, std::span(&result, 1),
                    CopyAttributes(r.source(), product), regions, location);
}

}  // namespace webhlo
