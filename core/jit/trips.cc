// SPDX-License-Identifier: Apache-2.0
#include "core/jit/trips.h"

#include <utility>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/jit/loops.h"
#include "core/jit/lowering.h"

namespace webhlo::jit {

Record& Trips::NewRecord() {
  loops_.emplace_back(
      new Loop{Record(module_), {}, {}, {}, 0, std::nullopt, std::nullopt, std::nullopt});
  return loops_.back()->record;
}

void Trips::AddLoop(LoopNest nest, std::span<const LaneValue> outputs,
                    std::span<const uint32_t> slots) {
  WEBHLO_CHECK(FitsLoops(nest));
  Loop& loop = *loops_.back();
  loop.nest = std::move(nest);
  loop.outputs = Encoded(loop.record, outputs);
  loop.slots.assign(slots.begin(), slots.end());
  Step& step = steps_.emplace_back();
  step.kind = Kind::kLoop;
  step.loop = &loop;
}

void Trips::AddMap(LoopNest nest, int64_t cost, std::span<const LaneValue> outputs,
                   std::span<const uint32_t> slots) {
  cost_ += cost;
  AddLoop(std::move(nest), outputs, slots);
  Loop& loop = *loops_.back();
  for (size_t k = 0; k < loop.nest.inputs.size(); ++k) {
    AddInput(slots[k], loop.nest, loop.nest.inputs[k], 0);
  }
  AddOutputs(loop);
  loop.map.emplace(loop.record, loop.nest, loop.outputs, &code_);
}

void Trips::AddFold(LoopNest nest, int64_t cost, int64_t stride, int64_t count, bool any_order,
                    std::span<const LaneValue> outputs, std::span<const uint32_t> slots) {
  cost_ += cost;
  AddLoop(std::move(nest), outputs, slots);
  Loop& loop = *loops_.back();
  loop.count = count;
  for (size_t k = 0; k < loop.nest.inputs.size(); ++k) {
    AddInput(slots[k], loop.nest, loop.nest.inputs[k],
             k < outputs.size() ? 0 : (count - 1) * stride + 1);
  }
  AddOutputs(loop);
  if (any_order && stride == 1 && outputs.size() == 1 && !IsComplex(loop.nest.outputs[0])) {
    loop.nest.inputs[1].strides = {1};
    loop.run_fold.emplace(loop.record, loop.nest, loop.outputs, &code_);
  } else {
    loop.fold.emplace(loop.record, loop.nest, stride, loop.outputs, &code_);
  }
}

bool Trips::AddMove(WindowMove move) {
  if (move.bytes > kMaxBytes) return false;
  cost_ += 2 * move.bytes;
  int64_t reach = move.bytes;
  for (const WindowMove::Start& start : move.starts) {
    if (start.element != ElementType::kI32 && !start.is_wide()) return false;
    // An offset of 32 bits, as no tensor reaches 2 GiB.
    WEBHLO_CHECK(start.last >= 0 && start.last * start.stride < INT32_MAX);
    reach += start.last * start.stride;
    AddAccess(start.slot, start.is_wide() ? 8 : 4, true, false, start.offset);
  }
  const bool is_scalar = move.bytes == 1 || move.bytes == 2 || move.bytes == 4 || move.bytes == 8;
  for (const bool is_target : {false, true}) {
    const uint32_t slot = is_target ? move.to : move.from;
    const bool is_window = !move.starts.empty() && move.replaces == is_target;
    AddAccess(slot, is_window ? reach : move.bytes, is_scalar && !is_window, is_target);
  }
  Step& step = steps_.emplace_back();
  step.kind = Kind::kMove;
  step.move = std::move(move);
  return true;
}

bool Trips::AddTargets(Kind kind, std::vector<uint32_t> targets, uint32_t slot) {
  for (uint32_t target : targets) {
    if (target <= Next() && target >= first_) return false;
  }
  Step& step = steps_.emplace_back();
  step.kind = kind;
  step.slot = slot;
  step.targets = std::move(targets);
  return true;
}

bool Trips::AddJump(uint32_t target) { return AddTargets(Kind::kJump, {target}, 0); }

bool Trips::AddJumpUnless(uint32_t target, uint32_t condition) {
  AddAccess(condition, 1, true, false);
  return AddTargets(Kind::kJumpUnless, {target}, condition);
}

bool Trips::AddSwitch(std::vector<uint32_t> targets, uint32_t index) {
  AddAccess(index, 4, true, false);
  return AddTargets(Kind::kSwitch, std::move(targets), index);
}

void Trips::WriteStep(const Step& step) {
  switch (step.kind) {
    case Kind::kLoop:
      if (step.loop->map) step.loop->map->WriteOnce();
      if (step.loop->fold) step.loop->fold->WriteOnce(step.loop->count);
      if (step.loop->run_fold) step.loop->run_fold->WriteOnce(step.loop->count);
      return;
    case Kind::kMove:
      WriteMove(step.move);
      return;
    case Kind::kJump:
      WriteBranch(step.targets[0]);
      return;
    case Kind::kJumpUnless:
      GetScalar(step.slot, 0, 1);
      a_.Lane(Op::kI32x4ExtractLane, 0);
      a_.Do(Op::kI32Eqz);
      WriteBranchIf(step.targets[0]);
      return;
    case Kind::kSwitch:
      for (uint32_t k = 0; k + 1 < step.targets.size(); ++k) {
        GetScalar(step.slot, 0, 4);
        a_.Lane(Op::kI32x4ExtractLane, 0);
        a_.I32(static_cast<int32_t>(k));
        a_.Do(Op::kI32Eq);
        WriteBranchIf(step.targets[k]);
      }
      WriteBranch(step.targets.back());
      return;
  }
}

// Whether the loop has a jump to that step.
bool Trips::IsTarget(uint32_t step) const {
  for (const Step& from : steps_) {
    for (uint32_t target : from.targets) {
      if (target == step) return true;
    }
  }
  return false;
}

// The step to go on with.
void Trips::Leave(uint32_t step) {
  a_.Get(kExit);
  a_.I32(static_cast<int32_t>(step));
  a_.Access(Op::kI32Store, 0);
}

// Blocks from the outside: all of the loop; the loop; one for each target in it, the last one
// first.
void Trips::WriteBranch(uint32_t target) {
  if (target < first_ || target > back_) {
    Leave(target);
    a_.Branch(static_cast<uint32_t>(open_.size()) + 1);
    return;
  }
  uint32_t depth = 0;
  while (open_[open_.size() - 1 - depth] != target) ++depth;
  a_.Branch(depth);
}

void Trips::WriteBranchIf(uint32_t target) {
  a_.If();
  open_.push_back(kNoTarget);
  WriteBranch(target);
  open_.pop_back();
  a_.End();
}

void Trips::GetStart(const WindowMove::Start& start) {
  GetScalar(start.slot, start.offset, start.is_wide() ? 8 : 4);
}

// Leaves the block if the start is out of range: if it is larger, taken as unsigned.
void Trips::StayAway(const WindowMove::Start& start) {
  a_.I32(static_cast<int32_t>(start.last));
  GetStart(start);
  a_.Lane(Op::kI32x4ExtractLane, 0);
  a_.Do(Op::kI32LtU);
  a_.BranchIf(0);
  if (!start.is_wide()) return;
  GetStart(start);
  a_.Lane(Op::kI32x4ExtractLane, 1);
  a_.BranchIf(0);
}

// Adds the clamped start to what is on the stack.
void Trips::WriteStart(const WindowMove::Start& start) {
  const auto splat = [&](int64_t value) {
    a_.I32(static_cast<int32_t>(value));
    a_.Do(Op::kI32x4Splat);
    if (start.is_wide()) a_.Do(Op::kI64x2ExtendLowI32x4S);
  };
  GetStart(start);
  if (start.is_wide()) {
    // bound < v ? bound : v, from above and from below.
    a_.Set(vector_);
    splat(start.last);
    a_.Get(vector_);
    splat(start.last);
    a_.Get(vector_);
    a_.Do(Op::kI64x2LtS);
    a_.Do(Op::kV128Bitselect);
    a_.Set(vector_);
    splat(0);
    a_.Get(vector_);
    a_.Get(vector_);
    splat(0);
    a_.Do(Op::kI64x2LtS);
    a_.Do(Op::kV128Bitselect);
  } else {
    splat(0);
    a_.Do(Op::kI32x4MaxS);
    splat(start.last);
    a_.Do(Op::kI32x4MinS);
  }
  a_.Lane(Op::kI32x4ExtractLane, 0);
  a_.I32(static_cast<int32_t>(start.stride));
  a_.Do(Op::kI32Mul);
  a_.Do(Op::kI32Add);
}

void Trips::WriteMove(const WindowMove& move) {
  if (move.stays_away) {
    a_.Block();
    for (const WindowMove::Start& start : move.starts) StayAway(start);
  }
  const Cell* cells[2];  // Of source and target, if they are scalars.
  for (const bool is_target : {false, true}) {
    const uint32_t slot = is_target ? move.to : move.from;
    const bool is_window = !move.starts.empty() && move.replaces == is_target;
    cells[is_target] = is_window ? nullptr : CellOf(slot, 0, move.bytes);
    if (cells[is_target]) continue;
    GetAddress(slot);
    if (is_window) {
      for (const WindowMove::Start& start : move.starts) WriteStart(start);
    }
    a_.Set(is_target ? to_ : from_);
  }
  if (cells[0] || cells[1]) {
    WriteScalarMove(cells[0], cells[1], move.bytes);
  } else {
    WriteBytes(move.bytes);
  }
  if (move.stays_away) a_.End();
}

void Trips::WriteScalarMove(const Cell* from, const Cell* to, int64_t width) {
  if (!to) a_.Get(to_);
  if (from) {
    a_.Get(from->local);
  } else {
    a_.Get(from_);
    LoadScalar(width, 0);
  }
  if (to) {
    a_.Set(to->local);
  } else {
    StoreScalar(width);
  }
}

void Trips::WriteBytes(int64_t bytes) {
  constexpr int64_t kMaxUnrolled = 256;
  if (bytes > kMaxUnrolled) {
    a_.I32(static_cast<int32_t>(bytes / 16));
    a_.Set(left_);
    a_.Loop();
    a_.Get(to_);
    a_.Get(from_);
    a_.Access(Op::kV128Load, 0);
    a_.Access(Op::kV128Store, 0);
    for (const auto& [local, step] : {std::pair(to_, 16), std::pair(from_, 16), {left_, -1}}) {
      a_.Get(local);
      a_.I32(step);
      a_.Do(Op::kI32Add);
      a_.Set(local);
    }
    a_.Get(left_);
    a_.BranchIf(0);
    a_.End();
    bytes %= 16;
  }
  uint32_t at = 0;
  for (uint32_t unit : {16, 8, 4, 2, 1}) {
    for (; at + unit <= static_cast<uint64_t>(bytes); at += unit) {
      a_.Get(to_);
      a_.Get(from_);
      if (unit == 16) {
        a_.Access(Op::kV128Load, at);
        a_.Access(Op::kV128Store, at);
      } else {
        const ScalarOps& ops = ScalarOpsOf(SignedLane(static_cast<int>(unit)));
        a_.Access(ops.load_splat, at);
        a_.AccessLane(ops.store_lane, at, 0);
      }
    }
  }
}

std::optional<JitFunction> Trips::Finish() {
  WEBHLO_CHECK(Next() == back_);
  from_ = a_.AddLocal(WasmType::kI32);
  to_ = a_.AddLocal(WasmType::kI32);
  left_ = a_.AddLocal(WasmType::kI32);
  vector_ = a_.AddLocal(WasmType::kV128);
  FindCells();
  PrepareLoops();
  ReadCells();
  for (uint32_t i = back_; i > first_; --i) {
    if (IsTarget(i)) open_.push_back(i);
    const Kind before = steps_[i - first_ - 1].kind;
    // Nobody would come there.
    if ((before == Kind::kJump || before == Kind::kSwitch) && !IsTarget(i)) return std::nullopt;
  }

  a_.Block();
  a_.Loop();
  for (size_t i = open_.size(); i > 0; --i) a_.Block();
  for (uint32_t i = 0; i <= steps_.size(); ++i) {
    if (!open_.empty() && open_.back() == first_ + i) {
      open_.pop_back();
      a_.End();
    }
    if (i < steps_.size()) WriteStep(steps_[i]);
  }
  a_.Get(kMost);
  a_.I32(1);
  a_.Do(Op::kI32Sub);
  a_.Set(kMost);
  a_.Get(kMost);
  a_.BranchIf(0);
  a_.End();
  Leave(first_);
  a_.End();
  WriteCells();
  a_.Get(kExit);
  a_.Get(kMost);
  a_.Access(Op::kI32Store, 4);

  const std::optional<uint32_t> number =
      module_->AddFunction(StrCat("trips ", first_, " to ", back_), std::move(code_.assembler));
  if (!number) return std::nullopt;
  return module_->Call({*number, std::move(code_.constants), {}}, {});
}

}  // namespace webhlo::jit
