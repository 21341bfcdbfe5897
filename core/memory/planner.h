// SPDX-License-Identifier: Apache-2.0
//
// PlanMemory: lifetimes in, offsets out. A pure function over integers: it knows no graph,
// allocates no arena, and gives the same answer for the same input everywhere.
//
// Values that live at the same step never share bytes, except where the input says that they may.
#ifndef WEBHLO_CORE_MEMORY_PLANNER_H_
#define WEBHLO_CORE_MEMORY_PLANNER_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace webhlo {

// A buffer that lives from step `first` (where it is written) to step `last` (where it is read for
// the last time), both included.
struct MemoryValue {
  int64_t size = 0;
  int32_t first = 0;
  int32_t last = 0;
  // A hint: at its first step this value may be written over that one, if that one's last step is
  // the same. Of several values that want the same one, the first gets it. -1: none.
  int32_t in_place_of = -1;
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // By value; multiples of kBufferAlignment.
  int64_t arena_size = 0;
  // Max over steps of the bytes that must be there at once: no plan can be smaller.
  int64_t lower_bound = 0;
  // Pairs of values that were compared: what planning cost, beside sorting.
  int64_t pairs = 0;
};

// out_of_memory when the bytes do not fit 62 bits.
Result<MemoryPlan> PlanMemory(std::span<const MemoryValue> values);

// One line a value in order of first step, then the size of the arena against the lower bound.
std::string ToString(std::span<const MemoryValue> values, const MemoryPlan& plan);

}  // namespace webhlo

#endif  // WEBHLO_CORE_MEMORY_PLANNER_H_
