// SPDX-License-Identifier: Apache-2.0
//
// Windows that slide over one dimension: the arithmetic that reduce_window (C15), convolution (C25)
// and select_and_scatter (C2) share, safe for any attribute values.
#ifndef WEBHLO_CORE_KERNELS_WINDOW_H_
#define WEBHLO_CORE_KERNELS_WINDOW_H_

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/math.h"

namespace webhlo {

struct WindowDimension {
  int64_t size = 1;
  int64_t stride = 1;
  int64_t base_dilation = 1;
  int64_t window_dilation = 1;
  int64_t padding_low = 0;
  int64_t padding_high = 0;
};

// (size - 1) * dilation + 1, and 0 for size 0; nothing when that overflows.
inline std::optional<int64_t> DilatedSize(int64_t size, int64_t dilation) {
  if (size == 0) return 0;
  int64_t dilated;
  if (!CheckedMul(size - 1, dilation, &dilated) || !CheckedAdd(dilated, 1, &dilated)) {
    return std::nullopt;
  }
  return dilated;
}

// num_windows over a dimension of `dim` elements; nothing when a size on the way overflows. The
// window's numbers satisfy the op's other constraints (sizes >= 0, strides and dilations >= 1).
inline std::optional<int64_t> NumWindows(int64_t dim, const WindowDimension& w) {
  const std::optional<int64_t> dilated_input = DilatedSize(dim, w.base_dilation);
  const std::optional<int64_t> dilated_window = DilatedSize(w.size, w.window_dilation);
  // Farther than any tensor reaches, and so small that positions cannot overflow either.
  constexpr int64_t kFar = int64_t{1} << 61;
  if (w.padding_low < -kFar || w.padding_low > kFar || w.padding_high < -kFar ||
      w.padding_high > kFar) {
    return std::nullopt;
  }
  int64_t padded;
  if (!dilated_input || !dilated_window || !CheckedAdd(w.padding_low, *dilated_input, &padded) ||
      !CheckedAdd(padded, w.padding_high, &padded)) {
    return std::nullopt;
  }
  if (padded <= 0 || *dilated_window > padded) return 0;
  return (padded - *dilated_window) / w.stride + 1;
}

// The element of the input that element `k` of window `window` sees, or -1 when it sees padding or
// a hole between dilated elements.
inline int64_t WindowElement(const WindowDimension& w, int64_t dim, int64_t window, int64_t k) {
  const int64_t position = window * w.stride + k * w.window_dilation - w.padding_low;
  if (position < 0 || position % w.base_dilation != 0) return -1;
  const int64_t element = position / w.base_dilation;
  return element < dim ? element : -1;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_WINDOW_H_
