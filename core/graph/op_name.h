// SPDX-License-Identifier: Apache-2.0
//
// OpName: the name of an op as a number. Those of the dialect table (core/graph/dialect.h) are
// constants, ops::kAdd for "stablehlo.add" and ops::kChloErf for "chlo.erf", generated from the
// table's rows; a graph numbers what other names it meets from kCount on.
#ifndef WEBHLO_CORE_GRAPH_OP_NAME_H_
#define WEBHLO_CORE_GRAPH_OP_NAME_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace webhlo {

enum class OpName : uint32_t {
#define WEBHLO_OP_NAME(constant, name) constant,
#include "core/graph/op_names.inc"
#undef WEBHLO_OP_NAME
  kCount
};

namespace ops {
using enum OpName;
}  // namespace ops

// Whether the dialect table has the name.
constexpr bool IsKnown(OpName name) { return name < OpName::kCount; }
// The spelling of a known name.
std::string_view ToString(OpName name);
// The known name of that spelling.
std::optional<OpName> FindOpName(std::string_view name);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_OP_NAME_H_
