// SPDX-License-Identifier: Apache-2.0
//
// What an elementwise op costs for an element besides the bytes it moves, in the units of
// core/kernels/parallel.h.
#ifndef WEBHLO_CORE_OPS_ELEMENTWISE_COST_H_
#define WEBHLO_CORE_OPS_ELEMENTWISE_COST_H_

#include <cstdint>

#include "core/graph/op_def.h"

namespace webhlo {

inline int64_t ElementWork(const OpView& op) {
  const ElementType type = op.operand(0).element;
  const OpDef& row = *op.node().op;
  const ElementwiseOp& elementwise = *row.elementwise;
  const bool is_narrow = IsInteger(type) && ByteWidth(type) <= 4;
  switch (is_narrow ? elementwise.narrow_integer_cost.value_or(elementwise.cost)
                    : elementwise.cost) {
    case ElementCost::kLanes:
      if (row.reference_cost) return static_cast<int64_t>(256 * row.reference_cost(op));
      return ByteWidth(type) > 4 ? 256 : 64;
    case ElementCost::kFunction:
      return ByteWidth(type) > 4 ? 128 : 4;
    case ElementCost::kSimple:
      break;
  }
  return IsFloat(type) && ByteWidth(type) < 4 ? 16 : 1;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_ELEMENTWISE_COST_H_
