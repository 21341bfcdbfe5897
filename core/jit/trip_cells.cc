// SPDX-License-Identifier: Apache-2.0
//
// Trips: which scalars are held in locals, and how steps come by them.
#include <algorithm>
#include <vector>

#include "core/base/sort.h"
#include "core/jit/lowering.h"
#include "core/jit/trips.h"

namespace webhlo::jit {

void Trips::AddAccess(uint32_t slot, int64_t bytes, bool is_scalar, bool is_written,
                      int64_t offset) {
  accesses_.push_back({slot, PlaceOf(slot, offset), bytes, is_scalar, is_written});
}

// Lanes hold it as memory does, whatever it is to those who read it; not the parts of complex
// numbers.
bool Trips::FitsCell(ElementType element) { return !IsComplex(element); }

// `run`: how many elements behind each other a fold takes of it; 0 of a map.
void Trips::AddInput(uint32_t slot, const LoopNest& nest, const LoopOperand& input, int64_t run) {
  int64_t last = std::max<int64_t>(run - 1, 0);
  for (size_t d = 0; d < nest.sizes.size(); ++d) last += (nest.sizes[d] - 1) * input.strides[d];
  AddAccess(slot, (last + 1) * ByteWidth(input.element),
            last == 0 && run == 0 && FitsCell(input.element), false);
}

void Trips::AddOutputs(const Loop& loop) {
  const int64_t count = loop.nest.rows() * loop.nest.inner();
  const size_t first = loop.nest.inputs.size();
  for (size_t r = 0; r < loop.nest.outputs.size(); ++r) {
    const ElementType element = loop.nest.outputs[r];
    const uint32_t slot = loop.slots[first + r];
    AddAccess(slot, count * ByteWidth(element), count == 1 && FitsCell(element), true);
  }
}

SlotPlace Trips::PlaceOf(uint32_t slot, int64_t offset) const {
  return {places_[slot].memory, places_[slot].offset + offset};
}

// Scalars that no step sees as a part of something else. Where some of several widths lie in one
// place, by turns, that is no place of a value which outlives a trip.
void Trips::FindCells() {
  Sort(accesses_, [](const Access& a, const Access& b) {
    return a.place < b.place || (a.place == b.place && a.bytes < b.bytes);
  });
  for (size_t begin = 0, end = 0; begin < accesses_.size(); begin = end) {
    const Access& first = accesses_[begin];
    int64_t reach = first.place.offset + 1;
    bool fits = true, has_widths = false;
    for (; end < accesses_.size(); ++end) {
      const Access& access = accesses_[end];
      if (access.place.memory != first.place.memory || access.place.offset >= reach) break;
      reach = std::max(reach, access.place.offset + access.bytes);
      fits &= access.is_scalar && access.place == first.place;
      has_widths |= access.bytes != first.bytes;
    }
    const size_t num_cells = cells_.size();
    for (size_t i = begin; i < end && fits; ++i) {
      const Access& access = accesses_[i];
      if (i == begin || access.bytes != cells_.back().width) {
        fits = !has_widths || access.is_written;
        cells_.push_back({.slot = access.slot,
                          .place = access.place,
                          .width = static_cast<int>(access.bytes),
                          .local = a_.AddLocal(WasmType::kV128),
                          .is_temporary = has_widths});
      }
      cells_.back().is_written |= access.is_written;
    }
    while (!fits && cells_.size() > num_cells) cells_.pop_back();
  }
}

const Trips::Cell* Trips::CellOf(uint32_t slot, int64_t offset, int64_t width) const {
  const SlotPlace place = PlaceOf(slot, offset);
  const auto it = std::lower_bound(
      cells_.begin(), cells_.end(), place, [&](const Cell& cell, const SlotPlace& at) {
        return cell.place < at || (cell.place == at && cell.width < width);
      });
  return it != cells_.end() && it->place == place && it->width == width ? &*it : nullptr;
}

// From an address to all lanes.
void Trips::LoadScalar(int64_t width, uint32_t offset) {
  a_.Access(ScalarOpsOf(SignedLane(static_cast<int>(width))).load_splat, offset);
}

void Trips::StoreScalar(int64_t width) {
  a_.AccessLane(ScalarOpsOf(SignedLane(static_cast<int>(width))).store_lane, 0, 0);
}

// A scalar in all lanes, from where it is.
void Trips::GetScalar(uint32_t slot, uint32_t offset, int64_t width) {
  if (const Cell* cell = CellOf(slot, offset, width)) {
    a_.Get(cell->local);
  } else {
    GetAddress(slot);
    LoadScalar(width, offset);
  }
}

void Trips::GetAddress(uint32_t slot) {
  a_.Get(kArgs);
  a_.Access(Op::kI32Load, 4 * slot);
}

void Trips::ReadCells() {
  for (const Cell& cell : cells_) {
    if (cell.is_temporary) continue;
    GetAddress(cell.slot);
    LoadScalar(cell.width, 0);
    a_.Set(cell.local);
  }
}

void Trips::WriteCells() {
  for (const Cell& cell : cells_) {
    if (cell.is_temporary || !cell.is_written) continue;
    GetAddress(cell.slot);
    a_.Get(cell.local);
    StoreScalar(cell.width);
  }
}

void Trips::PrepareLoops() {
  for (const std::unique_ptr<Loop>& loop : loops_) {
    std::vector<uint32_t> cells;
    for (size_t k = 0; k < loop->slots.size(); ++k) {
      const size_t num_inputs = loop->nest.inputs.size();
      const ElementType element =
          k < num_inputs ? loop->nest.inputs[k].element : loop->nest.outputs[k - num_inputs];
      const Cell* cell =
          FitsCell(element) ? CellOf(loop->slots[k], 0, ByteWidth(element)) : nullptr;
      cells.push_back(cell ? cell->local : 0);
    }
    if (loop->map) loop->map->Prepare(loop->slots, cells);
    if (loop->fold) loop->fold->Prepare(loop->slots, cells);
    if (loop->run_fold) loop->run_fold->Prepare(loop->slots, cells);
  }
}

}  // namespace webhlo::jit
