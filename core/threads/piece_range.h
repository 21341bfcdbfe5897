// SPDX-License-Identifier: Apache-2.0
//
// PieceRange: a part of a piece of work that can be left and gone on with. Whoever does the work
// says into how many pieces it falls; whoever wants it done has them run in order, as many at once
// as it likes, and can do something else between any two.
#ifndef WEBHLO_CORE_THREADS_PIECE_RANGE_H_
#define WEBHLO_CORE_THREADS_PIECE_RANGE_H_

#include <algorithm>
#include <cstddef>

namespace webhlo {

// The pieces [begin, end).
struct PieceRange {
  size_t begin = 0;
  size_t end = 1;

  bool empty() const { return begin >= end; }

  // What the range holds of the first `count` pieces; the range goes on behind them. So work that
  // consists of stages asks each stage in turn for its share.
  PieceRange Take(size_t count) {
    const PieceRange taken = {std::min(begin, count), std::min(end, count)};
    begin -= taken.begin;
    end -= taken.end;
    return taken;
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_THREADS_PIECE_RANGE_H_
