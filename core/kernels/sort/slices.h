// SPDX-License-Identifier: Apache-2.0
//
// Slices: the rows of a tensor along one dimension, each of which is sorted by itself, and how that
// work is cut into pieces. Some slices are worked on side by side, each in its own lane of the
// scratch; long ones are cut into units that follow one another, of short ones several are one
// unit.
#ifndef WEBHLO_CORE_KERNELS_SORT_SLICES_H_
#define WEBHLO_CORE_KERNELS_SORT_SLICES_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/base/math.h"
#include "core/threads/piece_range.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

struct Slices {
  int64_t count = 1;   // Of the slices.
  int64_t length = 1;  // Of a slice.
  int64_t stride = 1;  // Between its elements.

  Slices(std::span<const int64_t> dims, size_t dimension) {
    for (size_t d = 0; d < dims.size(); ++d) {
      if (d == dimension) {
        length = dims[d];
      } else {
        count *= dims[d];
        if (d > dimension) stride *= dims[d];
      }
    }
  }
  int64_t Begin(int64_t slice) const { return slice / stride * stride * length + slice % stride; }
};

// For begin <= i < end: element i of a slice at `to` becomes element order[i] of the one at `from`.
void GatherByOrder(int width, const uint8_t* from, const uint32_t* order, int64_t stride,
                   int64_t begin, int64_t end, uint8_t* to);

class SliceUnits {
 public:
  // Elements of a unit, as far as it can be helped.
  static constexpr int64_t kElements = 1 << 16;

  // `units`: of a slice, one where it is short.
  SliceUnits(int64_t slices, int64_t length, int64_t units, int lanes)
      : slices_(slices),
        lanes_(lanes),
        units_(units),
        group_(units > 1 ? 1 : std::max<int64_t>(1, kElements / length)),
        pieces_(CeilDiv(slices, lanes * group_) * units) {}

  size_t count() const { return static_cast<size_t>(pieces_); }

  // Calls f(lane, slice, unit); the units of a slice come in order and in one lane.
  template <typename F>
  void Run(PieceRange pieces, ThreadPool& pool, F&& f) const {
    for (size_t piece = pieces.begin; piece < pieces.end; ++piece) {
      const int64_t unit = static_cast<int64_t>(piece) % units_;
      const int64_t first = static_cast<int64_t>(piece) / units_ * lanes_ * group_;
      pool.ParallelFor(static_cast<size_t>(lanes_), [&](size_t lane) {
        const int64_t begin = first + static_cast<int64_t>(lane) * group_;
        for (int64_t s = begin; s < std::min(begin + group_, slices_); ++s) f(lane, s, unit);
      });
    }
  }

 private:
  const int64_t slices_, lanes_, units_, group_, pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SORT_SLICES_H_
