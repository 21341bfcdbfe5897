// SPDX-License-Identifier: Apache-2.0
//
// Softmax over the rows of an f32 matrix: exp(x - max) / sum(exp(x - max)).
#ifndef WEBHLO_CORE_KERNELS_SOFTMAX_H_
#define WEBHLO_CORE_KERNELS_SOFTMAX_H_

#include <cstddef>
#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

// Rows of at most so many elements are worked on as a whole.
inline constexpr int64_t kLongSoftmax = 256 * 1024;

// One such row; y may be x. Terms below 2^-126 count as about that. A row of -infinity gives NaN,
// or zeros if `zero_masked`.
void SoftmaxRow(const float* x, int64_t n, bool zero_masked, float* y);

// Args (x, y, scratch); y may be x.
class Softmax {
 public:
  Softmax(int64_t rows, int64_t columns, bool zero_masked = false);
  const Pieces& pieces() const { return pieces_; }
  // Rows so long that they are cut want scratch.
  size_t scratch_bytes() const;
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  void RunPart(size_t stage, int64_t item, const float* input, float* output, float* scratch) const;

  int64_t rows_, columns_;
  bool zero_masked_;
  int64_t parts_ = 1;  // Of a row.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SOFTMAX_H_
