// SPDX-License-Identifier: Apache-2.0
//
// A window of a tensor whose place is told at run time, one scalar a dimension: read, or replaced.
// Starts are clamped, so that the window lies within the tensor.
#ifndef WEBHLO_CORE_KERNELS_MOVES_DYNAMIC_SLICE_H_
#define WEBHLO_CORE_KERNELS_MOVES_DYNAMIC_SLICE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/graph/type.h"
#include "core/kernels/kernel.h"

namespace webhlo {

struct DynamicSliceSizes {
  int width = 0;  // Bytes of an element.
  std::vector<int64_t> tensor, window;
  TensorType start;  // The type of every start index.
};

// Operands (tensor, start...), result: the window.
std::unique_ptr<Kernel> MakeDynamicSlice(const DynamicSliceSizes& sizes);
// Operands (tensor, window, start...), result: the tensor, which may take the operand's place.
std::unique_ptr<Kernel> MakeDynamicUpdateSlice(const DynamicSliceSizes& sizes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_DYNAMIC_SLICE_H_
