// SPDX-License-Identifier: Apache-2.0
#include "core/jit/trips.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/jit/loops.h"

namespace webhlo::jit {

Record& Trips::NewRecord() { return *records_.emplace_back(std::make_unique<Record>(module_)); }

bool Trips::AddMap(Record& record, const LoopNest& nest, std::span<const LaneValue> outputs,
                   std::vector<uint32_t> slots) {
  if (nest.rows() != 1 || nest.inner() > kMaxElements) return false;
  WEBHLO_CHECK(FitsLoops(nest));
  Map& map = *maps_.emplace_back(std::make_unique<Map>());
  map.nest = nest;
  map.outputs = Encoded(record, outputs);
  map.loop = std::make_unique<MapLoop>(record, map.nest, map.outputs, &code_);
  map.loop->Prepare(slots);
  steps_.push_back({[loop = map.loop.get()] { loop->WriteOnce(); }, {}, false});
  return true;
}

bool Trips::AddMove(WindowMove move) {
  if (move.bytes > kMaxBytes) return false;
  for (const WindowMove::Start& start : move.starts) {
    // An offset of 32 bits, as no tensor reaches 2 GiB.
    WEBHLO_CHECK(start.last >= 0 && start.last * start.stride < INT32_MAX);
  }
  steps_.push_back({[this, move = std::move(move)] { WriteMove(move); }, {}, false});
  return true;
}

bool Trips::AddJump(uint32_t target, std::optional<uint32_t> unless) {
  // Behind it in the loop, or out of it.
  if (target <= Next() && target >= first_) return false;
  const auto write = [this, target, unless] {
    if (!unless) return WriteBranch(target);
    a_.Get(kArgs);
    a_.Access(Op::kI32Load, 4 * *unless);
    a_.Access(Op::kI32Load8U, 0);
    a_.Do(Op::kI32Eqz);
    WriteBranchIf(target);
  };
  steps_.push_back({write, {target}, !unless});
  return true;
}

bool Trips::AddSwitch(std::vector<uint32_t> targets, uint32_t index) {
  for (uint32_t target : targets) {
    if (target <= Next() && target >= first_) return false;
  }
  const auto write = [this, targets, index] {
    for (uint32_t k = 0; k + 1 < targets.size(); ++k) {
      a_.Get(kArgs);
      a_.Access(Op::kI32Load, 4 * index);
      a_.Access(Op::kI32Load, 0);
      a_.I32(static_cast<int32_t>(k));
      a_.Do(Op::kI32Eq);
      WriteBranchIf(targets[k]);
    }
    WriteBranch(targets.back());
  };
  steps_.push_back({write, targets, true});
  return true;
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

// Adds the clamped start to what is on the stack.
void Trips::WriteStart(const WindowMove::Start& start) {
  const auto splat = [&](int64_t value) {
    a_.I32(static_cast<int32_t>(value));
    a_.Do(Op::kI32x4Splat);
    if (start.is_wide) a_.Do(Op::kI64x2ExtendLowI32x4S);
  };
  a_.Get(kArgs);
  a_.Access(Op::kI32Load, 4 * start.slot);
  a_.Access(start.is_wide ? Op::kV128Load64Splat : Op::kV128Load32Splat, 0);
  if (start.is_wide) {
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
  for (const bool is_target : {false, true}) {
    a_.Get(kArgs);
    a_.Access(Op::kI32Load, 4 * (is_target ? move.to : move.from));
    if (move.replaces == is_target) {
      for (const WindowMove::Start& start : move.starts) WriteStart(start);
    }
    a_.Set(is_target ? to_ : from_);
  }
  uint32_t at = 0;
  for (const auto& [bytes, load, store] :
       {std::tuple(16u, Op::kV128Load, Op::kV128Store),
        std::tuple(8u, Op::kV128Load64Splat, Op::kV128Store64Lane),
        std::tuple(4u, Op::kV128Load32Splat, Op::kV128Store32Lane),
        std::tuple(2u, Op::kI32Load16U, Op::kV128Store16Lane),
        std::tuple(1u, Op::kI32Load8U, Op::kV128Store8Lane)}) {
    for (; at + bytes <= static_cast<uint64_t>(move.bytes); at += bytes) {
      a_.Get(to_);
      a_.Get(from_);
      a_.Access(load, at);
      if (bytes < 4) a_.Do(Op::kI32x4Splat);
      if (bytes == 16) {
        a_.Access(store, at);
      } else {
        a_.AccessLane(store, at, 0);
      }
    }
  }
}

std::optional<JitFunction> Trips::Finish() {
  WEBHLO_CHECK(Next() == back_);
  from_ = a_.AddLocal(WasmType::kI32);
  to_ = a_.AddLocal(WasmType::kI32);
  vector_ = a_.AddLocal(WasmType::kV128);
  for (const Step& step : steps_) {
    for (uint32_t target : step.targets) {
      if (target > first_ && target <= back_) open_.push_back(target);
    }
  }
  std::sort(open_.begin(), open_.end(), std::greater<>());
  open_.erase(std::unique(open_.begin(), open_.end()), open_.end());
  for (uint32_t i = 0; i < steps_.size(); ++i) {
    // Nobody comes there.
    if (steps_[i].never_goes_on &&
        std::find(open_.begin(), open_.end(), first_ + i + 1) == open_.end()) {
      return std::nullopt;
    }
  }

  a_.Block();
  a_.Loop();
  for (size_t i = open_.size(); i > 0; --i) a_.Block();
  for (uint32_t i = 0; i <= steps_.size(); ++i) {
    if (!open_.empty() && open_.back() == first_ + i) {
      open_.pop_back();
      a_.End();
    }
    if (i < steps_.size()) steps_[i].write();
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
  a_.Get(kExit);
  a_.Get(kMost);
  a_.Access(Op::kI32Store, 4);

  const std::optional<uint32_t> number =
      module_->AddFunction(StrCat("trips ", first_, " to ", back_), std::move(code_.assembler));
  if (!number) return std::nullopt;
  return module_->Call({*number, std::move(code_.constants), {}}, {});
}

}  // namespace webhlo::jit
