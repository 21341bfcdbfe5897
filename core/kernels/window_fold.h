// SPDX-License-Identifier: Apache-2.0
//
// Reductions of windows by any computation, of several operands at once. Each result begins with
// its initial value and takes the elements of its window in order, as the reference does; where all
// of a dimension before (or behind) an element is its window, the results are running ones (a
// cumulative sum), each made from its neighbour.
#ifndef WEBHLO_CORE_KERNELS_WINDOW_FOLD_H_
#define WEBHLO_CORE_KERNELS_WINDOW_FOLD_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/kernels/batch_function.h"
#include "core/kernels/kernel.h"
#include "core/kernels/window.h"

namespace webhlo {

// A dimension of the operands and what slides over it.
struct WindowAxis {
  WindowDimension window;
  int64_t size = 1;     // Of the operand.
  int64_t windows = 1;  // Of the result.

  bool is_trivial() const {
    return window.size == 1 && window.stride == 1 && window.base_dilation == 1 &&
           window.padding_low == 0 && windows == size;
  }
  // The operand's element that element `k` of a window sees, or -1.
  int64_t Element(int64_t number, int64_t k) const {
    return WindowElement(window, size, number, k);
  }
};

struct WindowFoldSizes {
  std::vector<WindowAxis> axes;
  std::vector<int> widths;  // Bytes of an element, by operand; at most 8.
  int64_t cost = 0;         // What the computation costs, besides memory.
};

// `function`: accumulators and values to accumulators. Operands, then initial values.
std::unique_ptr<Kernel> MakeWindowFold(WindowFoldSizes sizes,
                                       std::unique_ptr<BatchFunction> function);

// The axis along which results are running ones, forwards or (`reverse`) backwards; -1 if there is
// none. That holds for computations that are associative and that do not change an initial value by
// another.
int RunningAxis(const std::vector<WindowAxis>& axes, bool* reverse);

std::unique_ptr<Kernel> MakeRunningFold(WindowFoldSizes sizes,
                                        std::unique_ptr<BatchFunction> function);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_WINDOW_FOLD_H_
