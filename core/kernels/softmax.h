// SPDX-License-Identifier: Apache-2.0
//
// Softmax over the rows of an f32 matrix: exp(x - max) / sum(exp(x - max)).
#ifndef WEBHLO_CORE_KERNELS_SOFTMAX_H_
#define WEBHLO_CORE_KERNELS_SOFTMAX_H_

#include <cstddef>
#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

// Args (x, y, scratch); y may be x. Terms below 2^-126 count as about that; a row of -infinity
// gives NaN.
class Softmax {
 public:
  Softmax(int64_t rows, int64_t columns);
  const Pieces& pieces() const { return pieces_; }
  // Rows so long that they are cut want scratch.
  size_t scratch_bytes() const;
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  void RunPart(size_t stage, int64_t item, const float* input, float* output, float* scratch) const;

  int64_t rows_, columns_;
  int64_t parts_ = 1;  // Of a row.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SOFTMAX_H_
