// SPDX-License-Identifier: Apache-2.0
//
// StridedCopier: moves elements between two strided views of the same shape. Transposes, slices,
// concatenations, pads, broadcasts and reversals are all this, with other strides and offsets.
#ifndef WEBHLO_CORE_KERNELS_STRIDED_COPY_H_
#define WEBHLO_CORE_KERNELS_STRIDED_COPY_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/threads/thread_pool.h"

namespace webhlo {

class StridedCopier {
 public:
  StridedCopier() : StridedCopier(1, {}, {}, {}) {}
  // `width`: bytes of an element: 1, 2, 4, 8 or 16. Strides are in elements; those of the source
  // may be 0 (broadcast) or negative. Elements of the destination must not overlap.
  StridedCopier(int width, std::span<const int64_t> sizes, std::span<const int64_t> from_strides,
                std::span<const int64_t> to_strides);

  // `from` and `to` address the element of index 0. The two must not overlap.
  void Run(const void* from, void* to, ThreadPool& pool) const;
  // On the calling thread alone (within a piece of parallel work).
  void RunAlone(const void* from, void* to) const;

 private:
  struct Loop {
    int64_t size;
    int64_t from;  // Bytes a step.
    int64_t to;
  };
  enum class Kind { kNothing, kRows, kFill, kTranspose, kElements };

  void RunRows(const uint8_t* from, uint8_t* to, int64_t begin, int64_t end) const;
  void RunTransposed(const uint8_t* from, uint8_t* to, int64_t begin, int64_t end) const;

  int width_;
  Kind kind_;
  // Outermost first, merged as far as the strides allow. The last one is that of the smallest step
  // in the destination. In a transpose the one before steps by one element in the source.
  std::vector<Loop> loops_;
  // Of a transpose: all loops but the last, the one before it in blocks.
  std::vector<Loop> blocks_;
  int64_t items_ = 1;  // Of all loops but the last, or of `blocks_`.
};

// Fills `count` elements of `width` bytes with the one at `value`.
void FillWith(const void* value, int width, int64_t count, void* to, ThreadPool& pool);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_STRIDED_COPY_H_
