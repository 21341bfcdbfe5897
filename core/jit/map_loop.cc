// SPDX-License-Identifier: Apache-2.0
#include "core/jit/map_loop.h"

namespace webhlo::jit {

void MapLoop::Advance(int elements) {
  for (const Pointer& pointer : inputs_) AddTo(pointer.current, pointer.inner * elements);
  for (const Pointer& pointer : results_) AddTo(pointer.current, pointer.inner * elements);
}

void MapLoop::WriteLoop(int elements) {
  WriteWhile(left_, elements, [&] {
    WriteBody(elements);
    Store(elements);
    FreeOutputs(elements);
    Advance(elements);
  });
}

// One to three elements at the end: four are computed, only these are stored. `count` is how many,
// or -1: as `left` says (it may be none).
void MapLoop::WriteTail(int64_t count) {
  if (count < 0) {
    a_.Get(left_);
    a_.If();
  }
  WriteBody(kFew);
  if (count >= 0) {
    Store(static_cast<int>(count));
  } else {
    StoreTail(left_);
    a_.End();
  }
  FreeOutputs(kFew);
}

// The inner loop: `count` elements, or -1: as `left` says.
void MapLoop::WriteInner(int64_t count) {
  WriteInvariants();
  if (count >= 0) {
    a_.I32(static_cast<int32_t>(count));
    a_.Set(left_);
  }
  ForEachTurn(MostElements(), [&](int elements) {
    if (count < 0 || count >= elements) WriteLoop(elements);
    if (count >= 0) count %= elements;
  });
  if (count == 0) return;
  if (reads_far_) {
    // A whole vector would read far past the end.
    WriteLoop(1);
  } else {
    WriteTail(count);
  }
}

void MapLoop::WriteRows() {
  const size_t outer = nest_.sizes.size() - 1;
  // Indices of row `begin`, and where the operands' rows begin.
  for (size_t d = 0; d < outer; ++d) index_.push_back(a_.AddLocal(I));
  const uint32_t rest = a_.AddLocal(I);
  a_.Get(begin_);
  a_.Set(rest);
  for (size_t d = outer; d-- > 0;) {
    a_.Get(rest);
    if (d > 0) {
      a_.I32(static_cast<int32_t>(nest_.sizes[d]));
      a_.Do(Op::kI32RemU);
    }
    a_.Set(index_[d]);
    if (d > 0) {
      a_.Get(rest);
      a_.I32(static_cast<int32_t>(nest_.sizes[d]));
      a_.Do(Op::kI32DivU);
      a_.Set(rest);
    }
  }
  for (size_t k = 0; k < inputs_.size(); ++k) {
    for (size_t d = 0; d < outer; ++d) {
      const int64_t bytes = nest_.inputs[k].strides[d] * inputs_[k].width;
      if (bytes == 0) continue;
      a_.Get(inputs_[k].row);
      a_.Get(index_[d]);
      a_.I32(static_cast<int32_t>(bytes));
      a_.Do(Op::kI32Mul);
      a_.Do(Op::kI32Add);
      a_.Set(inputs_[k].row);
    }
  }
  for (const Pointer& pointer : results_) {
    a_.Get(pointer.row);
    a_.Get(begin_);
    a_.I32(static_cast<int32_t>(nest_.inner() * pointer.width));
    a_.Do(Op::kI32Mul);
    a_.Do(Op::kI32Add);
    a_.Set(pointer.row);
  }

  a_.Get(begin_);
  a_.Get(end_);
  a_.Do(Op::kI32LtU);
  a_.If();
  a_.Loop();
  PointAtRows();
  WriteInner(nest_.inner());
  // The next row: the innermost outer index counts, and carries.
  for (const Pointer& pointer : results_) AddTo(pointer.row, nest_.inner() * pointer.width);
  for (size_t d = outer; d-- > 0;) {
    for (size_t k = 0; k < inputs_.size(); ++k) {
      AddTo(inputs_[k].row, nest_.inputs[k].strides[d] * inputs_[k].width);
    }
    if (d == 0) break;
    AddTo(index_[d], 1);
    a_.Get(index_[d]);
    a_.I32(static_cast<int32_t>(nest_.sizes[d]));
    a_.Do(Op::kI32Eq);
    a_.If();
    a_.I32(0);
    a_.Set(index_[d]);
    for (size_t k = 0; k < inputs_.size(); ++k) {
      AddTo(inputs_[k].row, -nest_.inputs[k].strides[d] * nest_.sizes[d] * inputs_[k].width);
    }
  }
  for (size_t d = 1; d < outer; ++d) a_.End();
  AddTo(begin_, 1);
  a_.Get(begin_);
  a_.Get(end_);
  a_.Do(Op::kI32LtU);
  a_.BranchIf(0);
  a_.End();
  a_.End();
}

void MapLoop::Write() {
  LoadPointers();
  left_ = a_.AddLocal(I);
  WriteConstants();
  if (nest_.rows() > 1) {
    WriteRows();
    return;
  }
  PointAtBegin();
  a_.Get(kEnd);
  a_.Get(kBegin);
  a_.Do(Op::kI32Sub);
  a_.Set(left_);
  WriteInner(-1);
}

void MapLoop::Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells) {
  LoadPointers(slots, cells);
  left_ = a_.AddLocal(I);
  if (nest_.rows() > 1) {
    begin_ = a_.AddLocal(I);
    end_ = a_.AddLocal(I);
  }
  WriteConstants();
}

void MapLoop::WriteOnce() {
  if (nest_.rows() == 1) {
    PointAtRows();
    WriteInner(nest_.inner());
    return;
  }
  a_.I32(0);
  a_.Set(begin_);
  a_.I32(static_cast<int32_t>(nest_.rows()));
  a_.Set(end_);
  for (const std::vector<Pointer>* pointers : {&inputs_, &results_}) {
    for (const Pointer& pointer : *pointers) {
      if (pointer.cell == 0) LoadRow(pointer);
    }
  }
  WriteRows();
}

}  // namespace webhlo::jit
