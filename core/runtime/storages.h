// SPDX-License-Identifier: Apache-2.0
//
// Storages: the runs of memory that values name while a plan is built, with the steps in which each
// is needed, and which may be written over another that dies there. The memory planner turns the
// lifetimes into offsets at the end.
#ifndef WEBHLO_CORE_RUNTIME_STORAGES_H_
#define WEBHLO_CORE_RUNTIME_STORAGES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/memory/planner.h"
#include "core/runtime/plan.h"

namespace webhlo {

// A value's bytes: a storage and where in it they begin.
struct Place {
  uint32_t storage = kNone;
  int64_t offset = 0;
  bool operator==(const Place&) const = default;
};

struct Storage {
  BufferRef at;  // Of the arena the space alone, until Arrange has found an offset.
  int64_t size = 0;
  int32_t first = -1, last = -1;  // Steps; -1 until used.
  uint32_t loop = 0;              // The loop it is defined in (0: none).
  uint32_t in_place_of = kNone;   // A storage it may be written over.
  bool left_out = false;          // An input that lies where the caller says, always.
};

class Storages {
 public:
  Storages() { loops_.emplace_back(); }

  // A storage of the arena, unless it lies elsewhere.
  uint32_t Add(int64_t size, BufferRef at = {.space = BufferRef::Space::kArena});
  const Storage& operator[](uint32_t id) const { return all_[id]; }

  // The storage is needed in that step.
  void Touch(uint32_t id, int32_t step);
  // It is held from one step through another, whatever happens between them.
  void Hold(uint32_t id, int32_t first, int32_t last);
  // An input gets no place in the arena.
  void LeaveOut(uint32_t id) { all_[id].left_out = true; }
  // Around the steps of a loop: what they need from outside, the next trip needs again.
  void BeginLoop();
  void EndLoop(int32_t last_step);

  // Lets a result take the operand's place if that dies where the result is made. False where one
  // cannot take the other's.
  bool OfferPlace(uint32_t operand, uint32_t result);

  // Once all lifetimes are known: finds places in the arena for all that lies there, and for inputs
  // that the caller puts there. `in_arena` receives what the plan's offsets are of.
  Result<MemoryPlan> Arrange(std::vector<MemoryValue>* in_arena);
  // After that: where the results are, and how large. Those that have storages of their own the
  // caller may want elsewhere.
  void NameResults(std::span<const Place> places, std::span<const int64_t> bytes);
  // Where a place is after that.
  BufferRef Find(const Place& place) const;
  // Of an input: where the caller puts it by default; nowhere if it is left out.
  BufferRef ArenaPlaceOf(uint32_t input) const;

 private:
  struct Loop {
    uint32_t parent = 0;
    std::vector<uint32_t> used_from_outside;  // Storages to keep alive until the loop's end.
  };
  bool LiesInArena(const Storage& storage) const {
    return (storage.at.space == BufferRef::Space::kArena ||
            storage.at.space == BufferRef::Space::kInput) &&
           storage.first >= 0 && !storage.left_out;
  }

  std::vector<Storage> all_;
  std::vector<Loop> loops_;
  uint32_t loop_ = 0;
  std::vector<int64_t> arena_offsets_;  // By storage.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_STORAGES_H_
