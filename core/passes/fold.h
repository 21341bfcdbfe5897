// SPDX-License-Identifier: Apache-2.0
//
// Computing a node while the program compiles, by its reference: what fold-constants does with
// literals, and refine-shapes with the values that decide sizes.
#ifndef WEBHLO_CORE_PASSES_FOLD_H_
#define WEBHLO_CORE_PASSES_FOLD_H_

#include <optional>
#include <span>

#include "core/base/budget.h"
#include "core/base/status.h"
#include "core/graph/op_def.h"

namespace webhlo {

// No operand or result of more bytes than this is written out for folding.
inline constexpr int64_t kMaxFoldBytes = 64 << 20;

// Whether nodes of its kind can be computed at load: pure, with a reference and one plain result.
bool CanFold(const Graph& graph, const Node& node);

// The result of a node whose types are known; nobody looks at the `operands` of an op that reads
// types only.
// With `one_element` all operands are splats and so is the result. Nothing where the reference
// fails; an error when the budget's deadline has come.
Result<std::optional<Attribute>> Fold(const OpView& op,
                                      std::span<const DenseElements* const> operands,
                                      bool one_element, Budget& budget);

}  // namespace webhlo

#endif  // WEBHLO_CORE_PASSES_FOLD_H_
