// SPDX-License-Identifier: Apache-2.0
//
// What others than stablehlo.slice know of it: the part of a tensor that it takes.
#ifndef WEBHLO_CORE_OPS_SLICES_H_
#define WEBHLO_CORE_OPS_SLICES_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/graph/op_def.h"
#include "core/ops/moves.h"

namespace webhlo {

// Attributes of the slice that takes `sizes` elements from `starts` on, one after the other.
inline std::vector<NamedAttribute> SliceAttributes(std::vector<int64_t> starts,
                                                   const std::vector<int64_t>& sizes) {
  std::vector<int64_t> limits = sizes;
  for (size_t d = 0; d < limits.size(); ++d) limits[d] += starts[d];
  return {{"limit_indices", Attribute::Ints(std::move(limits))},
          {"start_indices", Attribute::Ints(std::move(starts))},
          {"strides", Attribute::Ints(std::vector<int64_t>(sizes.size(), 1))}};
}

// At which of its operand's elements a slice begins that is one contiguous run of them.
inline std::optional<int64_t> StartOfRun(const OpView& slice) {
  const std::vector<int64_t>& dims = slice.operand(0).dims;
  const auto strides = slice.Ints("strides");
  if (!std::all_of(strides.begin(), strides.end(), [](int64_t stride) { return stride == 1; }) ||
      !IsOneRun(dims, slice.result().dims)) {
    return std::nullopt;
  }
  return Offset(slice.Ints("start_indices"), RowMajorStrides(dims));
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_SLICES_H_
