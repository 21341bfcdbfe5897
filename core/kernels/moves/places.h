// SPDX-License-Identifier: Apache-2.0
//
// Where windows lie that an index tensor places within another tensor: those that a gather reads
// and a scatter writes.
#ifndef WEBHLO_CORE_KERNELS_MOVES_PLACES_H_
#define WEBHLO_CORE_KERNELS_MOVES_PLACES_H_

#include <algorithm>
#include <cstdint>
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
  static constexpr int64_t kCost = 200;

  TensorType indices;
  std::vector<Batch> batches;
  std::vector<Start> starts;

  int64_t count() const {
    int64_t windows = 1;
    for (const Batch& batch : batches) windows *= batch.size;
    return windows;
  }

  Place Find(const TensorView& view, int64_t window) const {
    Place place;
    int64_t at = 0;
    for (size_t b = batches.size(); b-- > 0;) {
      const Batch& batch = batches[b];
      const int64_t i = window % batch.size;
      window /= batch.size;
      at += i * batch.indices;
      place.operand += i * batch.operand;
      place.windows += i * batch.windows;
    }
    for (const Start& start : starts) {
      const int64_t index = LoadIndex(view, at + start.indices);
      const int64_t nearest = std::clamp<int64_t>(index, 0, start.room);
      place.is_within &= index == nearest;
      place.operand += nearest * start.operand;
    }
    return place;
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_PLACES_H_
