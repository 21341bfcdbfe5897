// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/parallel.h"

#include <vector>

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

TEST_CASE("pieces: every item of every loop once, in order, however many pieces a call takes") {
  TestRandom random(1);
  ThreadPool pool(1);
  for (int round = 0; round < 300; ++round) {
    const SmallPieces small(random.Int(1, 200));
    Pieces pieces;
    std::vector<int64_t> items, costs;
    for (int64_t loop = random.Int(1, 5); loop > 0; --loop) {
      items.push_back(random.Int(0, 4) == 0 ? 0 : random.Int(1, 60));
      costs.push_back(random.Int(0, 300));
      pieces.Add(items.back(), costs.back());
    }
    REQUIRE(pieces.count() >= 1);
    for (const size_t step : {size_t{1}, size_t{3}, pieces.count()}) {
      size_t loop = 0;
      int64_t next = 0;
      for (size_t i = 0; i < pieces.count(); i += step) {
        int64_t cost = 0, taken = 0;
        pieces.Run({i, std::min(i + step, pieces.count())}, pool,
                   [&](size_t at, int64_t begin, int64_t end) {
                     for (; loop < at; ++loop, next = 0) REQUIRE(next == items[loop]);
                     REQUIRE(begin == next);
                     next = end;
                     taken += end - begin;
                     cost += (end - begin) * costs[at];
                   });
        // No piece is too large, but for an item that is.
        if (step == 1) CHECK((cost <= max_piece_cost || taken == 1));
      }
      for (; loop + 1 < items.size(); ++loop, next = 0) REQUIRE(next == items[loop]);
      REQUIRE(next == items.back());
    }
  }
}

TEST_CASE("pieces: as few as the cost allows") {
  const SmallPieces small(100);
  CHECK(Pieces(10, 10).count() == 1);
  CHECK(Pieces(11, 10).count() == 2);
  CHECK(Pieces(5, 1000).count() == 5);
  Pieces three(3, 20);
  three.Add(2, 20);  // Fits into the first piece.
  CHECK(three.count() == 1);
  three.Add(1, 1);
  CHECK(three.count() == 2);
  CHECK(three.cost() == 101);
}

TEST_CASE("row parts: rows are cut at multiples of the block, and walked in whole stretches") {
  for (const int64_t length : {1, 6, 7, 48, 1000}) {
    const SmallPieces small(100);
    const RowParts parts(length, 10, 7);
    for (int64_t begin = 0; begin <= 3 * parts.count(); ++begin) {
      for (int64_t end = begin; end <= 3 * parts.count(); ++end) {
        int64_t before = -1, elements = 0, stretches = 0;
        parts.ForEach(begin, end, [&](int64_t row, int64_t first, int64_t last) {
          CHECK(row > before);
          before = row;
          CHECK(first % 7 == 0);
          CHECK((last == length || last % 7 == 0));
          CHECK(first < last);
          elements += last - first;
          ++stretches;
        });
        CHECK(stretches <= 3);
        if (begin == 0 && end == 3 * parts.count()) CHECK(elements == 3 * length);
      }
    }
  }
}

}  // namespace
}  // namespace webhlo
