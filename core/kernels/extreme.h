// SPDX-License-Identifier: Apache-2.0
//
// Extremes: the largest or the smallest element along one dimension and the index of the first that
// is as large or small, as programs compute them together (argmax, argmin).
#ifndef WEBHLO_CORE_KERNELS_EXTREME_H_
#define WEBHLO_CORE_KERNELS_EXTREME_H_

#include <cstdint>
#include <memory>

#include "core/graph/type.h"
#include "core/kernels/kernel.h"

namespace webhlo {

// What is kept of an accumulator, a value with its index, and of the element that comes next.
struct ExtremeRule {
  // How the accumulator's value compares with the element's.
  enum Relation { kLess, kEqual, kGreater, kIsNan, kMeetsNan, kBothNan, kRelations };
  static constexpr uint8_t kTakesValue = 1, kTakesIndex = 2;  // The element's.

  bool smallest = false;
  // By whether the accumulator's index is less than the element's; else they are equal.
  uint8_t takes[2][kRelations] = {};
};

// A tensor of [outer, count, inner], of which the middle dimension is folded.
struct ExtremeSizes {
  int64_t outer, count, inner;

  // What there are loops for: rows and columns of vectors, short enough to be items of work.
  bool Fits() const {
    return count * (inner == 1 ? 1 : kColumns) <= kMaxItem && (inner == 1 ? count : inner) >= 16;
  }
  static constexpr int64_t kColumns = 16;
  static constexpr int64_t kMaxItem = 1 << 21;
};

// f32 or i32, with indices of so many bytes, 4 or 8. Operands: the elements; their indices, which
// are not read; the initial value; its index, 0. Results: values, indices. A NaN, which has no
// place in the order, goes by the rule, one element after the other.
std::unique_ptr<Kernel> MakeExtreme(ElementType element, int index_width, const ExtremeSizes& sizes,
                                    const ExtremeRule& rule);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_EXTREME_H_
