// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/pool2d.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <type_traits>

#include "core/base/math.h"
#include "core/kernels/folds.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

struct Maximum {
  F32x4 largest = Splat(-std::numeric_limits<float>::infinity());

  HWY_INLINE void Add(F32x4 x) { largest = Max(largest, x); }
  HWY_INLINE F32x4 Get() const { return largest; }
};

// One instruction instead of six, where the result is not in doubt.
struct FastMaximum {
  F32x4 largest = Splat(-std::numeric_limits<float>::infinity());
  F32x4 sum = hn::Zero(kF32);

  HWY_INLINE void Add(F32x4 x) {
    largest = FoldMax::Fast(largest, x);
    sum = hn::Add(sum, x);
  }
  HWY_INLINE F32x4 Get() const { return largest; }
};

struct Sum {
  F32x4 total = hn::Zero(kF32);

  HWY_INLINE void Add(F32x4 x) { total = hn::Add(total, x); }
  HWY_INLINE F32x4 Get() const { return total; }
};

template <typename Fold, int kVectors>
void Window(const float* input, int64_t rows, int64_t row_step, int64_t columns,
            int64_t column_step, float* output, int64_t channels) {
  Fold folds[kVectors];
  for (int64_t y = 0; y < rows; ++y) {
    const float* from = input + y * row_step;
    for (int64_t x = 0; x < columns; ++x, from += column_step) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) folds[v].Add(Load(from + 4 * v));
    }
  }
  if constexpr (std::is_same_v<Fold, FastMaximum>) {
    auto in_doubt = hn::MaskFalse(kF32);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      in_doubt = hn::Or(in_doubt, InDoubt<FoldMax>(folds[v].largest, folds[v].sum));
    }
    if (!hn::AllFalse(kF32, in_doubt)) {
      for (int64_t c = 0; c < std::min<int64_t>(channels, 4 * kVectors); c += 4) {
        Window<Maximum, 1>(input + c, rows, row_step, columns, column_step, output + c,
                           channels - c);
      }
      return;
    }
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
    if (4 * v < channels)
      StoreFirst(folds[v].Get(), output + 4 * v, static_cast<size_t>(channels - 4 * v));
  }
}

}  // namespace

Pool2d::Axis::Axis(const WindowAxis& axis) : axis_(axis) {
  const WindowDimension& w = axis.window;
  // So many elements of the window lie between two that meet elements of the image.
  const int64_t period = w.base_dilation / std::gcd(w.base_dilation, w.window_dilation);
  step_ = period * w.window_dilation / w.base_dilation;
  for (int64_t begin = 0; begin < w.base_dilation; ++begin) {
    Taps& taps = taps_.emplace_back();
    while (taps.first < period && (begin + taps.first * w.window_dilation) % w.base_dilation != 0) {
      ++taps.first;
    }
    if (taps.first < std::min(period, w.size)) taps.count = (w.size - 1 - taps.first) / period + 1;
  }
}

Pool2d::Taps Pool2d::Axis::Of(int64_t window) const {
  const WindowDimension& w = axis_.window;
  const int64_t base = w.base_dilation;
  const int64_t begin = window * w.stride - w.padding_low;
  Taps taps = taps_[base == 1 ? 0 : static_cast<size_t>((begin % base + base) % base)];
  taps.first = begin + taps.first * w.window_dilation;
  if (base != 1) taps.first /= base;
  if (taps.first < 0) {
    const int64_t before = CeilDiv(-taps.first, step_);
    taps.first += before * step_;
    taps.count -= before;
  }
  if (taps.first + (taps.count - 1) * step_ >= axis_.size) {
    taps.count = CeilDiv(axis_.size - taps.first, step_);
  }
  if (taps.count <= 0) return Taps();
  return taps;
}

Pool2d::Pool2d(Op op, const Pool2dSizes& s)
    : op_(op),
      sizes_(s),
      rows_(s.rows),
      columns_(s.columns),
      parts_(s.columns.windows, s.channels * s.rows.window.size * s.columns.window.size * 2),
      pieces_(s.batch * s.rows.windows * parts_.count(), parts_.cost()) {}

template <typename Fold>
void Pool2d::RunParts(const float* input, float* output, int64_t begin, int64_t end) const {
  const int64_t channels = sizes_.channels, width = sizes_.columns.size * channels;
  const int64_t row_step = rows_.step() * width, column_step = columns_.step() * channels;
  parts_.ForEach(begin, end, [&](int64_t row, int64_t first, int64_t last) {
    const Taps ys = rows_.Of(row % sizes_.rows.windows);
    const float* image = input + (row / sizes_.rows.windows * sizes_.rows.size + ys.first) * width;
    float* to = output + (row * sizes_.columns.windows + first) * channels;
    for (int64_t column = first; column < last; ++column, to += channels) {
      const Taps xs = columns_.Of(column);
      const float* from = image + xs.first * channels;
      int64_t c = 0;
      for (; c + 16 <= channels; c += 16) {
        Window<Fold, 4>(from + c, ys.count, row_step, xs.count, column_step, to + c, 16);
      }
      for (; c < channels; c += 4) {
        Window<Fold, 1>(from + c, ys.count, row_step, xs.count, column_step, to + c, channels - c);
      }
    }
  });
}

void Pool2d::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  const float* input = static_cast<const float*>(args[0]);
  float* output = static_cast<float*>(args[1]);
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    if (op_ == Op::kMax) {
      RunParts<FastMaximum>(input, output, begin, end);
    } else {
      RunParts<Sum>(input, output, begin, end);
    }
  });
}

}  // namespace webhlo
