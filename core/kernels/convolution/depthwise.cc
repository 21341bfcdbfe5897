// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/depthwise.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/kernels/packed_floats.h"
#include "core/kernels/race.h"
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

// Sums of kTile pixels, for the channels [begin, end), kVectors vectors of them at a time. Column j
// of the tile's input in filter row i lies at pixels[i * columns + j]; if kInside, where it is seen
// from the first one.
template <int kFilter, int kStride, int kVectors, bool kInside>
HWY_NOINLINE void Tile(const Row& row, const float* const* pixels, size_t begin, size_t end,
                       float* output) {
  constexpr int kInputs = (kTile - 1) * kStride + kFilter;
  constexpr size_t kGroup = DepthwiseSizes::kGroup;
  const DepthwiseSizes& s = *row.sizes;
  const size_t channels = static_cast<size_t>(s.channels), rows = static_cast<size_t>(row.count);
  const size_t group = static_cast<size_t>(s.group_floats());
  const size_t row_step = static_cast<size_t>(s.width) * channels;
  const bool clamps = s.clamp.HasBounds();
  const size_t skip = kGroup * (1 + static_cast<size_t>(row.first) * kFilter);
  for (size_t c = begin; c < end; c += 4 * kVectors) {
    const float* w = row.packed + c / kGroup * group + c % kGroup;
    F32x4 sum[kTile][kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      const F32x4 bias = Load(w + 4 * v);
      WEBHLO_UNROLL for (int t = 0; t < kTile; ++t) sum[t][v] = bias;
    }
    w += skip;
    const float* const* at = pixels;
    for (size_t i = 0; i < rows; ++i, w += kFilter * kGroup, at += kInputs) {
      F32x4 k[kFilter][kVectors];
      WEBHLO_UNROLL for (int j = 0; j < kFilter; ++j) {
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) k[j][v] = Load(w + j * kGroup + 4 * v);
      }
      const float* line = kInside ? pixels[0] + (i * row_step + c) : nullptr;
      WEBHLO_UNROLL for (int x = 0; x < kInputs; ++x) {
        const float* from = kInside ? line : at[x] + c;
        if constexpr (kInside) line += channels;
        F32x4 value[kVectors];
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) value[v] = Load(from + 4 * v);
        WEBHLO_UNROLL for (int t = 0; t < kTile; ++t) {
          const int j = x - t * kStride;
          if (j < 0 || j >= kFilter) continue;
          WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
            sum[t][v] = MulAdd(value[v], k[j][v], sum[t][v]);
          }
        }
      }
    }
    if (clamps) {
      const F32x4 low = Splat(s.clamp.min), high = Splat(s.clamp.max);
      WEBHLO_UNROLL for (int t = 0; t < kTile; ++t) {
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[t][v] = Clamped(sum[t][v], low, high);
      }
    }
    float* to = output + c;
    if (kVectors > 1 || c + 4 <= channels) {
      WEBHLO_UNROLL for (int t = 0; t < kTile; ++t, to += channels) {
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) Store(sum[t][v], to + 4 * v);
      }
    } else {
      WEBHLO_UNROLL for (int t = 0; t < kTile; ++t, to += channels) {
        StoreFirst(sum[t][0], to, channels - c);
      }
    }
  }
}

// The pixels [first, last) of an output row, of which `last` may be no multiple of kTile only at
// the row's end.
template <int kFilter, int kStride>
void RowOfTiles(const Row& row, bool wide, int64_t first, int64_t last, float* output) {
  constexpr int kInputs = (kTile - 1) * kStride + kFilter;
  const DepthwiseSizes& s = *row.sizes;
  const int64_t output_width = s.output_width();
  const float* zeros = row.packed + s.channel_groups() * s.group_floats();
  const size_t channels = static_cast<size_t>(s.channels), pairs = wide ? channels / 8 * 8 : 0;
  const int64_t row_step = s.width * s.channels;
  for (int64_t x = first; x < last; x += kTile) {
    // The row's last tile overlaps the one before.
    const int64_t ox = std::min(x, output_width - kTile);
    const int64_t left = ox * kStride - s.pad_left;
    const float* pixels[kMaxFilter * kInputs];
    const float** pixel = pixels;
    // A step from pixel to pixel costs less than a pointer to each, which tells with small filters.
    const bool inside = kFilter == 3 && left >= 0 && left + kInputs <= s.width;
    for (int64_t i = 0; i < (inside ? std::min<int64_t>(row.count, 1) : row.count); ++i) {
      const float* line = row.image + (row.top + i) * row_step;
      for (int64_t column = left; column < left + (inside ? 1 : kInputs); ++column) {
        *pixel++ = column < 0 || column >= s.width ? zeros : line + column * s.channels;
      }
    }
    float* to = output + ox * s.channels;
    const auto run = [&](auto wide_tile, auto tile) {
      if (pairs > 0) wide_tile(row, pixels, 0, pairs, to);
      if (pairs < channels) tile(row, pixels, pairs, channels, to);
    };
    if (inside) {
      run(Tile<kFilter, kStride, 2, kFilter == 3>, Tile<kFilter, kStride, 1, kFilter == 3>);
    } else {
      run(Tile<kFilter, kStride, 2, false>, Tile<kFilter, kStride, 1, false>);
    }
  }
}

// Any filter, one pixel after the other, kGroups vectors of channels at once.
template <int kGroups>
void Pixel(const Row& row, int64_t left, int64_t begin, int64_t end, int64_t c, float* output) {
  const DepthwiseSizes& s = *row.sizes;
  constexpr int64_t kGroup = DepthwiseSizes::kGroup;
  const float* weights[kGroups];
  F32x4 sum[kGroups];
  WEBHLO_UNROLL for (int g = 0; g < kGroups; ++g) {
    const int64_t channel = c + 4 * g;
    weights[g] = row.packed + channel / kGroup * s.group_floats() + channel % kGroup;
    sum[g] = Load(weights[g]);
  }
  for (int64_t i = 0; i < row.count; ++i) {
    const float* from = row.image + (row.top + i * s.dilation_height) * s.width * s.channels + c;
    const int64_t element = kGroup * (1 + (row.first + i) * s.filter_width);
    for (int64_t j = begin; j < end; ++j) {
      const float* p = from + (left + j * s.dilation_width) * s.channels;
      WEBHLO_UNROLL for (int g = 0; g < kGroups; ++g) {
        sum[g] = MulAdd(Load(p + 4 * g), Load(weights[g] + element + j * kGroup), sum[g]);
      }
    }
  }
  WEBHLO_UNROLL for (int g = 0; g < kGroups; ++g) {
    StoreFirst(Clamped(sum[g], Splat(s.clamp.min), Splat(s.clamp.max)), output + c + 4 * g,
               static_cast<size_t>(s.channels - c - 4 * g));
  }
}

void RowOfPixels(const Row& row, bool, int64_t first, int64_t last, float* output) {
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

using RowFunction = void (*)(const Row& row, bool wide, int64_t first, int64_t last, float* output);

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

// Of tiles of one vector of channels and of two, which are one where an engine makes them so.
Race& DepthwiseRace() {
  static Race race(2);
  return race;
}

}  // namespace

void PackDepthwise(const DepthwiseSizes& s, const float* filter, const float* bias, float* packed) {
  const int64_t elements = s.filter_height * s.filter_width;
  std::fill_n(packed, s.packed_floats(), 0.0f);
  for (int64_t c = 0; c < s.channels; ++c) {
    float* to = packed + c / s.kGroup * s.group_floats() + c % s.kGroup;
    if (bias != nullptr) to[0] = bias[c];
    for (int64_t i = 0; i < elements; ++i) to[s.kGroup * (1 + i)] = filter[c * elements + i];
  }
}

void UnpackDepthwise(const DepthwiseSizes& s, const float* packed, float* filter, float* bias) {
  const int64_t elements = s.filter_height * s.filter_width;
  for (int64_t c = 0; c < s.channels; ++c) {
    const float* from = packed + c / s.kGroup * s.group_floats() + c % s.kGroup;
    if (bias != nullptr) bias[c] = from[0];
    for (int64_t i = 0; i < elements; ++i) filter[c * elements + i] = from[s.kGroup * (1 + i)];
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
  const auto [first_part, last_part] = pieces_.Items(0, pieces);
  const auto rows = [&](size_t form, int64_t begin, int64_t end) {
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
      run(row, form == 1, first, last, output + r * output_width * s.channels);
    });
  };
  if (run == RowOfPixels) {
    ParallelRanges(pool, first_part, last_part, parts_.cost(),
                   [&](int64_t begin, int64_t end) { rows(0, begin, end); });
  } else {
    DepthwiseRace().Run(pool, first_part, last_part, parts_.cost(), rows);
  }
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
