// SPDX-License-Identifier: Apache-2.0
#include "core/jit/fold_loop.h"

#include <algorithm>
#include <array>
#include <vector>

namespace webhlo::jit {

void FoldLoop::WriteFold(int vectors, int lanes) {
  const size_t n = results_.size();
  LoadAccumulators(vectors, lanes);
  for (size_t k = n; k < inputs_.size(); ++k) {
    a_.Get(inputs_[k].row);
    a_.Set(inputs_[k].current);
  }
  a_.Get(count_);
  a_.Set(step_);
  a_.Loop();
  WriteBody(vectors, lanes);
  SetAccumulators(vectors, lanes);
  FreeOutputs(vectors);
  for (size_t k = n; k < inputs_.size(); ++k) {
    AddTo(inputs_[k].current, stride_ * inputs_[k].width);
  }
  AddTo(step_, -1);
  a_.Get(step_);
  a_.BranchIf(0);
  a_.End();
}

void FoldLoop::WriteLoop(int vectors, int lanes) {
  const int elements = vectors * lanes;
  WriteWhile(left_, elements, [&] {
    WriteFold(vectors, lanes);
    Store(vectors, lanes);
    FreeAccumulators(vectors, lanes);
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
  WriteFold(1, kElements);
  StoreTail(left_);
  FreeAccumulators(1, kElements);
  a_.End();
}

void FoldLoop::WriteLoops() {
  WriteInvariants();
  const int vectors = Vectors();
  WriteLoop(vectors, kElements);
  if (vectors > 1) WriteLoop(1, kElements);
  if (reads_far_) {
    WriteLoop(1, 1);
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
  WriteFold(1, 1);
  Store(1, 1);
  FreeAccumulators(1, 1);
}

void RunFoldLoop::Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells) {
  LoadPointers(slots, cells);
  left_ = a_.AddLocal(I);
  step_ = a_.AddLocal(I);
  WriteConstants();
  for (std::vector<Registers>& of_vector : accumulators_) {
    of_vector.assign(2, {});
    for (Registers& registers : of_vector) {
      for (uint32_t& local : registers) local = a_.AddLocal(WasmType::kV128);
    }
  }
}

void RunFoldLoop::Load(size_t input, size_t as, int vector, int at, int lanes) {
  for (int r = 0; r < AccumulatorRegisters(as, lanes); ++r) {
    WriteLoad(input, 0, at + 2 * r, lanes);
    a_.Set(accumulators_[static_cast<size_t>(vector)][as][static_cast<size_t>(r)]);
  }
}

void RunFoldLoop::Combine(int vectors, int lanes) {
  WriteBody(vectors, lanes);
  for (int v = 0; v < vectors; ++v) {
    for (int r = 0; r < AccumulatorRegisters(kInitial, lanes); ++r) {
      GetArg(outputs_[0], v, r);
      a_.Set(accumulators_[static_cast<size_t>(v)][kInitial][static_cast<size_t>(r)]);
    }
  }
  FreeOutputs(vectors);
}

// Of the first vector: into one another, so that all are the same.
void RunFoldLoop::CombineLanes() {
  const Registers& own = accumulators_[0][kInitial];
  const uint32_t other = accumulators_[0][kElement][0];
  const auto swap = [&](const std::array<uint8_t, 4>& words) {
    a_.Get(own[0]);
    a_.Get(own[0]);
    a_.Shuffle(words);
    a_.Set(other);
    Combine(1, 1);
  };
  const bool is_wide = AccumulatorRegisters(kInitial, kElements) == 2;
  if (is_wide) {
    a_.Get(own[1]);
    a_.Set(other);
    Combine(1, 1);
  }
  swap({2, 3, 0, 1});
  if (!is_wide) swap({1, 0, 3, 2});
}

// Some elements at a time into as many accumulators, these into one; then what is left, and the
// initial value.
void RunFoldLoop::WriteRun(int64_t count) {
  const Pointer& elements = inputs_[kElement];
  const int lanes = count < kElements ? 1 : kElements;
  const int vectors = static_cast<int>(std::clamp<int64_t>(count / kElements, 1, kMaxVectors));
  const int at_once = vectors * lanes;
  for (int v = 0; v < vectors; ++v) Load(kElement, kInitial, v, v * kElements, lanes);
  const int64_t steps = lanes == 1 ? 1 : count / at_once;
  if (steps > 1) {
    a_.I32(static_cast<int32_t>(steps - 1));
    a_.Set(step_);
    a_.Loop();
    AddTo(elements.current, elements.width * at_once);
    for (int v = 0; v < vectors; ++v) Load(kElement, kElement, v, v * kElements, lanes);
    Combine(vectors, lanes);
    AddTo(step_, -1);
    a_.Get(step_);
    a_.BranchIf(0);
    a_.End();
  }
  for (int v = 1; v < vectors; ++v) {
    for (int r = 0; r < AccumulatorRegisters(kInitial, lanes); ++r) {
      a_.Get(accumulators_[static_cast<size_t>(v)][kInitial][static_cast<size_t>(r)]);
      a_.Set(accumulators_[0][kElement][static_cast<size_t>(r)]);
    }
    Combine(1, lanes);
  }
  int at = at_once;  // From where `current` is.
  const int end = static_cast<int>(count - (steps - 1) * at_once);
  for (; lanes > 1 && at + kElements <= end; at += kElements) {
    Load(kElement, kElement, 0, at, kElements);
    Combine(1, kElements);
  }
  if (lanes > 1) CombineLanes();
  for (; at < end; ++at) {
    Load(kElement, kElement, 0, at, 1);
    Combine(1, 1);
  }
  Load(kInitial, kElement, 0, 0, 1);
  Combine(1, 1);
  Store(1, 1);
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
