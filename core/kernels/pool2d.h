// SPDX-License-Identifier: Apache-2.0
//
// Pooling over NHWC images of f32: the maximum (padding is -infinity, NaN stays) or the sum
// (padding is 0) of each window. Holes between dilated elements are padding.
#ifndef WEBHLO_CORE_KERNELS_POOL2D_H_
#define WEBHLO_CORE_KERNELS_POOL2D_H_

#include <cstdint>
#include <vector>

#include "core/kernels/parallel.h"
#include "core/kernels/window_fold.h"

namespace webhlo {

struct Pool2dSizes {
  int64_t batch = 1, channels = 0;
  WindowAxis rows, columns;
};

// A pool as a kernel's work. Windows larger than kMaxWindow elements are left to others: a piece is
// at least one output pixel. So are elements farther apart than kMaxBaseDilation.
inline constexpr int64_t kMaxWindow = int64_t{1} << 20;
inline constexpr int64_t kMaxBaseDilation = 16;

class Pool2d {
 public:
  enum class Op : uint8_t { kMax, kSum };
  Pool2d(Op op, const Pool2dSizes& sizes);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  // The elements of the image that a window sees along an axis: `count` from `first` on, `step()`
  // apart.
  struct Taps {
    int64_t first = 0, count = 0;
  };
  class Axis {
   public:
    explicit Axis(const WindowAxis& axis);
    Taps Of(int64_t window) const;
    int64_t step() const { return step_; }

   private:
    WindowAxis axis_;
    int64_t step_;
    // By where a window begins, between two elements: the first of its own that meets one, and how
    // many do.
    std::vector<Taps> taps_;
  };
  template <typename Fold>
  void RunParts(const float* input, float* output, int64_t begin, int64_t end) const;

  Op op_;
  Pool2dSizes sizes_;
  Axis rows_, columns_;
  RowParts parts_;  // Of the rows of output pixels.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_POOL2D_H_
