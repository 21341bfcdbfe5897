// SPDX-License-Identifier: Apache-2.0
//
// Reductions of elements and their indices that are an argmax or an argmin, however they say so.
#ifndef WEBHLO_CORE_OPS_EXTREME_RULE_H_
#define WEBHLO_CORE_OPS_EXTREME_RULE_H_

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/graph/uses.h"
#include "core/kernels/extreme.h"
#include "core/ops/region_function.h"

namespace webhlo {

inline ExtremeSizes ExtremeSizesOf(const OpView& op) {
  const int64_t dimension = op.Ints("dimensions")[0];
  ExtremeSizes sizes{1, 1, 1};
  for (size_t d = 0; d < op.operand(0).dims.size(); ++d) {
    const int64_t at = static_cast<int64_t>(d);
    (at < dimension    ? sizes.outer
     : at == dimension ? sizes.count
                       : sizes.inner) *= op.operand(0).dims[d];
  }
  return sizes;
}

// Whether a computation on (value, index, value, index) asks for nothing but how the values, and
// how the indices, compare.
inline bool OnlyCompares(const Graph& graph, const Region& region) {
  const ValueId first = region.arguments.begin;
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    const OpView node(graph, graph.nodes[region.nodes.begin + i]);
    switch (node.node().name) {
      case ops::kCompare: {
        const ValueId a = node.operand_id(0) - first, b = node.operand_id(1) - first;
        if (a >= 4 || b >= 4 || a % 2 != b % 2 ||
            (IsFloat(node.operand(0).element) && node.String("compare_type") == "TOTALORDER")) {
          return false;
        }
        break;
      }
      case ops::kSelect:
        break;
      case ops::kAnd:
      case ops::kOr:
      case ops::kNot:
        if (node.result().element == ElementType::kI1) break;
        return false;
      default:
        return false;
    }
  }
  return true;
}

// What the computation does with each pair of values that compare in another way.
inline std::optional<ExtremeRule> ReadExtremeRule(const OpView& op) {
  using R = ExtremeRule;
  const bool is_float = op.operand(0).element == ElementType::kF32;
  const std::unique_ptr<BatchFunction> function = OnlyCompares(op.graph(), op.region(0))
                                                      ? MakeRegionTiles(op.graph(), op.region_id(0))
                                                      : nullptr;
  if (!function) return std::nullopt;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr int32_t kFirstIndex[2] = {3, 2}, kSecondIndex = 3;
  // None of which is an index: a computation may give one for the other.
  const float floats[2][R::kRelations] = {{6, 0, 7, nan, 6, nan}, {7, -0.0f, 6, 6, nan, -nan}};
  const int32_t integers[2][R::kRelations] = {{6, 6, 7, 6, 6, 6}, {7, 6, 6, 7, 7, 7}};
  const int index_width = ByteWidth(op.operand(1).element);
  R rule;
  for (size_t less = 0; less < 2; ++less) {
    BatchBuffer buffers[6] = {};
    void* args[6];
    for (size_t k = 0; k < 6; ++k) args[k] = buffers[k].bytes;
    for (size_t side = 0; side < 2; ++side) {
      const void* from = is_float ? static_cast<const void*>(floats[side]) : integers[side];
      std::memcpy(args[2 * side], from, sizeof(floats[side]));
      for (int r = 0; r < R::kRelations; ++r) {
        const int64_t index = side == 0 ? kFirstIndex[less] : kSecondIndex;
        std::memcpy(buffers[2 * side + 1].bytes + r * index_width, &index,
                    static_cast<size_t>(index_width));
      }
    }
    function->Run(args, R::kRelations);
    for (int r = 0; r < R::kRelations; ++r) {
      const auto same = [&](size_t a, size_t b, int width) {
        return std::memcmp(buffers[a].bytes + r * width, buffers[b].bytes + r * width,
                           static_cast<size_t>(width)) == 0;
      };
      const bool keeps_value = same(4, 0, 4), keeps_index = same(5, 1, index_width);
      if ((!keeps_value && !same(4, 2, 4)) || (!keeps_index && !same(5, 3, index_width))) {
        return std::nullopt;
      }
      rule.takes[less][r] = static_cast<uint8_t>((keeps_value ? 0 : R::kTakesValue) |
                                                 (keeps_index ? 0 : R::kTakesIndex));
    }
  }
  // In order: the extreme stays, with its index; of equal ones the first index.
  constexpr uint8_t kBoth = R::kTakesValue | R::kTakesIndex;
  rule.smallest = rule.takes[1][R::kLess] == 0;
  const R::Relation stays = rule.smallest ? R::kLess : R::kGreater,
                    goes = rule.smallest ? R::kGreater : R::kLess;
  if (rule.takes[1][stays] != 0 || rule.takes[1][goes] != kBoth ||
      (rule.takes[1][R::kEqual] & R::kTakesIndex) != 0 ||
      (rule.takes[0][stays] & R::kTakesValue) != 0 || (rule.takes[0][goes] & R::kTakesValue) == 0) {
    return std::nullopt;
  }
  return rule;
}

// Whether the indices are those along the dimension, and the initial one is 0.
inline bool HasIndices(const OpView& op, const ExtremeSizes& sizes) {
  const GraphIndex graph(op.graph());
  const DenseElements* init = SplatElements(op.graph(), graph.Def(op.operand_id(3)));
  if (!init || LoadI64(init->type.element, init->bytes.data()) != 0) return false;
  const Node* def = graph.Def(op.operand_id(1));
  if (def && def->name == ops::kIota) {
    return OpView(op.graph(), *def).Int("iota_dimension") == op.Ints("dimensions")[0];
  }
  const DenseElements* indices = ConstantElements(op.graph(), def);
  if (!indices || indices->splat) return false;
  const ElementType element = indices->type.element;
  const uint8_t* at = indices->bytes.data();
  for (int64_t i = 0; i < sizes.outer * sizes.count * sizes.inner; ++i) {
    if (LoadI64(element, at) != i / sizes.inner % sizes.count) return false;
    at += ByteWidth(element);
  }
  return true;
}

// Nothing where the reduction is something else, or has no kernel.
inline std::optional<ExtremeRule> ExtremeRuleOf(const OpView& op) {
  if (op.num_results() != 2 || op.Ints("dimensions").size() != 1 ||
      !TakesElementsOf(op, 0, op.num_operands())) {
    return std::nullopt;
  }
  const ElementType value = op.operand(0).element, index = op.operand(1).element;
  if ((value != ElementType::kF32 && value != ElementType::kI32) ||
      (index != ElementType::kI32 && index != ElementType::kI64) || !ExtremeSizesOf(op).Fits()) {
    return std::nullopt;
  }
  return ReadExtremeRule(op);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_EXTREME_RULE_H_
