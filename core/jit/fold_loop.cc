// SPDX-License-Identifier: Apache-2.0
#include "core/jit/fold_loop.h"

#include <algorithm>
#include <array>
#include <vector>

namespace webhlo::jit {

void FoldLoop::WriteFold(int elements) {
  const size_t n = results_.size();
  LoadAccumulators(elements);
  for (size_t k = n; k < inputs_.size(); ++k) {
    a_.Get(inputs_[k].row);
    a_.Set(inputs_[k].current);
  }
  a_.Get(count_);
  a_.Set(step_);
  a_.Loop();
  WriteBody(elements);
  SetAccumulators(elements);
  FreeOutputs(elements);
  for (size_t k = n; k < inputs_.size(); ++k) {
    AddTo(inputs_[k].current, stride_ * inputs_[k].width);
  }
  AddTo(step_, -1);
  a_.Get(step_);
  a_.BranchIf(0);
  a_.End();
}

void FoldLoop::WriteLoop(int elements) {
  WriteWhile(left_, elements, [&] {
    WriteFold(elements);
    Store(elements);
    FreeAccumulators(elements);
    for (size_t k = 0; k < inputs_.size(); ++k) {
      const bool is_accumulator = k < results_.size();
      AddTo(is_accumulator ? inputs_[k].current : inputs_[k].row, inputs_[k].inner * elements);
    }
    for (const Pointer& pointer : results_) AddTo(pointer.current, pointer.inner * elements);
  });
}

// One to three accumulators at the end, if any.
void FoldLoop::WriteTail() {
  a_.Get(left_);
  a_.If();
  WriteFold(kFew);
  StoreTail(left_);
  FreeAccumulators(kFew);
  a_.End();
}

void FoldLoop::WriteLoops() {
  WriteInvariants();
  ForEachTurn(MostElements(), [&](int elements) { WriteLoop(elements); });
  if (reads_far_) {
    WriteLoop(1);
  } else {
    WriteTail();
  }
}

void FoldLoop::Write() {
  Prepare({}, {});
  a_.Get(kArgs);
  a_.Access(Op::kI32Load, static_cast<uint32_t>(4 * (inputs_.size() + results_.size())));
  a_.Set(count_);
  PointAtBegin();
  for (size_t k = results_.size(); k < inputs_.size(); ++k) {
    a_.Get(inputs_[k].current);
    a_.Set(inputs_[k].row);
  }
  a_.Get(kEnd);
  a_.Get(kBegin);
  a_.Do(Op::kI32Sub);
  a_.Set(left_);
  WriteLoops();
}

void FoldLoop::Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells) {
  LoadPointers(slots, cells);
  left_ = a_.AddLocal(I);
  count_ = a_.AddLocal(I);
  step_ = a_.AddLocal(I);
  WriteConstants();
}

void FoldLoop::WriteOnce(int64_t count) {
  a_.I32(static_cast<int32_t>(count));
  a_.Set(count_);
  for (size_t k = results_.size(); k < inputs_.size(); ++k) LoadRow(inputs_[k]);
  PointAtRows();
  if (nest_.inner() > 1) {
    a_.I32(static_cast<int32_t>(nest_.inner()));
    a_.Set(left_);
    WriteLoops();
    return;
  }
  // A scalar is in all lanes.
  WriteInvariants();
  WriteFold(1);
  Store(1);
  FreeAccumulators(1);
}

void RunFoldLoop::Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells) {
  LoadPointers(slots, cells);
  left_ = a_.AddLocal(I);
  step_ = a_.AddLocal(I);
  WriteConstants();
  accumulators_.assign(2, {});
  for (Registers& registers : accumulators_) {
    for (uint32_t& local : registers) local = a_.AddLocal(WasmType::kV128);
  }
}

void RunFoldLoop::Load(size_t input, size_t as, int at, int elements) {
  const int width = WidthOfPart(as);
  for (int r = 0; r < NumRegisters(elements, width); ++r) {
    WriteLoad(input, 0, at + r * (16 / width), elements);
    a_.Set(accumulators_[as][static_cast<size_t>(r)]);
  }
}

void RunFoldLoop::Combine(int elements) {
  WriteBody(elements);
  for (int r = 0; r < NumRegisters(elements, WidthOfPart(kInitial)); ++r) {
    GetArg(outputs_[0], r);
    a_.Set(accumulators_[kInitial][static_cast<size_t>(r)]);
  }
  FreeOutputs(elements);
}

// Accumulators into one another, halves first, until all lanes of the first register are the same.
void RunFoldLoop::CombineAll(int elements) {
  const Registers &own = accumulators_[kInitial], &other = accumulators_[kElement];
  const int width = WidthOfPart(kInitial);
  for (; elements * width > 16; elements /= 2) {
    const auto half = static_cast<size_t>(NumRegisters(elements, width)) / 2;
    for (size_t r = 0; r < half; ++r) {
      a_.Get(own[half + r]);
      a_.Set(other[r]);
    }
    Combine(elements / 2);
  }
  for (int bytes = 8; bytes >= width; bytes /= 2) {
    std::array<uint8_t, 16> turned;
    for (size_t i = 0; i < turned.size(); ++i) turned[i] = static_cast<uint8_t>(i) ^ bytes;
    a_.Get(own[0]);
    a_.Get(own[0]);
    a_.ShuffleBytes(turned);
    a_.Set(other[0]);
    Combine(1);
  }
}

// Some elements at a time into as many accumulators, these into one; then what is left, and the
// initial value.
void RunFoldLoop::WriteRun(int64_t count) {
  const Pointer& elements = inputs_[kElement];
  // A power of two that fills registers, or one.
  int at_once = kMany;
  while (at_once > count && at_once > 1) at_once /= 2;
  if (at_once * elements.width < 16) at_once = 1;
  Load(kElement, kInitial, 0, at_once);
  const int64_t steps = at_once == 1 ? 1 : count / at_once;
  if (steps > 1) {
    a_.I32(static_cast<int32_t>(steps - 1));
    a_.Set(step_);
    a_.Loop();
    AddTo(elements.current, elements.width * at_once);
    Load(kElement, kElement, 0, at_once);
    Combine(at_once);
    AddTo(step_, -1);
    a_.Get(step_);
    a_.BranchIf(0);
    a_.End();
  }
  int at = at_once;  // From where `current` is.
  const int end = static_cast<int>(count - (steps - 1) * at_once);
  for (int few = at_once / 2; few * elements.width >= 16; few /= 2) {
    if (end - at < few) continue;
    Load(kElement, kElement, at, few);
    Combine(few);
    at += few;
  }
  if (at_once > 1) CombineAll(at_once);
  for (; at < end; ++at) {
    Load(kElement, kElement, at, 1);
    Combine(1);
  }
  Load(kInitial, kElement, 0, 1);
  Combine(1);
  Store(1);
  AddTo(elements.current, elements.width * end);
}

void RunFoldLoop::WriteOnce(int64_t count) {
  PointAtRows();
  WriteInvariants();
  if (nest_.inner() == 1) {
    WriteRun(count);
    return;
  }
  a_.I32(static_cast<int32_t>(nest_.inner()));
  a_.Set(left_);
  a_.Loop();
  WriteRun(count);
  AddTo(results_[0].current, results_[0].inner);
  AddTo(left_, -1);
  a_.Get(left_);
  a_.BranchIf(0);
  a_.End();
}

}  // namespace webhlo::jit
