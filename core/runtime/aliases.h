// SPDX-License-Identifier: Apache-2.0
//
// Values that lie where others do.
#ifndef WEBHLO_CORE_RUNTIME_ALIASES_H_
#define WEBHLO_CORE_RUNTIME_ALIASES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/graph/graph.h"
#include "core/graph/op_def.h"

namespace webhlo {

// Where in its operand's bytes a slice begins that is one contiguous, aligned run of them.
std::optional<int64_t> OffsetOfSlice(const OpView& slice);

// Where in its result's bytes the operands of a concatenation begin whose operands are contiguous,
// aligned runs of them; nothing for others.
std::vector<int64_t> OffsetsOfOperands(const OpView& concatenate);

// `next` has for each argument of a region what takes its place when the region ends (what a loop
// carries to the next trip, what a run leaves of a donated input), or kNone. Answers those of them
// that are computed by the last node to read their argument, so that one may be written over the
// other; kNone for the others.
std::vector<ValueId> ResultsOverArguments(const Graph& graph, const Region& body,
                                          std::span<const ValueId> next);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_ALIASES_H_
