// SPDX-License-Identifier: Apache-2.0
//
// select_and_scatter: each window of an operand selects an element, to which a source's element
// goes: the gradient of a pool.
#ifndef WEBHLO_CORE_KERNELS_SELECT_SCATTER_H_
#define WEBHLO_CORE_KERNELS_SELECT_SCATTER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/kernels/batch_function.h"
#include "core/kernels/kernel.h"
#include "core/kernels/window_fold.h"

namespace webhlo {

struct SelectScatterSizes {
  std::vector<WindowAxis> axes;  // Of the operand; without dilations.
  int width = 0;                 // Bytes of an element, at most 8.
  int64_t select_cost = 0, scatter_cost = 0;
};

// `select`: whether the first of two is kept; `scatter`: what is there and an element of the source
// to what will be. Operands: operand, source, initial value.
std::unique_ptr<Kernel> MakeSelectScatter(SelectScatterSizes sizes,
                                          std::unique_ptr<BatchFunction> select,
                                          std::unique_ptr<BatchFunction> scatter);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SELECT_SCATTER_H_
