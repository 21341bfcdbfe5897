// SPDX-License-Identifier: Apache-2.0
//
// Where windows lie that an index tensor places within another tensor: those that a gather reads
// and a scatter writes.
#ifndef WEBHLO_CORE_KERNELS_MOVES_PLACES_H_
#define WEBHLO_CORE_KERNELS_MOVES_PLACES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/graph/tensor.h"

namespace webhlo {

// One window: its sizes, and its strides in the operand and among the windows.
struct WindowShape {
  std::vector<int64_t> sizes, operand, windows;

  // Takes off the innermost dimensions, those whose elements lie together on both sides, and
  // answers how many elements these are: a run.
  int64_t TakeRun();
  // How many windows there would be of one element each.
  int64_t count() const;
  // Adds to the two offsets what lies before element `i`.
  void AddOffsets(int64_t i, int64_t& in_operand, int64_t& in_windows) const;
};

// Steps are in elements. `windows` is the tensor that holds them one after the other.
struct WindowPlaces {
  // A dimension that numbers windows, and what one step along it moves: within the indices, the
  // operand (batching dimensions) and the windows.
  struct Batch {
    int64_t size, indices, operand, windows;
  };
  // An element of an index vector: where it lies in the vector, how far it may go and what it
  // counts in.
  struct Start {
    int64_t indices, room, operand;
  };
  // What finding a window costs (core/kernels/parallel.h).
  static constexpr int64_t kCost = 24;

  // Where windows begin: in the operand and among the windows.
  static constexpr int64_t kMaxFound = 256;
  struct Found {
    ptrdiff_t operand[kMaxFound], windows[kMaxFound];
  };

  TensorType indices;
  std::vector<Batch> batches;
  std::vector<Start> starts;

  int64_t count() const {
    int64_t windows = 1;
    for (const Batch& batch : batches) windows *= batch.size;
    return windows;
  }

  // Whether windows of so many elements lie one behind the other.
  bool AreAdjacent(int64_t elements) const {
    for (size_t b = batches.size(); b-- > 0; elements *= batches[b].size) {
      if (batches[b].windows != elements) return false;
    }
    return true;
  }

  // Fewer dimensions, where two number windows as one would.
  void Merge() {
    std::vector<Batch> merged;
    for (const Batch& batch : batches) {
      if (batch.size == 1) continue;
      if (!merged.empty()) {
        Batch& outer = merged.back();
        if (outer.indices == batch.size * batch.indices &&
            outer.operand == batch.size * batch.operand &&
            outer.windows == batch.size * batch.windows) {
          outer = {outer.size * batch.size, batch.indices, batch.operand, batch.windows};
          continue;
        }
      }
      merged.push_back(batch);
    }
    batches = std::move(merged);
  }

  // Calls f(first, count, indices, operand, windows) for the rows of [begin, begin + count):
  // windows that only the innermost dimension tells apart, and where the first of them lies, in
  // elements.
  template <typename F>
  void ForEachRowOf(int64_t begin, int64_t count, F&& f) const {
    const Batch inner = Inner();
    for (int64_t done = 0; done < count;) {
      const int64_t first = (begin + done) % inner.size;
      int64_t rest = (begin + done) / inner.size;
      int64_t at = first * inner.indices, operand = first * inner.operand,
              place = first * inner.windows;
      for (size_t b = batches.size(); b-- > 1; rest /= batches[b - 1].size) {
        const int64_t i = rest % batches[b - 1].size;
        at += i * batches[b - 1].indices;
        operand += i * batches[b - 1].operand;
        place += i * batches[b - 1].windows;
      }
      const int64_t row = std::min(count - done, inner.size - first);
      f(done, row, at, operand, place);
      done += row;
    }
  }
  Batch Inner() const { return batches.empty() ? Batch{1, 0, 0, 0} : batches.back(); }

  // Finds the windows [begin, begin + count), at most kMaxFound. One that does not lie within the
  // operand is where it fits nearest, or is left out if `only_within`. Answers how many there are.
  int64_t Find(const TensorView& view, int64_t begin, int64_t count, bool only_within,
               Found& found) const;
};

// Copies runs of so many bytes between these offsets, in elements of `width` bytes, in order. Null
// for `to_at`: one run behind the other.
void CopyRuns(int64_t count, int64_t width, int64_t bytes, const void* from,
              const ptrdiff_t* from_at, void* to, const ptrdiff_t* to_at);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_PLACES_H_
