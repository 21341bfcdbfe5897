// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/winograd.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/matmul/tiles.h"
#include "core/kernels/packed_floats.h"
#include "core/kernels/race.h"
#include "core/kernels/vector.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {
namespace {

constexpr int kTile = WinogradSizes::kTile, kInput = WinogradSizes::kInput,
              kPlanes = WinogradSizes::kPlanes;
constexpr int64_t kMostTiles = 48;  // Of a block.
constexpr double kP = 0.70710678118654752, kQ = 1.4142135623730951;

// No step of a tile adds up more than so many times its largest input: the sums of the magnitudes
// in the rows of both transforms, of two dimensions each.
constexpr double kGrowth = 27.0 * 55.0;
// Products of numbers below this could be too small for f32.
constexpr double kSmallest = 0x1p-64;

using I32Tag = hn::FixedTag<int32_t, 4>;
using I32x4 = hn::Vec<I32Tag>;
constexpr I32Tag kI32{};

// The points and their squares; in variables before a loop, as literals would be made anew at each
// use.
struct Points {
  Hwy<float> l;
  F32x4 p = l.Float<kP>(), q = l.Float<kQ>(), p2 = l.Float<0.5>(), q2 = l.Float<2.0>(),
        sum = l.Float<2.5>();
};

// Six inputs at the points: coefficients of the products of all (x - point) but one's own.
HWY_INLINE void TransformInput(const Points& l, const F32x4* d, F32x4* r) {
  const F32x4 even = NegMulAdd(l.q2, d[2], d[4]), odd = NegMulAdd(l.q2, d[1], d[3]);
  const F32x4 even2 = NegMulAdd(l.p2, d[2], d[4]), odd2 = NegMulAdd(l.p2, d[1], d[3]);
  r[0] = hn::Add(NegMulAdd(l.sum, d[2], d[4]), d[0]);
  r[1] = MulAdd(l.p, odd, even);
  r[2] = NegMulAdd(l.p, odd, even);
  r[3] = MulAdd(l.q, odd2, even2);
  r[4] = NegMulAdd(l.q, odd2, even2);
  r[5] = hn::Add(NegMulAdd(l.sum, d[3], d[5]), d[1]);
}

// Products at the points to four outputs: sums of powers of the points.
HWY_INLINE void TransformOutput(const Points& l, const F32x4* m, F32x4* y) {
  const F32x4 sum = hn::Add(m[1], m[2]), difference = hn::Sub(m[1], m[2]);
  const F32x4 sum2 = hn::Add(m[3], m[4]), difference2 = hn::Sub(m[3], m[4]);
  const F32x4 odd = hn::Mul(l.p, difference), odd2 = hn::Mul(l.q, difference2);
  y[0] = hn::Add(hn::Add(m[0], sum), sum2);
  y[1] = hn::Add(odd, odd2);
  y[2] = MulAdd(l.q2, sum2, hn::Mul(l.p2, sum));
  y[3] = MulAdd(l.q2, odd2, MulAdd(l.p2, odd, m[5]));
}

using F64Tag = hn::FixedTag<double, 2>;
using F64x2 = hn::Vec<F64Tag>;
constexpr F64Tag kF64{};

// Three taps at the points, divided by the differences to all other points.
HWY_INLINE void TransformTaps(const F64x2* g, int64_t stride, F64x2* u) {
  const auto times = [](double factor, F64x2 v) { return hn::Mul(hn::Set(kF64, factor), v); };
  const F64x2 first = g[0], middle = g[stride], last = g[2 * stride];
  const F64x2 even = hn::Add(first, times(0.5, last)), odd = times(kP, middle);
  const F64x2 even2 = hn::Add(first, times(2.0, last)), odd2 = times(kQ, middle);
  u[0] = first;
  u[1] = times(-1 / 1.5, hn::Add(even, odd));
  u[2] = times(-1 / 1.5, hn::Sub(even, odd));
  u[3] = times(1 / 6.0, hn::Add(even2, odd2));
  u[4] = times(1 / 6.0, hn::Sub(even2, odd2));
  u[5] = last;
}

// What tells how large tiles may be: of each of four output channels, sums of magnitudes in each
// plane, and the largest magnitude of the filter.
struct Magnitudes {
  F64x2 sums[4][kPlanes];
  F32x4 largest[4];
};

// The taps of four output channels, `next` floats apart, and of four input channels; into the
// planes, where output channels lie side by side.
HWY_NOINLINE void TransformFilter(const float* filter, int64_t next, int64_t channels, float* to,
                                  int64_t plane, int64_t width, Magnitudes& magnitudes) {
  F32x4 transformed[kPlanes][4];
  for (int n = 0; n < 4; ++n, filter += next) {
    F64x2 g[2][9];
    for (int t = 0; t < 9; ++t) {
      const F32x4 taps = Load(filter + t * channels);
      magnitudes.largest[n] = hn::Max(magnitudes.largest[n], hn::Abs(taps));
      g[0][t] = hn::PromoteLowerTo(kF64, taps);
      g[1][t] = hn::PromoteUpperTo(kF64, taps);
    }
    F64x2 u[2][kPlanes];
    for (int h = 0; h < 2; ++h) {
      F64x2 half[3 * kInput];
      for (int x = 0; x < 3; ++x) TransformTaps(g[h] + x, 3, half + x * kInput);
      for (int i = 0; i < kInput; ++i) TransformTaps(half + i, kInput, u[h] + i * kInput);
    }
    for (int i = 0; i < kPlanes; ++i) {
      F64x2& sum = magnitudes.sums[n][i];
      sum = hn::Add(sum, hn::Add(hn::Abs(u[0][i]), hn::Abs(u[1][i])));
      constexpr hn::FixedTag<float, 2> kHalf{};
      transformed[i][n] =
          hn::Combine(kF32, hn::DemoteTo(kHalf, u[1][i]), hn::DemoteTo(kHalf, u[0][i]));
    }
  }
  for (int i = 0; i < kPlanes; ++i, to += plane) {
    Transpose(transformed[i]);
    for (int c = 0; c < 4; ++c) Store(transformed[i][c], to + c * width);
  }
}

// What a tile reads, pixel by pixel; the zeros where it is outside of the image.
void FindPixels(const WinogradSizes& s, const float* input, const float* zeros, int64_t tile,
                const float** pixels) {
  const int64_t column = tile % s.tile_columns(), row = tile / s.tile_columns() % s.tile_rows();
  const float* image =
      input + tile / s.tile_columns() / s.tile_rows() * s.height * s.width * s.channels;
  const int64_t top = row * kTile - s.pad_top, left = column * kTile - s.pad_left;
  for (int64_t y = top; y < top + kInput; ++y) {
    for (int64_t x = left; x < left + kInput; ++x) {
      const bool inside = y >= 0 && y < s.height && x >= 0 && x < s.width;
      *pixels++ = inside ? image + (y * s.width + x) * s.channels : zeros;
    }
  }
}

// The channels [begin, end) of a tile into its row of the planes, kVectors vectors of them at a
// time. Answers the bits of the largest magnitudes, which are ordered as magnitudes are, with NaN
// above all.
template <int kVectors>
HWY_NOINLINE I32x4 TransformTile(const float* const* pixels, size_t begin, size_t end,
                                 int64_t plane, float* planes) {
  const Points l;
  const I32x4 magnitude = hn::Set(kI32, 0x7fffffff);
  I32x4 largest = hn::Zero(kI32);
  const size_t step = static_cast<size_t>(plane);
  for (size_t c = begin; c < end; c += 4 * kVectors) {
    F32x4 rows[kInput][kInput][kVectors];
    for (int i = 0; i < kInput; ++i) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        F32x4 d[kInput], r[kInput];
        WEBHLO_UNROLL for (int j = 0; j < kInput; ++j) {
          d[j] = Load(pixels[i * kInput + j] + c + 4 * v);
          largest = hn::Max(largest, hn::And(hn::BitCast(kI32, d[j]), magnitude));
        }
        TransformInput(l, d, r);
        WEBHLO_UNROLL for (int j = 0; j < kInput; ++j) rows[i][j][v] = r[j];
      }
    }
    float* to = planes + c;
    for (int j = 0; j < kInput; ++j, to += step) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        F32x4 d[kInput], r[kInput];
        WEBHLO_UNROLL for (int i = 0; i < kInput; ++i) d[i] = rows[i][j][v];
        TransformInput(l, d, r);
        WEBHLO_UNROLL for (int i = 0; i < kInput; ++i) Store(r[i], to + i * kInput * step + 4 * v);
      }
    }
  }
  return largest;
}

// The channels [begin, end) of a tile's row of the planes of products into its pixels, of which
// `rows` by `columns` are outputs.
template <int kVectors>
HWY_NOINLINE void FinishTile(const WinogradSizes& s, const float* planes, const float* panels,
                             int64_t rows, int64_t columns, size_t begin, size_t end,
                             float* output) {
  const Points l;
  const F32x4 low = Splat(s.clamp.min), high = Splat(s.clamp.max);
  const size_t step = static_cast<size_t>(s.output_plane());
  const size_t width = static_cast<size_t>(s.panels().width),
               panel = static_cast<size_t>(s.panels().panel_floats()),
               channels = static_cast<size_t>(s.output_channels),
               line = static_cast<size_t>(s.output_width()) * channels;
  for (size_t c = begin; c < end; c += 4 * kVectors) {
    F32x4 sums[kTile][kInput][kVectors];
    const float* from = planes + c;
    for (int j = 0; j < kInput; ++j, from += step) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        F32x4 m[kInput], y[kTile];
        WEBHLO_UNROLL for (int i = 0; i < kInput; ++i) m[i] =
            Load(from + i * kInput * step + 4 * v);
        TransformOutput(l, m, y);
        WEBHLO_UNROLL for (int i = 0; i < kTile; ++i) sums[i][j][v] = y[i];
      }
    }
    const float* bias = panels + c / width * panel + c % width;
    float* to = output + c;
    for (int64_t i = 0; i < rows; ++i, to += line) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        F32x4 m[kInput], y[kTile];
        WEBHLO_UNROLL for (int j = 0; j < kInput; ++j) m[j] = sums[i][j][v];
        TransformOutput(l, m, y);
        const F32x4 start = Load(bias + 4 * v);
        WEBHLO_UNROLL for (int j = 0; j < kTile; ++j) {
          y[j] = Clamped(hn::Add(y[j], start), low, high);
          if (j < columns) Store(y[j], to + static_cast<size_t>(j) * channels + 4 * v);
        }
      }
    }
  }
}

// Of the transforms, of one vector of channels and of two, which are one where an engine makes them
// so.
Race& TransformRace() {
  static Race race(2);
  return race;
}

}  // namespace

int64_t WinogradSizes::block() const {
  const int64_t most = std::clamp<int64_t>(
      (600 << 10) / (kPlanes * 4 * (channels + output_channels)), WinogradSizes::kRows, kMostTiles);
  const int64_t count = CeilDiv(tiles(), most);
  return RoundUp(CeilDiv(tiles(), count), WinogradSizes::kRows);
}

void PackWinograd(const WinogradSizes& s, const float* filter, const float* bias, int64_t begin,
                  int64_t end, float* packed) {
  const PanelShape shape = s.panels();
  PackPanels(shape, filter, true, bias, begin, end, packed);
  float& limit = packed[s.limit_at()];
  if (begin == 0) {
    std::fill_n(packed + s.zeros_at(), 3 * s.channels, 0.0f);
    limit = 0x1p100f;
  }
  for (int64_t n = begin * shape.width; n < end * shape.width; n += 4) {
    float* to =
        packed + shape.floats() + n / shape.width * s.channels * shape.width + n % shape.width;
    if (n >= shape.n) {
      for (int64_t c = 0; c < kPlanes * s.channels; ++c) {
        Store(hn::Zero(kF32),
              to + c / s.channels * s.plane_floats() + c % s.channels * shape.width);
      }
      continue;
    }
    Magnitudes magnitudes = {};
    for (int64_t c = 0; c < s.channels; c += 4, to += 4 * shape.width) {
      TransformFilter(filter + n * shape.k + c, shape.k, s.channels, to, s.plane_floats(),
                      shape.width, magnitudes);
    }
    for (int channel = 0; channel < 4; ++channel) {
      double most = 0;
      bool finite = true;
      for (const F64x2 sum : magnitudes.sums[channel]) {
        const double total = hn::ReduceSum(kF64, sum);
        finite = finite && total < 0x1p64;  // Nor is NaN.
        most = std::max(most, total);
      }
      const double largest = hn::ReduceMax(kF32, magnitudes.largest[channel]);
      if (!finite || (most != 0 && largest < kSmallest)) limit = -1;
      limit = std::min(limit, static_cast<float>(0x1p127 / kGrowth / std::max(most, 1.0)));
    }
  }
}

Winograd::Winograd(const Conv2dSizes& sizes) : sizes_{sizes}, definition_(sizes) {
  const WinogradSizes& s = sizes_;
  const int64_t block = s.block();
  block_.Add(block, kPlanes * s.channels * 4);
  block_.Add(kPlanes * s.panels().count(),
             block * s.channels * s.panels().width * 2 / kFlopsPerCost);
  block_.Add(block, kPlanes * s.output_channels * 4);
}

void Winograd::Run(const float* input, const float* packed, float* output, float* scratch,
                   PieceRange pieces, ThreadPool& pool) const {
  const WinogradSizes& s = sizes_;
  const PanelShape shape = s.panels();
  const float limit = packed[s.limit_at()];
  // Of magnitudes other than 0, as bits.
  const int32_t smallest = std::bit_cast<int32_t>(static_cast<float>(kSmallest));
  const int32_t largest = limit < 0 ? -1 : std::bit_cast<int32_t>(limit);
  const float* const zeros = packed + s.zeros_at();
  float* const products = scratch + s.products_at();
  int32_t* const magnitudes = reinterpret_cast<int32_t*>(scratch + s.magnitudes_at());

  const auto transform = [&](size_t form, int64_t first, int64_t begin, int64_t end) {
    const size_t channels = static_cast<size_t>(s.channels),
                 pairs = form == 1 ? channels / 8 * 8 : 0;
    for (int64_t t = begin; t < end; ++t) {
      const float* pixels[kPlanes];
      FindPixels(s, input, zeros, first + t, pixels);
      float* to = scratch + t * s.channels;
      magnitudes[t] = hn::ReduceMax(
          kI32, hn::Max(TransformTile<2>(pixels, 0, pairs, s.input_plane(), to),
                        TransformTile<1>(pixels, pairs, channels, s.input_plane(), to)));
    }
  };
  const auto multiply = [&](size_t form, int64_t tiles, int64_t begin, int64_t end) {
    ForEachRow(begin, end, shape.count(), [&](int64_t plane, int64_t from, int64_t until) {
      const int64_t panel_floats = s.channels * shape.width;
      const float* rows[kMostTiles];
      const float* x = scratch + plane * s.input_plane();
      const size_t channels = static_cast<size_t>(s.channels), count = static_cast<size_t>(tiles);
      for (size_t t = 0; t < count; ++t, x += channels) rows[t] = x;
      const int64_t column = from * shape.width;
      MultiplyTiles(
          form,
          {.rows = rows,
           .depth = s.channels,
           .weights = packed + shape.floats() + plane * s.plane_floats() + from * panel_floats,
           .panel_floats = panel_floats,
           .biases = zeros,
           .width = shape.width,
           .y = products + plane * s.output_plane() + column,
           .row_floats = shape.n},
          tiles, std::min(until * shape.width, shape.n) - column);
    });
  };
  const auto finish = [&](size_t form, int64_t first, int64_t begin, int64_t end) {
    const size_t channels = static_cast<size_t>(s.output_channels),
                 pairs = form == 1 ? channels / 8 * 8 : 0;
    for (int64_t t = begin; t < end; ++t) {
      const int64_t tile = first + t, row = tile / s.tile_columns();
      const int64_t y = row % s.tile_rows() * kTile, x = tile % s.tile_columns() * kTile;
      const int64_t rows = std::min<int64_t>(kTile, s.output_height() - y),
                    columns = std::min<int64_t>(kTile, s.output_width() - x);
      const int64_t pixel = (row / s.tile_rows() * s.output_height() + y) * s.output_width() + x;
      const int32_t magnitude = magnitudes[t];
      if (largest > 0 && (magnitude == 0 || (magnitude >= smallest && magnitude <= largest))) {
        const float* from = products + t * s.output_channels;
        float* to = output + pixel * s.output_channels;
        FinishTile<2>(s, from, packed, rows, columns, 0, pairs, to);
        FinishTile<1>(s, from, packed, rows, columns, pairs, channels, to);
        continue;
      }
      for (int64_t i = 0; i < rows; ++i) {
        const float* runs[kTile * 9];
        const int64_t at = pixel + i * s.output_width();
        definition_.Run(TileRace().winner(), input, packed, zeros, 0, at, at + columns, 0, shape.n,
                        runs, output);
      }
    }
  };

  ForEachBlock(block_.count(), pieces, [&](int64_t block, PieceRange range) {
    const int64_t first = block * s.block(), tiles = std::min(s.block(), s.tiles() - first);
    const auto run = [&](size_t step, Race& race, const auto& f) {
      const auto [begin, end] = block_.Items(step, range);
      race.Run(pool, begin, end, block_.ItemCost(step), f);
    };
    run(0, TransformRace(), [&](size_t form, int64_t begin, int64_t end) {
      transform(form, first, begin, std::min(end, tiles));
    });
    run(1, TileRace(),
        [&](size_t form, int64_t begin, int64_t end) { multiply(form, tiles, begin, end); });
    run(2, TransformRace(), [&](size_t form, int64_t begin, int64_t end) {
      finish(form, first, begin, std::min(end, tiles));
    });
  });
}

namespace {

class WinogradKernel : public PackedWeightsKernel {
 public:
  explicit WinogradKernel(const Conv2dSizes& s)
      : PackedWeightsKernel(s.has_bias, s.extras, WinogradSizes{s}.packed_floats()),
        loop_(s),
        pack_pieces_(loop_.sizes().panels().count(),
                     loop_.sizes().channels * kPlanes * loop_.sizes().panels().width * 16) {}

  size_t pieces() const override { return loop_.pieces(); }
  int64_t cost() const override { return loop_.cost(); }
  size_t pack_pieces() const override { return pack_pieces_.count(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(static_cast<const float*>(args[0]), packed(), static_cast<float*>(args[result()]),
              static_cast<float*>(args[scratch()]), pieces, pool);
  }

 protected:
  void PackWeights(const float* filter, const float* bias, PieceRange pieces,
                   float* packed) const override {
    const auto [begin, end] = pack_pieces_.Items(0, pieces);
    PackWinograd(loop_.sizes(), filter, bias, begin, end, packed);
  }
  void UnpackWeights(const float* packed, PieceRange pieces, float* filter,
                     float* bias) const override {
    const auto [begin, end] = pack_pieces_.Items(0, pieces);
    UnpackPanels(loop_.sizes().panels(), packed, true, begin, end, filter, bias);
  }

 private:
  const Winograd loop_;
  const Pieces pack_pieces_;  // Over panels.
};

}  // namespace

std::optional<KernelChoice> ProposeWinograd(const Conv2dSizes& conv) {
  // Transforms of few channels cost more than they save, and so does reading 4 times the filter for
  // a few pixels.
  constexpr int64_t kChannels = 16, kTiles = 16, kFewTiles = 4, kCachedBytes = 12 << 20;
  if (!AreValid(conv) || conv.groups != 1 || conv.filter_height != 3 || conv.filter_width != 3 ||
      conv.stride_height != 1 || conv.stride_width != 1 || conv.dilation_height != 1 ||
      conv.dilation_width != 1 || conv.channels % 4 != 0 || conv.output_channels % 4 != 0 ||
      conv.channels < kChannels || conv.output_channels < kChannels) {
    return std::nullopt;
  }
  const WinogradSizes s{conv};
  if (!FitsSize({s.panels().count() + 1, s.channels + 1, kPlanes + 9, s.panels().width})) {
    return std::nullopt;
  }
  const int64_t planes = kPlanes * s.plane_floats() * static_cast<int64_t>(sizeof(float));
  if (s.tiles() < (planes <= kCachedBytes ? kFewTiles : kTiles) ||
      s.scratch_bytes() > kScratchAllowance) {
    return std::nullopt;
  }
  return KernelChoice{
      .sizes = Describe(conv),
      .pack_key =
          StrCat("winograd ", s.channels, "x", s.output_channels, s.has_bias ? " bias" : ""),
      .packed_operands = uint64_t{s.has_bias ? 6u : 2u},
      .scratch_bytes = s.scratch_bytes(),
  };
}

bool PrefersWinograd(const Conv2dSizes& conv) {
  constexpr int64_t kChannels = 24;
  return conv.channels >= kChannels && conv.output_channels >= kChannels;
}

std::unique_ptr<Kernel> MakeWinograd(const Conv2dSizes& sizes) {
  return std::make_unique<WinogradKernel>(sizes);
}

}  // namespace webhlo
