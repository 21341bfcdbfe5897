// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/tiles.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

// Rows of `taps` runs, of which some tiles have all in one.
struct Product {
  int64_t rows, taps, depth, n;
  ClampRange clamp;
  bool joined = false;  // Runs of a row lie side by side, and every other tile says so.
  TestBuffer<float> x, weights, bias;

  Product(int64_t m, int64_t t, int64_t d, int64_t columns, TestRandom& random)
      : rows(m),
        taps(t),
        depth(d),
        n(columns),
        x(random.Floats(m * t * d)),
        weights(random.Floats(t * d * columns)),
        bias(random.Floats(columns)) {}

  TestBuffer<float> Run(size_t form) const {
    const PanelShape shape = {taps * depth, n, TiledWidth(n)};
    TestBuffer<float> panels(shape.floats()), y(rows * n);
    PackPanels(shape, weights.data(), false, bias.data(), 0, shape.count(), panels.data());
    std::vector<const float*> runs(static_cast<size_t>(rows * taps));
    const float** tile = runs.data();
    bool join = false;
    for (int64_t row = 0; row < rows;) {
      const int64_t count = NextTileRows(form, rows - row);
      join = joined && !join;
      for (int64_t t = 0; t < (join ? 1 : taps); ++t) {
        for (int64_t r = 0; r < count; ++r) {
          tile[t * count + r] = x.data() + ((row + r) * taps + t) * depth;
        }
      }
      tile += count * taps;
      if (join && taps > 1) tile[-1] = nullptr;
      row += count;
    }
    MultiplyTiles(form,
                  {.rows = runs.data(),
                   .taps = taps,
                   .depth = depth,
                   .joined_taps = joined ? taps : 1,
                   .weights = panels.data() + shape.width,
                   .panel_floats = shape.panel_floats(),
                   .biases = panels.data(),
                   .bias_floats = shape.panel_floats(),
                   .width = shape.width,
                   .clamp = clamp,
                   .y = y.data(),
                   .row_floats = n},
                  rows, n);
    CHECK(y.PaddingIntact());
    return y;
  }

  void Check() const {
    CAPTURE(rows);
    CAPTURE(taps);
    CAPTURE(depth);
    CAPTURE(n);
    const TestBuffer<float> y = Run(k6x8);
    for (int64_t at = 0; at < rows * n; ++at) {
      double sum = bias[at % n];
      for (int64_t k = 0; k < taps * depth; ++k) {
        sum += double{x[at / n * taps * depth + k]} * weights[k * n + at % n];
      }
      REQUIRE(std::abs(y[at] - std::clamp<double>(sum, clamp.min, clamp.max)) < 1e-3);
    }
    for (size_t form = 0; form < kTileForms; ++form) CHECK(Run(form).SameBits(y));
  }
};

TEST_CASE("tiles: every number of rows and columns, all forms to the same bits") {
  TestRandom random(1);
  for (int64_t rows = 1; rows <= 19; ++rows) {
    for (int64_t n : {1, 3, 7, 8, 9, 15, 16, 17, 24, 25, 31, 33, 40}) {
      Product product(rows, 1, random.Int(1, 9), n, random);
      if (random.Int(0, 1) != 0) product.clamp = {-0.5f, 0.25f};
      product.Check();
    }
  }
}

TEST_CASE("tiles: rows of several runs, separate and joined") {
  TestRandom random(2);
  for (int round = 0; round < 60; ++round) {
    Product product(random.Int(1, 20), random.Int(1, 9), random.Int(1, 7), random.Int(1, 40),
                    random);
    product.joined = round % 2 == 0;
    product.Check();
  }
}

TEST_CASE("tiles: panels that no cache holds come in blocks of columns") {
  TestRandom random(3);
  Product(9, 1, 3000, 50, random).Check();
}

TEST_CASE("tiles: NaN passes the clamp, and a tile's neighbours keep out of it") {
  TestRandom random(4);
  Product product(13, 1, 5, 21, random);
  product.clamp = {0, 6};
  product.x[6 * 5 + 2] = NAN;
  for (size_t form = 0; form < kTileForms; ++form) {
    const TestBuffer<float> y = product.Run(form);
    for (int64_t at = 0; at < 13 * 21; ++at) CHECK(std::isnan(y[at]) == (at / 21 == 6));
  }
}

TEST_CASE("tiles: grids cover all rows and columns, with an item for each thread") {
  for (int64_t m : {1, 7, 12, 49, 197, 5000}) {
    for (int64_t n : {1, 8, 9, 64, 1000, 5000}) {
      for (int64_t k : {1, 64, 4096}) {
        for (int threads : {1, 2, 8}) {
          const TileGrid grid(m, k, n, k, threads);
          CHECK(grid.rows * (grid.row_blocks - 1) < m);
          CHECK(grid.rows * grid.row_blocks >= m);
          CHECK(grid.columns * (grid.column_blocks - 1) < n);
          CHECK(grid.columns * grid.column_blocks >= n);
          CHECK((grid.columns == n || grid.columns % TiledWidth(n) == 0));
          CHECK(grid.cost <= max_piece_cost);
          if (m >= 197 && n >= 64) CHECK(grid.items() >= threads);
        }
      }
    }
  }
}

}  // namespace
}  // namespace webhlo
