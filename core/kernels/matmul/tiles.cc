// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/tiles.h"

#include <algorithm>

#include "core/base/math.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr int kMaxRows = 6;
// Panels that pass by again and again, one row tile after the other: they stay in the second cache.
constexpr int64_t kCachedPanels = 32 * 1024;

// kRows rows times `columns` columns, kVectors vectors of them at a time: a multiple of what these
// hold, from one on that begins a panel or, where a panel is wider, the middle of one.
template <int kRows, int kVectors>
HWY_NOINLINE void Tile(const TiledProduct& p, const float* const* rows, const float* bias,
                       const float* weights, size_t columns, float* y, size_t row_floats) {
  constexpr size_t kColumns = 4 * kVectors;
  // As wide as addresses are: counting in 64 bits costs WebAssembly instructions.
  size_t taps = static_cast<size_t>(p.taps), depth = static_cast<size_t>(p.depth);
  const size_t width = static_cast<size_t>(p.width);
  if (rows[taps * kRows - 1] == nullptr) {
    taps /= static_cast<size_t>(p.joined_taps);
    depth *= static_cast<size_t>(p.joined_taps);
  }
  const bool clamps = p.clamp.HasBounds();
  for (size_t column = kColumns; column <= columns; column += kColumns) {
    F32x4 sum[kRows][kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      const F32x4 start = Load(bias + 4 * v);
      WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) sum[r][v] = start;
    }
    const float* w = weights;
    const float* const* run = rows;
    for (size_t t = 0; t < taps; ++t, run += kRows) {
      const float* x[kRows];
      WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) x[r] = run[r];
      for (size_t k = 0; k < depth; ++k, w += width) {
        F32x4 panel[kVectors];
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) panel[v] = Load(w + 4 * v);
        WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
          const F32x4 value = Splat(x[r][k]);
          WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
            sum[r][v] = MulAdd(value, panel[v], sum[r][v]);
          }
        }
      }
    }
    if (clamps) {
      const F32x4 low = Splat(p.clamp.min), high = Splat(p.clamp.max);
      WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
          sum[r][v] = Clamped(sum[r][v], low, high);
        }
      }
    }
    float* to = y;
    WEBHLO_UNROLL for (int r = 0; r < kRows; ++r, to += row_floats) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) Store(sum[r][v], to + 4 * v);
    }
    y += kColumns;
    bias += kColumns;
    weights += kColumns;
    if ((column & (width - 1)) == 0) {  // A power of two.
      bias += static_cast<ptrdiff_t>(p.bias_floats - p.width);
      weights += static_cast<ptrdiff_t>(p.panel_floats - p.width);
    }
  }
}

using TileFunction = void (*)(const TiledProduct& p, const float* const* rows, const float* bias,
                              const float* weights, size_t columns, float* y, size_t row_floats);
constexpr TileFunction kNarrow[kMaxRows] = {Tile<1, 2>, Tile<2, 2>, Tile<3, 2>,
                                            Tile<4, 2>, Tile<5, 2>, Tile<6, 2>};
constexpr TileFunction kWide[kMaxRows] = {Tile<1, 4>, Tile<2, 4>, Tile<3, 4>,
                                          Tile<4, 4>, Tile<5, 4>, Tile<6, 4>};

// Fewer than 8.
HWY_INLINE void CopyColumns(const float* from, size_t count, float* to) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) Store(Load(from + i), to + i);
  for (; i < count; ++i) to[i] = from[i];
}

// Columns that one kind of tile computes.
struct Strip {
  const TileFunction* tiles;
  const float* biases;
  const float* weights;
  size_t begin, columns;
  bool partial;  // Fewer than the tile's 8.
};

}  // namespace

Race& TileRace() {
  static Race race(kTileForms);
  return race;
}

int64_t NextTileRows(size_t form, int64_t left) {
  const int64_t most = form == k4x8 ? 4 : kMaxRows;
  return left <= most ? left : left < 2 * most ? (left + 1) / 2 : most;
}

void MultiplyTiles(size_t form, const TiledProduct& p, int64_t rows, int64_t columns) {
  const int64_t block = std::max<int64_t>(1, kCachedPanels / p.panel_floats) * p.width;
  const size_t row_floats = static_cast<size_t>(p.row_floats);
  for (int64_t first = 0; first < columns; first += block) {
    Strip strips[3];
    int count = 0;
    int64_t column = first;
    const int64_t last = std::min(columns, first + block);
    const auto add = [&](const TileFunction* tiles, int64_t until) {
      if (until <= column) return;
      const int64_t panel = column / p.width, at = column % p.width;
      strips[count++] = {.tiles = tiles,
                         .biases = p.biases + panel * p.bias_floats + at,
                         .weights = p.weights + panel * p.panel_floats + at,
                         .begin = static_cast<size_t>(column),
                         .columns = static_cast<size_t>(until - column),
                         .partial = until - column < 8};
      column = until;
    };
    if (form == k6x16) add(kWide, first + (last - first) / 16 * 16);
    add(kNarrow, first + (last - first) / 8 * 8);
    add(kNarrow, last);

    const float* const* x = p.rows;
    float* y = p.y;
    for (int64_t row = 0; row < rows;) {
      const int64_t height = NextTileRows(form, rows - row);
      for (int i = 0; i < count; ++i) {
        const Strip& strip = strips[i];
        const TileFunction multiply = strip.tiles[height - 1];
        if (!strip.partial) {
          multiply(p, x, strip.biases, strip.weights, strip.columns, y + strip.begin, row_floats);
          continue;
        }
        float partial[kMaxRows * 8];
        multiply(p, x, strip.biases, strip.weights, 8, partial, 8);
        float* to = y + strip.begin;
        for (int64_t r = 0; r < height; ++r, to += row_floats) {
          CopyColumns(partial + 8 * r, strip.columns, to);
        }
      }
      row += height;
      x += height * p.taps;
      y += static_cast<size_t>(height) * row_floats;
    }
  }
}

TiledProduct WithPanels(const PanelShape& shape, const float* panels, int64_t column) {
  panels += column / shape.width * shape.panel_floats();
  return {.depth = shape.k,
          .weights = panels + shape.width,
          .panel_floats = shape.panel_floats(),
          .biases = panels,
          .bias_floats = shape.panel_floats(),
          .width = shape.width};
}

void MultiplyPanels(size_t form, const float* x, int64_t rows, const PanelShape& shape,
                    const float* panels, int64_t column, int64_t columns, ClampRange clamp,
                    float* y) {
  const float* starts[kMaxTiledRows];
  for (int64_t r = 0; r < rows; ++r) starts[r] = x + r * shape.k;
  TiledProduct product = WithPanels(shape, panels, column);
  product.rows = starts;
  product.clamp = clamp;
  product.y = y + column;
  product.row_floats = shape.n;
  MultiplyTiles(form, product, rows, columns);
}

TileGrid::TileGrid(int64_t m, int64_t k, int64_t n, int64_t floats, int threads) : m(m), n(n) {
  constexpr int64_t kCachedFloats = 96 * 1024;
  constexpr int64_t kUnit = kTileUnit;
  // Six shares a thread, as ParallelRanges makes them; pieces of a piece's cost.
  const int64_t shares = threads == 1 ? 1 : 6 * threads;
  const auto cost_of = [&](int64_t r, int64_t c) {
    return static_cast<int64_t>(2.0 * static_cast<double>(r) * static_cast<double>(k) *
                                static_cast<double>(c) / kFlopsPerCost) +
           4 * r * c;
  };
  rows = std::clamp(kCachedFloats / (floats + n), kUnit, kMaxTiledRows);
  rows = std::min(rows, std::max(CeilDiv(m, shares), kUnit));
  rows = std::min(m, RoundUp(CeilDiv(m, CeilDiv(m, rows)), kUnit));
  row_blocks = CeilDiv(m, rows);
  const int64_t panels = CeilDiv(n, TiledWidth(n));
  const int64_t wanted = std::max(CeilDiv(cost_of(rows, n), max_piece_cost / 2),
                                  threads == 1 ? 1 : CeilDiv(shares, row_blocks));
  const int64_t each = CeilDiv(panels, std::min(panels, wanted));
  columns = std::min(n, each * TiledWidth(n));
  column_blocks = CeilDiv(panels, each);
  cost = cost_of(rows, columns);
}

}  // namespace webhlo
