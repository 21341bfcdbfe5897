// SPDX-License-Identifier: Apache-2.0
//
// What an elementwise op costs for an element besides the bytes it moves, in the units of
// core/kernels/parallel.h.
#ifndef WEBHLO_CORE_OPS_ELEMENTWISE_COST_H_
#define WEBHLO_CORE_OPS_ELEMENTWISE_COST_H_

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "core/graph/op_def.h"

namespace webhlo {

// Simple operations hide behind the memory, polynomials do not; some functions, and all functions
// of types that have no vectors of their own, are computed element by element.
inline int64_t ElementCost(const OpView& op) {
  static constexpr std::string_view kFunctions[] = {
      "cosine", "divide",       "exponential", "exponential_minus_one",
      "log",    "log_plus_one", "logistic",    "rsqrt",
      "sine",   "sqrt",         "tanh"};
  static constexpr std::string_view kLanes[] = {"atan2", "cbrt", "power", "remainder", "tan"};
  const auto has = [&](const auto& names) {
    std::string_view name = op.name();
    name.remove_prefix(name.find('.') + 1);
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  const ElementType type = op.operand(0).element;
  if (has(kLanes)) return ByteWidth(type) > 4 ? 256 : 64;
  if (has(kFunctions)) return ByteWidth(type) > 4 ? 128 : 4;
  return IsFloat(type) && ByteWidth(type) < 4 ? 16 : 1;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_ELEMENTWISE_COST_H_
