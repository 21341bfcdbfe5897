// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/pool2d.h"

#include <algorithm>
#include <limits>

#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

struct MaxOf {
  static F32x4 Init() { return Splat(-std::numeric_limits<float>::infinity()); }
  static F32x4 Fold(F32x4 a, F32x4 b) { return Max(a, b); }
};
struct SumOf {
  static F32x4 Init() { return hn::Zero(kF32); }
  static F32x4 Fold(F32x4 a, F32x4 b) { return hn::Add(a, b); }
};

// The window elements [begin, end) that lie inside [0, size), the first one being at `start`.
struct Span {
  int64_t begin, end;
  Span(int64_t start, int64_t dilation, int64_t count, int64_t size)
      : begin(start >= 0 ? 0 : std::min(count, (-start + dilation - 1) / dilation)),
        end(std::clamp(start >= size ? 0 : (size - 1 - start) / dilation + 1, begin, count)) {}
};

template <typename Op, int kVectors>
void Window(const float* input, int64_t rows, int64_t row_step, int64_t columns,
            int64_t column_step, float* output, int64_t channels) {
  F32x4 total[kVectors];
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) total[v] = Op::Init();
  for (int64_t y = 0; y < rows; ++y) {
    const float* from = input + y * row_step;
    for (int64_t x = 0; x < columns; ++x, from += column_step) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        total[v] = Op::Fold(total[v], Load(from + 4 * v));
      }
    }
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
    if (4 * v < channels)
      StoreFirst(total[v], output + 4 * v, static_cast<size_t>(channels - 4 * v));
  }
}

}  // namespace

Pool2d::Pool2d(Op op, const Pool2dSizes& s)
    : op_(op),
      sizes_(s),
      parts_(s.output_width, s.channels * s.window_height * s.window_width * 2),
      pieces_(s.batch * s.output_height * parts_.count(), parts_.cost()) {}

template <typename Fold>
void Pool2d::RunParts(const float* input, float* output, int64_t begin, int64_t end) const {
  const Pool2dSizes& s = sizes_;
  parts_.ForEach(begin, end, [&](int64_t row, int64_t first, int64_t last) {
    const int64_t top = row % s.output_height * s.stride_height - s.pad_top;
    const Span ys(top, s.dilation_height, s.window_height, s.height);
    const float* image = input + row / s.output_height * s.height * s.width * s.channels;
    for (int64_t ox = first; ox < last; ++ox) {
      const int64_t left = ox * s.stride_width - s.pad_left;
      const Span xs(left, s.dilation_width, s.window_width, s.width);
      const bool any = ys.begin < ys.end && xs.begin < xs.end;
      const float* from = !any ? image
                               : image + ((top + ys.begin * s.dilation_height) * s.width + left +
                                          xs.begin * s.dilation_width) *
                                             s.channels;
      const int64_t rows = any ? ys.end - ys.begin : 0, columns = any ? xs.end - xs.begin : 0;
      const int64_t row_step = s.dilation_height * s.width * s.channels;
      const int64_t column_step = s.dilation_width * s.channels;
      float* to = output + (row * s.output_width + ox) * s.channels;
      int64_t c = 0;
      for (; c + 16 <= s.channels; c += 16) {
        Window<Fold, 4>(from + c, rows, row_step, columns, column_step, to + c, 16);
      }
      for (; c < s.channels; c += 4) {
        Window<Fold, 1>(from + c, rows, row_step, columns, column_step, to + c, s.channels - c);
      }
    }
  });
}

void Pool2d::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  const float* input = static_cast<const float*>(args[0]);
  float* output = static_cast<float*>(args[1]);
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    if (op_ == Op::kMax) {
      RunParts<MaxOf>(input, output, begin, end);
    } else {
      RunParts<SumOf>(input, output, begin, end);
    }
  });
}

}  // namespace webhlo
