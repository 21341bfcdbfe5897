// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/running.h"

#include <algorithm>

#include "core/kernels/folds.h"

namespace webhlo {
namespace {

constexpr int64_t kElementCost = 8;

}  // namespace

bool Running::CanRun(Reduction reduction, ElementType element) {
  if (element == ElementType::kI32 || element == ElementType::kU32) {
    return reduction == Reduction::kAdd;
  }
  return element == ElementType::kF32 && reduction != Reduction::kAnd &&
         reduction != Reduction::kOr;
}

Running::Running(Reduction reduction, ElementType element, int64_t outer, int64_t size,
                 int64_t inner, bool reverse)
    : reduction_(reduction),
      is_float_(element == ElementType::kF32),
      size_(size),
      inner_(inner),
      reverse_(reverse),
      pieces_(outer * size * inner, kElementCost) {}

void Running::Run(void* const* args, PieceRange pieces, ThreadPool&) const {
  const auto [begin, end] = pieces_.Items(0, pieces);
  if (!is_float_) {
    RunItems<uint32_t, FoldAdd>(static_cast<const uint32_t*>(args[0]),
                                static_cast<const uint32_t*>(args[1]),
                                static_cast<uint32_t*>(args[2]), begin, end);
    return;
  }
  const float *x = static_cast<const float*>(args[0]), *i = static_cast<const float*>(args[1]);
  float* const y = static_cast<float*>(args[2]);
  switch (reduction_) {
    case Reduction::kAdd:
      return RunItems<float, FoldAdd>(x, i, y, begin, end);
    case Reduction::kMultiply:
      return RunItems<float, FoldMultiply>(x, i, y, begin, end);
    case Reduction::kMaximum:
      return RunItems<float, FoldMax>(x, i, y, begin, end);
    default:
      return RunItems<float, FoldMin>(x, i, y, begin, end);
  }
}

template <typename T, typename F>
void Running::RunItems(const T* x, const T* initial, T* y, int64_t begin, int64_t end) const {
  const int64_t block = size_ * inner_;
  while (begin < end) {
    const int64_t start = begin / block * block, until = std::min(end, start + block);
    // Elements of a block count from its beginning, or from its end row by row.
    const int64_t step = reverse_ ? -inner_ : inner_;
    const int64_t first = start + (reverse_ ? block - inner_ : 0);
    if (inner_ == 1) {
      int64_t at = first + (begin - start) * step;
      T last = begin == start ? *initial : y[at - step];
      for (; begin < until; ++begin, at += step) y[at] = last = F::Scalar(last, x[at]);
      continue;
    }
    while (begin < until) {
      const int64_t row = (begin - start) / inner_, column = (begin - start) % inner_;
      const int64_t count = std::min(inner_ - column, until - begin);
      const int64_t at = first + row * step + column;
      for (int64_t i = at; i < at + count; ++i)
        y[i] = F::Scalar(row == 0 ? *initial : y[i - step], x[i]);
      begin += count;
    }
  }
}

}  // namespace webhlo
