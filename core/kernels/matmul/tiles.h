// SPDX-License-Identifier: Apache-2.0
//
// The loop of large products: rows times panels (core/kernels/matmul/panels.h), a tile of rows and
// columns at a time, whose sums stay in registers. Each sum begins with its bias and takes its
// products in order, so all forms of a tile compute the same bits.
//
// A row is a list of pointers, a run of `depth` numbers at each: one for a product of matrices, one
// for each tap of its window for an output pixel of a convolution ("indirect" convolution; M.
// Dukhan, "The Indirect Convolution Algorithm", 2019).
#ifndef WEBHLO_CORE_KERNELS_MATMUL_TILES_H_
#define WEBHLO_CORE_KERNELS_MATMUL_TILES_H_

#include <algorithm>
#include <cstdint>

#include "core/kernels/clamp.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/race.h"

namespace webhlo {

// The terms of a sum, which are taken in one go; longer sums others cut.
inline constexpr int64_t kMaxTiledDepth = 64 * 1024;

// y[r, 0..n) = clamp(bias + row r * panels).
struct TiledProduct {
  // For each row tile, for each tap, one for each row of the tile.
  const float* const* rows = nullptr;
  int64_t taps = 1, depth = 0;
  // So many taps are one run in tiles that have nothing for the last tap of the last row.
  int64_t joined_taps = 1;
  // Of the first panel: its weights, and what they are added to; and what lies between panels.
  const float* weights = nullptr;
  int64_t panel_floats = 0;
  const float* biases = nullptr;
  int64_t bias_floats = 0;
  int64_t width = 16;  // Of a panel.
  ClampRange clamp = {};
  float* y = nullptr;
  int64_t row_floats = 0;  // From a row of y to the next.
};

// A product with what PackPanels has made, from a column on that begins a panel.
TiledProduct WithPanels(const PanelShape& shape, const float* panels, int64_t column);

// A tile is 6 rows by 8 columns: with 12 sums, what they take fills the 16 registers of a processor
// of 128 bits. 4 by 8 is for engines that waste some, 6 by 16 for those that make two vectors one.
enum TileForm : size_t { k6x8, k4x8, k6x16, kTileForms };
// Of all tiles of a process.
Race& TileRace();

// How many rows the next tile has: what is more than one tile and less than two is cut in halves.
int64_t NextTileRows(size_t form, int64_t left);

// `columns` of them, from the first panel on; a partial panel's are fewer than its width.
void MultiplyTiles(size_t form, const TiledProduct& product, int64_t rows, int64_t columns);

// y [rows, n] = x [rows, k] times panels, of which there are `columns` from `column` on, which
// begins a panel; at most kMaxTiledRows rows.
inline constexpr int64_t kMaxTiledRows = 240;
inline constexpr int64_t kTileUnit = 12;  // Rows that are whole tiles of each form.
void MultiplyPanels(size_t form, const float* x, int64_t rows, const PanelShape& shape,
                    const float* panels, int64_t column, int64_t columns, ClampRange clamp,
                    float* y);

// The width of panels for so many columns.
constexpr int64_t TiledWidth(int64_t n) { return n <= 8 ? 8 : 16; }

// How a product is cut into items of rows times columns: what an item reads of its rows, and what
// it writes, stays in the second cache while panels pass by; and there is one for each thread.
struct TileGrid {
  int64_t m, n;
  int64_t rows = 0, row_blocks = 0;        // Of an item.
  int64_t columns = 0, column_blocks = 0;  // Likewise; whole panels.
  int64_t cost = 0;                        // Of an item.

  // m rows, each of k products a column, that bring `floats` new numbers into the cache.
  TileGrid(int64_t m, int64_t k, int64_t n, int64_t floats, int threads);
  int64_t items() const { return row_blocks * column_blocks; }

  // An item's rows and columns.
  struct Item {
    int64_t row, last_row;
    int64_t column, last_column;
  };
  Item at(int64_t item) const {
    const int64_t row = item % row_blocks * rows, column = item / row_blocks * columns;
    return {row, std::min(m, row + rows), column, std::min(n, column + columns)};
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_TILES_H_
