// SPDX-License-Identifier: Apache-2.0
//
// Pooling over NHWC images of f32: the maximum (padding is -infinity, NaN stays) or the sum
// (padding is 0) of each window.
#ifndef WEBHLO_CORE_KERNELS_POOL2D_H_
#define WEBHLO_CORE_KERNELS_POOL2D_H_

#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

struct Pool2dSizes {
  int64_t batch = 1;
  int64_t height = 0, width = 0, channels = 0;
  int64_t output_height = 0, output_width = 0;
  int64_t window_height = 1, window_width = 1;
  int64_t stride_height = 1, stride_width = 1;
  int64_t dilation_height = 1, dilation_width = 1;
  int64_t pad_top = 0, pad_left = 0;  // May be negative.
};

// A pool as a kernel's work. Windows larger than kMaxWindow elements are left to others: a piece is
// at least one output pixel.
inline constexpr int64_t kMaxWindow = int64_t{1} << 20;

class Pool2d {
 public:
  enum class Op : uint8_t { kMax, kSum };
  Pool2d(Op op, const Pool2dSizes& sizes);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  template <typename Fold>
  void RunParts(const float* input, float* output, int64_t begin, int64_t end) const;

  Op op_;
  Pool2dSizes sizes_;
  RowParts parts_;  // Of the rows of output pixels.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_POOL2D_H_
