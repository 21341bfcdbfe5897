// SPDX-License-Identifier: Apache-2.0
//
// LoopNest: the iteration space of a fused elementwise group, shared by the JIT and by the tile
// engine so that both walk memory in the same way.
#ifndef WEBHLO_CORE_JIT_LOOP_NEST_H_
#define WEBHLO_CORE_JIT_LOOP_NEST_H_

#include <cstdint>
#include <vector>

#include "core/graph/type.h"

namespace webhlo {

// A broadcast input: `strides[d]` elements per step of loop d, 0 where it does not vary. The
// strides are those of a row-major tensor seen through broadcast_in_dim; the innermost one is 0 or
// 1, except that adjacent loops were merged as far as all operands allow.
struct LoopOperand {
  ElementType element = ElementType::kF32;
  std::vector<int64_t> strides;
};

// Loops from outermost to innermost. Outputs are row-major over `sizes`, contiguous. At least one
// loop; every size at least 1 (a fused step over zero elements is never planned).
struct LoopNest {
  std::vector<int64_t> sizes;
  std::vector<LoopOperand> inputs;
  std::vector<ElementType> outputs;

  int64_t inner() const { return sizes.back(); }
  // Product of all loops but the innermost.
  int64_t rows() const {
    int64_t n = 1;
    for (size_t i = 0; i + 1 < sizes.size(); ++i) n *= sizes[i];
    return n;
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_JIT_LOOP_NEST_H_
