// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/depthwise.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/kernels/packed_floats.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// Output pixels of a tile. With the weights of a filter row that fills the registers; and widths of
// networks are multiples of 7.
constexpr int kTile = 7;
constexpr int kMaxFilter = 7;

// What all tiles of an output row share.
struct Row {
  const DepthwiseSizes* sizes = nullptr;
  const float* image = nullptr;  // Of the batch.
  const float* packed = nullptr;
  int64_t top = 0;    // Input row of filter row `first`.
  int64_t first = 0;  // The filter rows [first, first + count) lie inside the image.
  int64_t count = 0;
};

// Sums of kTile pixels, for all channels. Column j of the tile's input lies, in filter row i, at
// pixels[i * columns + j] if kEdge (the zeros, where it is outside), else at input + j * channels +
// i * row_step.
template <int kFilter, int kStride, bool kEdge>
void Tile(const Row& row, const float* const* pixels, const float* input, float* output) {
  constexpr int kInputs = (kTile - 1) * kStride + kFilter;
  const DepthwiseSizes& s = *row.sizes;
  const int64_t channels = s.channels, group = s.group_floats(), row_step = s.width * channels;
  const F32x4 low = Splat(s.clamp.min), high = Splat(s.clamp.max);
  const float* weights = row.packed;
  const int64_t skip = 4 + row.first * kFilter * 4;
  for (int64_t c = 0; c < channels; c += 4, weights += group) {
    F32x4 sum[kTile];
    const F32x4 bias = Load(weights);
    WEBHLO_UNROLL for (int t = 0; t < kTile; ++t) sum[t] = bias;
    const float* w = weights + skip;
    const float* const* at = pixels;
    const float* from = input + c;
    for (int64_t i = 0; i < row.count; ++i) {
      F32x4 k[kFilter];
      WEBHLO_UNROLL for (int j = 0; j < kFilter; ++j) k[j] = Load(w + 4 * j);
      w += 4 * kFilter;
      const float* p = from;
      WEBHLO_UNROLL for (int x = 0; x < kInputs; ++x) {
        const F32x4 value = kEdge ? Load(at[x] + c) : Load(p);
        if constexpr (!kEdge) p += channels;
        WEBHLO_UNROLL for (int t = 0; t < kTile; ++t) {
          const int j = x - t * kStride;
          if (j >= 0 && j < kFilter) sum[t] = MulAdd(value, k[j], sum[t]);
        }
      }
      if constexpr (kEdge) {
        at += kInputs;
      } else {
        from += row_step;
      }
    }
    float* to = output + c;
    const size_t count = static_cast<size_t>(channels - c);
    WEBHLO_UNROLL for (int t = 0; t < kTile; ++t) {
      StoreFirst(Clamped(sum[t], low, high), to, count);
      to += channels;
    }
  }
}

// The pixels [first, last) of an output row, of which `last` may be no multiple of kTile only at
// the row's end.
template <int kFilter, int kStride>
void RowOfTiles(const Row& row, int64_t first, int64_t last, float* output) {
  constexpr int kInputs = (kTile - 1) * kStride + kFilter;
  const DepthwiseSizes& s = *row.sizes;
  const int64_t output_width = s.output_width();
  const float* zeros = row.packed + s.channel_groups() * s.group_floats();
  for (int64_t x = first; x < last; x += kTile) {
    // The row's last tile overlaps the one before.
    const int64_t ox = std::min(x, output_width - kTile);
    const int64_t left = ox * kStride - s.pad_left;
    float* to = output + ox * s.channels;
    if (left >= 0 && left + kInputs <= s.width) {
      Tile<kFilter, kStride, false>(row, nullptr,
                                    row.image + (row.top * s.width + left) * s.channels, to);
      continue;
    }
    const float* pixels[kMaxFilter * kInputs];
    for (int64_t i = 0; i < row.count; ++i) {
      for (int64_t j = 0; j < kInputs; ++j) {
        const int64_t column = left + j;
        pixels[i * kInputs + j] = column < 0 || column >= s.width
                                      ? zeros
                                      : row.image + ((row.top + i) * s.width + column) * s.channels;
      }
    }
    Tile<kFilter, kStride, true>(row, pixels, zeros, to);
  }
}

// Any filter, one pixel after the other, kGroups times four channels at once.
template <int kGroups>
void Pixel(const Row& row, int64_t left, int64_t begin, int64_t end, int64_t c, float* output) {
  const DepthwiseSizes& s = *row.sizes;
  const int64_t group = s.group_floats();
  const float* weights = row.packed + c / 4 * group;
  F32x4 sum[kGroups];
  WEBHLO_UNROLL for (int g = 0; g < kGroups; ++g) sum[g] = Load(weights + g * group);
  for (int64_t i = 0; i < row.count; ++i) {
    const float* from = row.image + (row.top + i * s.dilation_height) * s.width * s.channels + c;
    const float* w = weights + 4 + (row.first + i) * s.filter_width * 4;
    for (int64_t j = begin; j < end; ++j) {
      const float* p = from + (left + j * s.dilation_width) * s.channels;
      WEBHLO_UNROLL for (int g = 0; g < kGroups; ++g) {
        sum[g] = MulAdd(Load(p + 4 * g), Load(w + j * 4 + g * group), sum[g]);
      }
    }
  }
  WEBHLO_UNROLL for (int g = 0; g < kGroups; ++g) {
    StoreFirst(Clamped(sum[g], Splat(s.clamp.min), Splat(s.clamp.max)), output + c + 4 * g,
               static_cast<size_t>(s.channels - c - 4 * g));
  }
}

void RowOfPixels(const Row& row, int64_t first, int64_t last, float* output) {
  const DepthwiseSizes& s = *row.sizes;
  output += first * s.channels;
  for (int64_t ox = first; ox < last; ++ox, output += s.channels) {
    const int64_t left = ox * s.stride_width - s.pad_left;
    const int64_t begin =
        left >= 0 ? 0 : std::min(s.filter_width, (-left + s.dilation_width - 1) / s.dilation_width);
    const int64_t end = std::clamp(
        left >= s.width ? 0 : (s.width - 1 - left) / s.dilation_width + 1, begin, s.filter_width);
    int64_t c = 0;
    for (; c + 16 <= s.channels; c += 16) Pixel<4>(row, left, begin, end, c, output);
    for (; c < s.channels; c += 4) Pixel<1>(row, left, begin, end, c, output);
  }
}

using RowFunction = void (*)(const Row& row, int64_t first, int64_t last, float* output);

RowFunction ChooseRow(const DepthwiseSizes& s) {
  if (s.dilation_height != 1 || s.dilation_width != 1 || s.output_width() < kTile ||
      s.filter_height > kMaxFilter) {
    return RowOfPixels;
  }
  switch (s.filter_width * 10 + s.stride_width) {
    case 31:
      return RowOfTiles<3, 1>;
    case 32:
      return RowOfTiles<3, 2>;
    case 51:
      return RowOfTiles<5, 1>;
    case 52:
      return RowOfTiles<5, 2>;
    case 71:
      return RowOfTiles<7, 1>;
    default:
      return RowOfPixels;
  }
}

}  // namespace

void PackDepthwise(const DepthwiseSizes& s, const float* filter, const float* bias, float* packed) {
  const int64_t elements = s.filter_height * s.filter_width;
  std::fill_n(packed, s.packed_floats(), 0.0f);
  for (int64_t c = 0; c < s.channels; ++c) {
    float* to = packed + c / 4 * s.group_floats() + c % 4;
    if (bias != nullptr) to[0] = bias[c];
    for (int64_t i = 0; i < elements; ++i) to[4 * (1 + i)] = filter[c * elements + i];
  }
}

void UnpackDepthwise(const DepthwiseSizes& s, const float* packed, float* filter, float* bias) {
  const int64_t elements = s.filter_height * s.filter_width;
  for (int64_t c = 0; c < s.channels; ++c) {
    const float* from = packed + c / 4 * s.group_floats() + c % 4;
    if (bias != nullptr) bias[c] = from[0];
    for (int64_t i = 0; i < elements; ++i) filter[c * elements + i] = from[4 * (1 + i)];
  }
}

Depthwise::Depthwise(const Conv2dSizes& s)
    : sizes_{s},
      parts_(s.output_width(), s.channels * s.filter_height * s.filter_width / 2, kTile),
      pieces_(s.batch * s.output_height() * parts_.count(), parts_.cost()) {}

void Depthwise::Run(const float* input, const float* packed, float* output, PieceRange pieces,
                    ThreadPool& pool) const {
  const DepthwiseSizes& s = sizes_;
  const int64_t output_height = s.output_height(), output_width = s.output_width();
  const RowFunction run = ChooseRow(s);
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    parts_.ForEach(begin, end, [&](int64_t r, int64_t first, int64_t last) {
      const int64_t start = r % output_height * s.stride_height - s.pad_top;
      Row row = {.sizes = &s,
                 .image = input + r / output_height * s.height * s.width * s.channels,
                 .packed = packed};
      row.first = start >= 0 ? 0
                             : std::min(s.filter_height,
                                        (-start + s.dilation_height - 1) / s.dilation_height);
      const int64_t until =
          std::clamp(start >= s.height ? 0 : (s.height - 1 - start) / s.dilation_height + 1,
                     row.first, s.filter_height);
      row.count = until - row.first;
      row.top = start + row.first * s.dilation_height;
      run(row, first, last, output + r * output_width * s.channels);
    });
  });
}

namespace {

class DepthwiseKernel : public PackedWeightsKernel {
 public:
  explicit DepthwiseKernel(const Conv2dSizes& s)
      : PackedWeightsKernel(s.has_bias, s.extras, DepthwiseSizes{s}.packed_floats()), loop_(s) {}

  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(static_cast<const float*>(args[0]), packed(), static_cast<float*>(args[result()]),
              pieces, pool);
  }

 protected:
  // In one piece: filters are small.
  void PackWeights(const float* filter, const float* bias, PieceRange,
                   float* packed) const override {
    PackDepthwise(loop_.sizes(), filter, bias, packed);
  }
  void UnpackWeights(const float* packed, PieceRange, float* filter, float* bias) const override {
    UnpackDepthwise(loop_.sizes(), packed, filter, bias);
  }

 private:
  const Depthwise loop_;
};

}  // namespace

std::optional<KernelChoice> ProposeDepthwise(const Conv2dSizes& s) {
  if (!AreValid(s) || s.groups != s.channels || s.output_channels != s.channels) {
    return std::nullopt;
  }
  return KernelChoice{
      .sizes = Describe(s),
      .pack_key = StrCat("depthwise ", s.filter_height, "x", s.filter_width, "x", s.channels,
                         s.has_bias ? " bias" : ""),
      .packed_operands = uint64_t{s.has_bias ? 6u : 2u},
  };
}

std::unique_ptr<Kernel> MakeDepthwise(const Conv2dSizes& sizes) {
  return std::make_unique<DepthwiseKernel>(sizes);
}

}  // namespace webhlo
