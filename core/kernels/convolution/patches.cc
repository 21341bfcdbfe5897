// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/patches.h"

#include <algorithm>

#include "core/base/math.h"
#include "core/kernels/matmul/panels_kernel.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// A tile: so many pixels by so many elements of their patches. With as much of a panel it stays in
// the first cache; sums over longer patches are cut there, which also keeps their chains short.
constexpr int64_t kPixels = 16;
constexpr int64_t kDepth = 512;

// Where a pixel's window lies.
struct Window {
  const float* image;  // Of the batch, from the group's first channel on.
  int64_t top, left;   // Of the window, in the image.
};

void CopyFloats(const float* from, int64_t count, float* to) {
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) Store(Load(from + i), to + i);
  for (; i < count; ++i) to[i] = from[i];
}

// Elements [begin, end) of a window's patch.
void Gather(const PatchSizes& s, const Window& window, int64_t begin, int64_t end, float* to) {
  const int64_t channels = s.group_channels();
  // Runs of taps that lie side by side in the image.
  const int64_t taps = s.groups == 1 && s.dilation_width == 1 ? s.filter_width : 1;
  const int64_t run = taps * channels;
  int64_t at = begin % run;
  int64_t row = begin / run / (s.filter_width / taps);
  int64_t column = begin / run % (s.filter_width / taps) * taps;
  for (int64_t left = end - begin; left > 0;) {
    const int64_t count = std::min(run - at, left);
    const int64_t y = window.top + row * s.dilation_height;
    const int64_t x = window.left + column * s.dilation_width;
    // What of the run lies in the image.
    int64_t low = 0, high = 0;
    if (y >= 0 && y < s.height) {
      low = std::clamp(-x * channels - at, int64_t{0}, count);
      high = std::clamp((s.width - x) * channels - at, low, count);
    }
    std::fill(to, to + low, 0.0f);
    if (low < high) {
      CopyFloats(window.image + (y * s.width + x) * s.channels + at + low, high - low, to + low);
    }
    std::fill(to + high, to + count, 0.0f);
    to += count;
    left -= count;
    at = 0;
    column += taps;
    if (column == s.filter_width) {
      column = 0;
      ++row;
    }
  }
}

// sum[r] = rows[r] * panel: `depth` numbers of each row, and as many rows of the panel, without
// biases.
template <int kRows, int kVectors>
HWY_INLINE void MultiplyRows(const float* const* rows, int64_t depth, const float* panel,
                             F32x4 (&sum)[kRows][kVectors]) {
  WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(kF32);
  }
  for (int64_t k = 0; k < depth; ++k, panel += 4 * kVectors) {
    F32x4 w[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) w[v] = Load(panel + 4 * v);
    WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
      const F32x4 x = Splat(rows[r][k]);
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[r][v] = MulAdd(x, w[v], sum[r][v]);
    }
  }
}

// kRows rows of y += patches * panel, or y = bias + patches * panel. Of the rows only `rows` are
// stored, of the columns `columns`.
template <int kRows, int kVectors>
void Multiply(const float* const* patches, int64_t depth, const float* panel, const float* bias,
              bool last, F32x4 low, F32x4 high, float* const* y, int64_t rows, int64_t columns) {
  F32x4 sum[kRows][kVectors];
  MultiplyRows(patches, depth, panel, sum);
  alignas(16) float lanes[4 * kVectors];
  for (int64_t r = 0; r < rows; ++r) {
    const float* start = bias;
    if (start == nullptr) {
      std::copy_n(y[r], columns, lanes);
      start = lanes;
    }
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      if (4 * v >= columns) continue;
      F32x4 total = hn::Add(Load(start + 4 * v), sum[r][v]);
      if (last) total = Clamped(total, low, high);
      StoreFirst(total, y[r] + 4 * v, static_cast<size_t>(columns - 4 * v));
    }
  }
}

// The pixels of one tile and one group.
template <int kRows, int kVectors>
void Tile(const PatchSizes& s, const Window* windows, int64_t pixels, const float* packed,
          float* output, float* scratch) {
  constexpr int64_t kWidth = 4 * kVectors;
  static_assert(kPixels % kRows == 0);
  const PanelShape shape = s.panels();
  const F32x4 low = Splat(s.clamp.min), high = Splat(s.clamp.max);
  for (int64_t k = 0; k < shape.k; k += kDepth) {
    const int64_t depth = std::min(kDepth, shape.k - k);
    for (int64_t i = 0; i < pixels; ++i) {
      Gather(s, windows[i], k, k + depth, scratch + i * kDepth);
    }
    for (int64_t panel = 0; panel < shape.count(); ++panel) {
      const float* bias = packed + panel * shape.panel_floats();
      const int64_t column = panel * kWidth;
      for (int64_t i = 0; i < pixels; i += kRows) {
        const float* patches[kRows];
        float* y[kRows];
        for (int64_t r = 0; r < kRows; ++r) {
          // Rows past the last pixel compute its sums again.
          const int64_t pixel = std::min(i + r, pixels - 1);
          patches[r] = scratch + pixel * kDepth;
          y[r] = output + pixel * s.output_channels + column;
        }
        Multiply<kRows, kVectors>(
            patches, depth, bias + (k + 1) * kWidth, k == 0 ? bias : nullptr, k + depth == shape.k,
            low, high, y, std::min<int64_t>(kRows, pixels - i), std::min(kWidth, shape.n - column));
      }
    }
  }
}

}  // namespace

size_t PatchScratchBytes(int num_threads) {
  return static_cast<size_t>(num_threads) * kPixels * kDepth * sizeof(float);
}

PatchConvolution::PatchConvolution(const Conv2dSizes& sizes)
    : sizes_{sizes},
      pieces_(CeilDiv(sizes_.pixels(), kPixels) * sizes_.groups,
              kPixels * sizes_.panels().k * (sizes_.panels().n / 3 + 4)) {}

void PatchConvolution::Run(const float* input, const float* packed, float* output, float* scratch,
                           PieceRange pieces, ThreadPool& pool) const {
  const int64_t all_pixels = sizes_.pixels();
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t first = t / sizes_.groups * kPixels;
      RunTile(input, packed, output, scratch, t % sizes_.groups, first,
              std::min(kPixels, all_pixels - first));
    }
  });
}

void PatchConvolution::RunTile(const float* input, const float* packed, float* output,
                               float* scratch, int64_t group, int64_t first, int64_t count) const {
  const PatchSizes& s = sizes_;
  const PanelShape shape = s.panels();
  const int64_t output_height = s.output_height(), output_width = s.output_width();
  Window windows[kPixels];
  for (int64_t i = 0; i < count; ++i) {
    const int64_t x = (first + i) % output_width;
    const int64_t row = (first + i) / output_width;
    windows[i] = {
        input + row / output_height * s.height * s.width * s.channels + group * s.group_channels(),
        row % output_height * s.stride_height - s.pad_top, x * s.stride_width - s.pad_left};
  }
  const auto tile = shape.width == 4 ? Tile<8, 1> : Tile<4, 2>;
  tile(s, windows, count, packed + group * shape.floats(),
       output + first * s.output_channels + group * shape.n,
       scratch + ThreadPool::CurrentThread() * kPixels * kDepth);
}

namespace {

class PatchKernel : public PanelsKernel {
 public:
  explicit PatchKernel(const Conv2dSizes& s)
      : PanelsKernel(PatchSizes{s}.panels(), s.groups, true, s.has_bias, s.extras), loop_(s) {}

  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(static_cast<const float*>(args[0]), packed(), static_cast<float*>(args[result()]),
              static_cast<float*>(args[scratch()]), pieces, pool);
  }

 private:
  const PatchConvolution loop_;
};

}  // namespace

std::optional<KernelChoice> ProposePatches(const Conv2dSizes& s, int num_threads) {
  if (!AreValid(s)) return std::nullopt;
  return KernelChoice{
      .sizes = Describe(s),
      .pack_key = PanelsKey(PatchSizes{s}.panels(), s.groups, true, s.has_bias),
      .packed_operands = uint64_t{s.has_bias ? 6u : 2u},
      .scratch_bytes = PatchScratchBytes(num_threads),
  };
}

std::unique_ptr<Kernel> MakePatches(const Conv2dSizes& sizes) {
  return std::make_unique<PatchKernel>(sizes);
}

}  // namespace webhlo
