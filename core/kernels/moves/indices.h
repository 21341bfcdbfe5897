// SPDX-License-Identifier: Apache-2.0
//
// Indices that are computed at run time.
#ifndef WEBHLO_CORE_KERNELS_MOVES_INDICES_H_
#define WEBHLO_CORE_KERNELS_MOVES_INDICES_H_

#include <cstdint>
#include <limits>

#include "core/graph/tensor.h"

namespace webhlo {

// Element `i` of an index tensor. A u64 too large for i64 is still a large index, not a negative
// one.
inline int64_t LoadIndex(const TensorView& indices, int64_t i) {
  const int64_t value = indices.I64(i);
  if (value < 0 && indices.element() == ElementType::kU64) {
    return std::numeric_limits<int64_t>::max();
  }
  return value;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_INDICES_H_
