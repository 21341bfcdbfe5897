// SPDX-License-Identifier: Apache-2.0
//
// Running sums, products, maxima and minima along a dimension: each result is made from its
// neighbour, in the order of the elements.
#ifndef WEBHLO_CORE_KERNELS_RUNNING_H_
#define WEBHLO_CORE_KERNELS_RUNNING_H_

#include <cstdint>

#include "core/graph/type.h"
#include "core/kernels/parallel.h"
#include "core/kernels/reduce.h"

namespace webhlo {

// Args (operand, initial value, result): outer x size x inner elements.
class Running {
 public:
  // Of f32; sums of i32 and ui32 too.
  static bool CanRun(Reduction reduction, ElementType element);
  // From the last element backwards if `reverse`.
  Running(Reduction reduction, ElementType element, int64_t outer, int64_t size, int64_t inner,
          bool reverse);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  // Parts of rows of `inner` elements, in the order in which they follow from each other.
  template <typename T, typename F>
  void RunItems(const T* x, const T* initial, T* y, int64_t begin, int64_t end) const;

  Reduction reduction_;
  bool is_float_;
  int64_t size_, inner_;
  bool reverse_;
  Pieces pieces_;  // Not shared out.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_RUNNING_H_
