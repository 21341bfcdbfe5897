// SPDX-License-Identifier: Apache-2.0
//
// Scatter: windows of updates go to where an index tensor says, one after the other, each element
// combined with what is there by a computation on scalars; of several tensors at once.
#ifndef WEBHLO_CORE_KERNELS_MOVES_SCATTER_H_
#define WEBHLO_CORE_KERNELS_MOVES_SCATTER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/kernels/batch_function.h"
#include "core/kernels/kernel.h"
#include "core/kernels/moves/places.h"
#include "core/kernels/reduce.h"

namespace webhlo {

struct ScatterSizes {
  int64_t count = 0;        // Elements of a tensor.
  std::vector<int> widths;  // Bytes of an element, by tensor; at most 8.
  WindowShape window;       // Among the updates.
  WindowPlaces places;
  int64_t cost = 0;  // What the computation costs, besides memory.
};

// Operands: tensors, indices, updates. A result may lie where its tensor does. `function`: what is
// there and updates to what will be; null where updates replace what is there.
std::unique_ptr<Kernel> MakeScatter(ScatterSizes sizes, std::unique_ptr<BatchFunction> function);

// Of one tensor of f32, i32 or ui32, by a computation that has a name.
bool CanScatter(ElementType element, Reduction reduction);
std::unique_ptr<Kernel> MakeScatter(ScatterSizes sizes, ElementType element, Reduction reduction);

// Elements that are combined with others at offsets that may be equal: batches of what is all
// different, in order.
class ScatterBatch {
 public:
  ScatterBatch(const std::vector<int>& widths, const BatchFunction* function)
      : widths_(widths), function_(function) {}

  // results[k] at `to` := function(itself, updates[k] at `from`), after those before it.
  void Add(void* const* results, const void* const* updates, int64_t to, int64_t from);
  void Flush(void* const* results, const void* const* updates);

 private:
  static constexpr size_t kSlots = 2048;

  const std::vector<int>& widths_;
  const BatchFunction* const function_;
  int64_t size_ = 0;
  int64_t to_[BatchFunction::kBatch], from_[BatchFunction::kBatch];
  // The batch in which a place was last seen, by the low bits of its offset.
  uint32_t seen_[kSlots] = {};
  uint32_t batch_ = 1;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_SCATTER_H_
