// SPDX-License-Identifier: Apache-2.0
//
// Where windows lie that an index tensor places within another tensor: those that a gather reads
// and a scatter writes.
#ifndef WEBHLO_CORE_KERNELS_MOVES_PLACES_H_
#define WEBHLO_CORE_KERNELS_MOVES_PLACES_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/graph/tensor.h"
#include "core/kernels/moves/indices.h"

namespace webhlo {

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
  struct Place {
    int64_t operand = 0, windows = 0;
    bool is_within = true;  // Else `operand` is the nearest place where the window fits.
  };
  // What finding a window costs (core/kernels/parallel.h).
  static constexpr int64_t kCost = 40;

  TensorType indices;
  std::vector<Batch> batches;
  std::vector<Start> starts;

  int64_t count() const {
    int64_t windows = 1;
    for (const Batch& batch : batches) windows *= batch.size;
    return windows;
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

  Place Find(const TensorView& view, int64_t window) const {
    Place place;
    ForEach(view, window, window + 1, [&](int64_t, const Place& found) { place = found; });
    return place;
  }

  // Calls f(window, place) for the windows [begin, end), in order.
  template <typename F>
  void ForEach(const TensorView& view, int64_t begin, int64_t end, F&& f) const {
    if (view.element() == ElementType::kI32) {
      const int32_t* const elements = static_cast<const int32_t*>(view.data());
      ForEachOf([=](int64_t i) { return int64_t{elements[i]}; }, begin, end, f);
    } else {
      ForEachOf([&](int64_t i) { return LoadIndex(view, i); }, begin, end, f);
    }
  }

 private:
  template <typename Load, typename F>
  void ForEachOf(const Load& load, int64_t begin, int64_t end, F& f) const {
    const Batch inner = batches.empty() ? Batch{1, 0, 0, 0} : batches.back();
    for (int64_t window = begin; window < end;) {
      // A row: the windows that the innermost dimension numbers.
      const int64_t first = window % inner.size;
      int64_t rest = window / inner.size;
      Place row;
      int64_t at = first * inner.indices;
      row.operand = first * inner.operand;
      row.windows = first * inner.windows;
      for (size_t b = batches.size(); b-- > 1; rest /= batches[b - 1].size) {
        const int64_t i = rest % batches[b - 1].size;
        at += i * batches[b - 1].indices;
        row.operand += i * batches[b - 1].operand;
        row.windows += i * batches[b - 1].windows;
      }
      const int64_t until = std::min(end, window + inner.size - first);
      for (; window < until; ++window) {
        Place place = row;
        for (const Start& start : starts) {
          const int64_t index = load(at + start.indices);
          const int64_t nearest = std::clamp<int64_t>(index, 0, start.room);
          place.is_within &= index == nearest;
          place.operand += nearest * start.operand;
        }
        f(window, place);
        at += inner.indices;
        row.operand += inner.operand;
        row.windows += inner.windows;
      }
    }
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_PLACES_H_
