// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/storages.h"

#include <algorithm>
#include <utility>

namespace webhlo {

uint32_t Storages::Add(int64_t size, BufferRef at) {
  Storage& storage = all_.emplace_back();
  storage.at = at;
  storage.size = size;
  storage.loop = loop_;
  return static_cast<uint32_t>(all_.size() - 1);
}

void Storages::Touch(uint32_t id, int32_t step) {
  Storage& storage = all_[id];
  if (storage.first < 0) storage.first = step;
  storage.last = std::max(storage.last, step);
  // Used in a loop but made outside it: the next trip needs it again.
  for (uint32_t loop = loop_; loop != storage.loop && loop != 0; loop = loops_[loop].parent) {
    loops_[loop].used_from_outside.push_back(id);
  }
}

void Storages::Hold(uint32_t id, int32_t first, int32_t last) {
  Touch(id, first);
  Touch(id, last);
  all_[id].first = std::min(all_[id].first, first);
}

void Storages::BeginLoop() {
  loops_.push_back({loop_, {}});
  loop_ = static_cast<uint32_t>(loops_.size() - 1);
}

void Storages::EndLoop(int32_t last_step) {
  const Loop& loop = loops_[loop_];
  for (uint32_t id : loop.used_from_outside) all_[id].last = std::max(all_[id].last, last_step);
  loop_ = loop.parent;
}

bool Storages::OfferPlace(uint32_t operand, uint32_t result) {
  const Storage& from = all_[operand];
  if (from.at.space != BufferRef::Space::kArena || from.size != all_[result].size ||
      from.loop != loop_) {
    return false;
  }
  all_[result].in_place_of = operand;
  return true;
}

Result<MemoryPlan> Storages::Arrange(std::vector<MemoryValue>* in_arena) {
  std::vector<MemoryValue>& values = *in_arena;
  std::vector<int32_t> value_of(all_.size(), -1);
  for (size_t i = 0; i < all_.size(); ++i) {
    const Storage& storage = all_[i];
    if (!LiesInArena(storage)) continue;
    value_of[i] = static_cast<int32_t>(values.size());
    values.push_back({storage.size, storage.first, storage.last, -1});
  }
  for (size_t i = 0; i < all_.size(); ++i) {
    if (value_of[i] < 0 || all_[i].in_place_of == kNone) continue;
    values[static_cast<size_t>(value_of[i])].in_place_of = value_of[all_[i].in_place_of];
  }
  ASSIGN_OR_RETURN(MemoryPlan memory, PlanMemory(values));
  arena_offsets_.assign(all_.size(), 0);
  for (size_t i = 0; i < all_.size(); ++i) {
    if (value_of[i] >= 0) arena_offsets_[i] = memory.offsets[static_cast<size_t>(value_of[i])];
  }
  return memory;
}

void Storages::NameResults(std::span<const Place> places, std::span<const int64_t> bytes) {
  for (uint32_t i = 0; i < places.size(); ++i) {
    Storage& storage = all_[places[i].storage];
    if (storage.at.space != BufferRef::Space::kArena || storage.size != bytes[i]) continue;
    storage.at = {.space = BufferRef::Space::kResult, .index = i};
  }
}

BufferRef Storages::Find(const Place& place) const {
  BufferRef ref = all_[place.storage].at;
  ref.offset += place.offset;
  if (ref.space == BufferRef::Space::kArena || ref.space == BufferRef::Space::kResult) {
    ref.offset += arena_offsets_[place.storage];
  }
  return ref;
}

BufferRef Storages::ArenaPlaceOf(uint32_t input) const {
  if (all_[input].left_out) return {};
  return {.space = BufferRef::Space::kArena, .offset = arena_offsets_[input]};
}

}  // namespace webhlo
