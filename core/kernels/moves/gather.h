// SPDX-License-Identifier: Apache-2.0
//
// Windows of a tensor whose places an index tensor tells, one window for each of its vectors.
#ifndef WEBHLO_CORE_KERNELS_MOVES_GATHER_H_
#define WEBHLO_CORE_KERNELS_MOVES_GATHER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/graph/type.h"
#include "core/kernels/kernel.h"
#include "core/kernels/moves/strided_copy.h"

namespace webhlo {

// Steps are in elements.
struct GatherSizes {
  // A dimension of the result that numbers windows, and what one step along it moves: within the
  // indices, the operand (batching dimensions) and the result.
  struct Batch {
    int64_t size, indices, operand, result;
  };
  // An element of an index vector: where it lies in the vector, how far it may go and what it
  // counts in.
  struct Start {
    int64_t indices, room, operand;
  };
  int width = 0;  // Bytes of an element.
  TensorType indices;
  StridedCopier window;
  std::vector<Batch> batches;
  std::vector<Start> starts;
};

// Operands (tensor, indices), result: the windows.
std::unique_ptr<Kernel> MakeGather(GatherSizes sizes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_GATHER_H_
