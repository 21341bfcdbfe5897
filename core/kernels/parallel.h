// SPDX-License-Identifier: Apache-2.0
//
// How the kernels count and cut their work: into pieces, between which a run can be left
// (Kernel::pieces), and a piece into shares, which the threads of the pool claim.
//
// Work is counted as cost: the bytes that a cheap loop over memory reads and writes, about 8 a
// nanosecond on a good machine and 4 on a poor one. Six floating point operations in registers
// count as one.
#ifndef WEBHLO_CORE_KERNELS_PARALLEL_H_
#define WEBHLO_CORE_KERNELS_PARALLEL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/threads/piece_range.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

// A share should take some microseconds.
inline constexpr int64_t kShareCost = 32 * 1024;

// A piece may take some milliseconds on a poor machine; on a good one it takes one. A variable for
// tests alone, which make it small to cut small tensors.
inline int64_t max_piece_cost = int64_t{8} << 20;

inline constexpr int64_t kFlopsPerCost = 6;

// Calls f(begin, end) on ranges that cover [begin, end). `cost` is that of one item. Items must not
// depend on each other: how they are cut depends on the pool.
template <typename F>
void ParallelRanges(ThreadPool& pool, int64_t begin, int64_t end, int64_t cost, F&& f) {
  const int64_t count = end - begin;
  const int64_t grain = std::max<int64_t>(1, kShareCost / std::max<int64_t>(1, cost));
  const int64_t shares = std::min<int64_t>(count / grain, 6 * pool.num_threads());
  if (shares <= 1 || pool.num_threads() == 1) {
    if (count > 0) f(begin, end);
    return;
  }
  const int64_t size = count / shares;
  const int64_t longer = count % shares;  // So many shares have one item more.
  pool.ParallelFor(static_cast<size_t>(shares), [&](size_t index) {
    const int64_t share = static_cast<int64_t>(index);
    const int64_t from = begin + share * size + std::min(share, longer);
    f(from, from + size + (share < longer ? 1 : 0));
  });
}

// The pieces of work that consists of loops, one after the other, each over items that do not
// depend on each other. A piece is some items of one loop, or the end of one loop, whole loops and
// the beginning of another.
class Pieces {
 public:
  Pieces() = default;
  Pieces(int64_t items, int64_t cost) { Add(items, cost); }

  // Adds a loop; `cost` is that of an item. An item is never cut.
  void Add(int64_t items, int64_t cost);

  size_t count() const { return static_cast<size_t>(count_); }
  int64_t cost() const { return cost_; }

  // The items [first, second) of a loop that the pieces hold, for work that is not cut into shares.
  std::pair<int64_t, int64_t> Items(size_t index, PieceRange pieces) const {
    return {loops_[index].ItemsBefore(pieces.begin), loops_[index].ItemsBefore(pieces.end)};
  }

  int64_t ItemCost(size_t index) const { return loops_[index].cost; }

  // Runs f(begin, end) in parallel on ranges of those items of a loop that the pieces hold.
  template <typename F>
  void RunLoop(size_t index, PieceRange pieces, ThreadPool& pool, F&& f) const {
    const auto [begin, end] = Items(index, pieces);
    ParallelRanges(pool, begin, end, loops_[index].cost, f);
  }

  // Runs the only loop, or with f(loop, begin, end) all loops, each when the one before has ended.
  template <typename F>
  void Run(PieceRange pieces, ThreadPool& pool, F&& f) const {
    if constexpr (std::is_invocable_v<F, int64_t, int64_t>) {
      RunLoop(0, pieces, pool, f);
    } else {
      for (size_t i = 0; i < loops_.size(); ++i) {
        RunLoop(i, pieces, pool, [&](int64_t begin, int64_t end) { f(i, begin, end); });
      }
    }
  }

 private:
  struct Loop {
    int64_t items;
    int64_t cost;       // Of an item.
    int64_t head;       // Items in the piece that was open when the loop was added.
    int64_t first;      // The piece after that one.
    int64_t per_piece;  // Items in it and in all that follow.

    int64_t ItemsBefore(size_t piece) const {
      const int64_t full = static_cast<int64_t>(piece) - first;
      return full < 0 ? 0 : std::min(items, head + full * per_piece);
    }
  };
  std::vector<Loop> loops_;
  int64_t count_ = 1;
  int64_t room_ = max_piece_cost;  // Of the last piece.
  int64_t cost_ = 0;
};

// Blocks that are alike run one after the other, `count` pieces each. Calls f(block, pieces) for
// those of each block that lie in the pieces.
template <typename F>
void ForEachBlock(size_t count, PieceRange pieces, F&& f) {
  for (size_t block = pieces.begin / count; block * count < pieces.end; ++block) {
    const size_t begin = std::max(pieces.begin, block * count) - block * count;
    const size_t end = std::min(pieces.end, (block + 1) * count) - block * count;
    f(static_cast<int64_t>(block), PieceRange{begin, end});
  }
}

// Items number the parts of rows, `parts` a row, one row after the other. Calls f(row, first, last)
// for the parts [first, last) of each row that lie in the items [begin, end).
template <typename F>
void ForEachRow(int64_t begin, int64_t end, int64_t parts, F&& f) {
  for (int64_t item = begin; item < end;) {
    const int64_t row = item / parts;
    const int64_t until = std::min(end, (row + 1) * parts);
    f(row, item - row * parts, until - row * parts);
    item = until;
  }
}

// Cuts rows that are alike where one is too long to be an item by itself. Items number the parts of
// one row after the other.
class RowParts {
 public:
  // `cost` is that of one of the row's `length` elements; parts begin at multiples of `block`.
  RowParts(int64_t length, int64_t cost, int64_t block = 1);

  int64_t count() const { return count_; }  // Of the parts of a row.
  int64_t cost() const { return cost_; }    // Of a part.

  // Calls f(row, first, last) for the elements [first, last) of each row that lie in the items.
  template <typename F>
  void ForEach(int64_t begin, int64_t end, F&& f) const {
    ForEachRow(begin, end, count_, [&](int64_t row, int64_t first, int64_t last) {
      f(row, first * size_, last == count_ ? length_ : last * size_);
    });
  }

 private:
  int64_t length_;
  int64_t size_;  // Elements of a part; the last one of a row has up to twice as many.
  int64_t count_;
  int64_t cost_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_PARALLEL_H_
