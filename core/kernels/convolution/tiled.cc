// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/tiled.h"

#include <algorithm>
#include <utility>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/kernels/matmul/panels_kernel.h"
#include "core/kernels/vector.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {

TiledSizes::TiledSizes(const Conv2dSizes& s) : Conv2dSizes(s) {
  if (width != 1 || filter_width != 1 || pad_left != 0 || pad_right != 0) return;
  std::swap(width, height);
  std::swap(filter_width, filter_height);
  std::swap(stride_width, stride_height);
  std::swap(dilation_width, dilation_height);
  std::swap(pad_left, pad_top);
  std::swap(pad_right, pad_bottom);
}

void TiledPixels::Run(size_t form, const float* input, const float* panels, const float* zeros,
                      int64_t group, int64_t first, int64_t last, int64_t column, int64_t columns,
                      const float** runs, float* output) const {
  const TiledSizes& s = sizes_;
  const PanelShape shape = s.panels();
  FindRuns(form, input + group * s.group_channels(), zeros, first, last, runs);
  TiledProduct product = WithPanels(shape, panels + group * shape.floats(), column);
  product.rows = runs;
  product.taps = s.taps();
  product.depth = s.group_channels();
  product.joined_taps = s.joined_taps();
  product.clamp = s.clamp;
  product.y = output + first * s.output_channels + group * shape.n + column;
  product.row_floats = s.output_channels;
  MultiplyTiles(form, product, last - first, columns);
}

// Of the output pixels [first, last), for their tiles.
void TiledPixels::FindRuns(size_t form, const float* input, const float* zeros, int64_t first,
                           int64_t last, const float** runs) const {
  const TiledSizes& s = sizes_;
  const int64_t output_height = s.output_height(), output_width = s.output_width();
  // Windows of these columns of the output lie inside of the image's.
  const int64_t inside =
      s.pad_left <= 0 ? 0 : std::min(CeilDiv(s.pad_left, s.stride_width), output_width);
  const int64_t room = s.width + s.pad_left - (s.filter_width - 1) * s.dilation_width;
  const int64_t outside =
      room <= 0 ? inside : std::clamp(CeilDiv(room, s.stride_width), inside, output_width);
  const bool all_inside = inside == 0 && outside == output_width;
  const int64_t joined = s.joined_taps();
  int64_t x = first % output_width, y = first / output_width % output_height;
  const float* image =
      input + first / output_width / output_height * s.height * s.width * s.channels;
  const auto next_row = [&] {
    x = 0;
    if (++y < output_height) return;
    y = 0;
    image += s.height * s.width * s.channels;
  };
  for (int64_t pixel = first; pixel < last;) {
    const int64_t count = NextTileRows(form, last - pixel);
    const bool in_row = x >= inside && x + count <= outside;
    const int64_t join = in_row || all_inside ? joined : 1;
    if (in_row) {
      FindRow(image, zeros, y, x, join, static_cast<size_t>(count), runs);
      x += count;
      if (x == output_width) next_row();
    } else {
      for (int64_t r = 0; r < count; ++r) {
        FindPixel(image, zeros, y, x, join, count, runs + r);
        if (++x == output_width) next_row();
      }
    }
    runs += count * s.taps();
    if (join > 1) runs[-1] = nullptr;
    pixel += count;
  }
}

// Of a tile whose pixels are neighbours with windows inside of the image's columns.
void TiledPixels::FindRow(const float* image, const float* zeros, int64_t y, int64_t x,
                          int64_t join, size_t count, const float** runs) const {
  const TiledSizes& s = sizes_;
  const size_t columns = static_cast<size_t>(s.filter_width / join);
  const size_t step = static_cast<size_t>(s.stride_width * s.channels);
  const size_t tap = static_cast<size_t>(s.dilation_width * s.channels);
  const int64_t left = x * s.stride_width - s.pad_left;
  int64_t row = y * s.stride_height - s.pad_top;
  for (int64_t i = 0; i < s.filter_height; ++i, row += s.dilation_height) {
    if (row < 0 || row >= s.height) {
      runs = std::fill_n(runs, columns * count, zeros);
      continue;
    }
    const float* from = image + (row * s.width + left) * s.channels;
    for (size_t j = 0; j < columns; ++j, from += tap, runs += count) {
      const float* pixel = from;
      if (HWY_LIKELY(count == 6)) {
        WEBHLO_UNROLL for (int r = 0; r < 6; ++r, pixel += step) runs[r] = pixel;
      } else {
        for (size_t r = 0; r < count; ++r, pixel += step) runs[r] = pixel;
      }
    }
  }
}

// Of a pixel whose tile has `count`.
void TiledPixels::FindPixel(const float* image, const float* zeros, int64_t y, int64_t x,
                            int64_t join, int64_t count, const float** runs) const {
  const TiledSizes& s = sizes_;
  int64_t row = y * s.stride_height - s.pad_top;
  for (int64_t i = 0; i < s.filter_height; ++i, row += s.dilation_height) {
    const bool inside = row >= 0 && row < s.height;
    int64_t column = x * s.stride_width - s.pad_left;
    for (int64_t j = 0; j < s.filter_width; j += join, runs += count) {
      *runs = inside && column >= 0 && column < s.width
                  ? image + (row * s.width + column) * s.channels
                  : zeros;
      column += s.dilation_width;
    }
  }
}

namespace {

TileGrid GridOf(const TiledSizes& s, int threads) {
  // Windows overlap: what a pixel brings into the cache is what its neighbour's window has not.
  const int64_t fresh = std::min(s.filter_height, s.stride_height) *
                        std::min(s.filter_width, s.stride_width) * s.group_channels();
  const PanelShape shape = s.panels();
  // Pointers to the runs are for each tap, and twice as wide on some machines.
  return {s.pixels(), shape.k, shape.n, fresh + 4 * s.taps(), threads};
}

// Scratch: zeros, then each thread's pointers. They count eight bytes each, so that plans are the
// same everywhere.
int64_t ZeroBytes(const TiledSizes& s) { return RoundUp<int64_t>(s.zeros() * 4, 64); }
int64_t PointerBytes(const TiledSizes& s, const TileGrid& grid) {
  return RoundUp<int64_t>(grid.rows * s.taps() * 8, 64);
}

class TiledConvolution : public PanelsKernel {
 public:
  TiledConvolution(const Conv2dSizes& s, int threads, std::unique_ptr<ElementwiseLoop> finish)
      : PanelsKernel(TiledSizes(s).panels(), s.groups, true, s.has_bias, s.extras),
        loop_(s),
        grid_(GridOf(loop_.sizes(), threads)),
        finish_(std::move(finish)),
        item_cost_(grid_.cost + (finish_ ? CeilDiv(finish_->cost(), grid_.items()) : 0)),
        pieces_(s.groups * grid_.items(), item_cost_) {}

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const TiledSizes& s = loop_.sizes();
    std::byte* const scratch = static_cast<std::byte*>(args[this->scratch()]);
    float* const zeros = reinterpret_cast<float*>(scratch);
    std::fill_n(zeros, s.zeros(), 0.0f);
    const auto [begin, end] = pieces_.Items(0, pieces);
    TileRace().Run(pool, begin, end, item_cost_, [&](size_t form, int64_t from, int64_t until) {
      const float** const runs = reinterpret_cast<const float**>(
          scratch + ZeroBytes(s) + ThreadPool::CurrentThread() * PointerBytes(s, grid_));
      for (int64_t i = from; i < until; ++i) {
        const TileGrid::Item item = grid_.at(i % grid_.items());
        loop_.Run(form, static_cast<const float*>(args[0]), packed(), zeros, i / grid_.items(),
                  item.row, item.last_row, item.column, item.last_column - item.column, runs,
                  static_cast<float*>(args[result()]));
        if (finish_) {
          finish_->RunElements(args, item.row * s.output_channels,
                               item.last_row * s.output_channels);
        }
      }
    });
  }

 private:
  const TiledPixels loop_;
  const TileGrid grid_;
  const std::unique_ptr<ElementwiseLoop> finish_;
  const int64_t item_cost_;
  const Pieces pieces_;
};

}  // namespace

std::optional<KernelChoice> ProposeTiledConvolution(const Conv2dSizes& conv, int num_threads) {
  // A run must be worth its pointer.
  constexpr int64_t kMinRun = 2;
  if (!AreValid(conv)) return std::nullopt;
  const TiledSizes s(conv);
  const PanelShape panels = s.panels();
  if (panels.k > kMaxTiledDepth || s.zeros() < kMinRun ||
      !FitsSize({s.groups, panels.count() * panels.width, panels.k + 1})) {
    return std::nullopt;
  }
  const int threads = ThreadsFor(Flops(conv), num_threads);
  const int64_t scratch = ZeroBytes(s) + num_threads * PointerBytes(s, GridOf(s, threads));
  if (scratch > static_cast<int64_t>(kScratchAllowance)) return std::nullopt;
  return KernelChoice{
      .sizes = Describe(conv),
      .parameters = {threads},
      .pack_key = PanelsKey(panels, s.groups, true, s.has_bias),
      .packed_operands = uint64_t{s.has_bias ? 6u : 2u},
      .scratch_bytes = static_cast<uint64_t>(scratch),
  };
}

bool TiledFinishesRows(const Conv2dSizes& s, const KernelChoice& choice) {
  const TileGrid grid = GridOf(TiledSizes(s), static_cast<int>(choice.parameters.at(0)));
  return s.groups == 1 && grid.column_blocks == 1 && grid.row_blocks > 1;
}

std::unique_ptr<Kernel> MakeTiledConvolution(const Conv2dSizes& sizes, const KernelChoice& choice,
                                             std::unique_ptr<ElementwiseLoop> finish) {
  return std::make_unique<TiledConvolution>(sizes, static_cast<int>(choice.parameters.at(0)),
                                            std::move(finish));
}

}  // namespace webhlo
