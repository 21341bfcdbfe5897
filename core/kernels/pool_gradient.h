// SPDX-License-Identifier: Apache-2.0
//
// The gradient of a maximum over windows: each window's element of a source is added where the
// largest element of the window lies.
#ifndef WEBHLO_CORE_KERNELS_POOL_GRADIENT_H_
#define WEBHLO_CORE_KERNELS_POOL_GRADIENT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"
#include "core/kernels/window_fold.h"

namespace webhlo {

// Args (operand, source, initial value, result), f32. Of two elements of a window the first is kept
// where it is larger or, if `keeps_equal`, as large; a NaN never is.
class PoolGradient {
 public:
  // `axes`: of the operand, without base dilations; at least one. Windows must be so small that a
  // row of them is no long piece of work.
  static bool CanRun(std::span<const WindowAxis> axes);
  PoolGradient(std::vector<WindowAxis> axes, bool keeps_equal);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  struct Taps;
  Taps TapsOf(int64_t row) const;
  template <bool kEqual>
  void RunRow(const float* operand, const float* source, float* result, int64_t row) const;

  std::vector<WindowAxis> axes_;  // But the innermost one.
  WindowAxis inner_;
  bool keeps_equal_;
  bool inner_is_whole_;  // Windows of one element each, in place: channels.
  StridedCopier fill_;
  Pieces pieces_;  // The initial values, then rows of windows, which are not shared out.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_POOL_GRADIENT_H_
