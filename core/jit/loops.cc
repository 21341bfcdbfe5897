// SPDX-License-Identifier: Apache-2.0
#include "core/jit/loops.h"

#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/jit/vector_writer.h"

namespace webhlo::jit {
namespace {

class MapLoop : public VectorWriter {
 public:
  MapLoop(const Record& record, const LoopNest& nest, std::span<const uint32_t> outputs)
      : VectorWriter(record, nest, outputs, 0) {}

  void Write();

 private:
  void WriteRows();
  void WriteInner(int64_t count);  // -1: as many as the local `left_` says.
  void WriteLoop(int vectors, int lanes);
  void WriteTail(int64_t count);
  void Advance(int elements);

  std::vector<uint32_t> index_;  // Locals: the outer loops' indices.
  uint32_t left_ = 0;            // Local: elements of the inner loop still to do.
};

void MapLoop::Advance(int elements) {
  for (const Pointer& pointer : inputs_) AddTo(pointer.current, pointer.inner * elements);
  for (const Pointer& pointer : results_) AddTo(pointer.current, pointer.inner * elements);
}

void MapLoop::WriteLoop(int vectors, int lanes) {
  WriteWhile(left_, vectors * lanes, [&] {
    WriteBody(vectors, lanes);
    Store(vectors, lanes);
    FreeOutputs(vectors);
    Advance(vectors * lanes);
  });
}

// One to three elements at the end: whole vectors are computed, only these are stored. `count` is
// how many, or -1: as `left` says (it may be none).
void MapLoop::WriteTail(int64_t count) {
  if (count < 0) {
    a_.Get(left_);
    a_.If();
  }
  WriteBody(1, kElements);
  if (count >= 0) {
    Store(1, static_cast<int>(count));
  } else {
    StoreTail(left_);
    a_.End();
  }
  FreeOutputs(1);
}

// The inner loop: `count` elements, or -1: as `left` says.
void MapLoop::WriteInner(int64_t count) {
  WriteInvariants();
  const int vectors = Vectors();
  const int main = vectors * kElements;
  if (count >= 0) {
    a_.I32(static_cast<int32_t>(count));
    a_.Set(left_);
  }
  const int64_t rest = count < 0 ? -1 : count % main;
  if (count < 0 || count >= main) WriteLoop(vectors, kElements);
  if (vectors > 1 && (rest < 0 || rest >= kElements)) WriteLoop(1, kElements);
  const int64_t tail = rest < 0 ? -1 : rest % kElements;
  if (tail == 0) return;
  if (strided_) {
    // A whole vector would read far past the end.
    WriteLoop(1, 1);
  } else {
    WriteTail(tail);
  }
}

void MapLoop::WriteRows() {
  const size_t outer = nest_.sizes.size() - 1;
  // Indices of row `begin`, and where the operands' rows begin.
  for (size_t d = 0; d < outer; ++d) index_.push_back(a_.AddLocal(I));
  const uint32_t rest = a_.AddLocal(I);
  a_.Get(kBegin);
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
    a_.Get(kBegin);
    a_.I32(static_cast<int32_t>(nest_.inner() * pointer.width));
    a_.Do(Op::kI32Mul);
    a_.Do(Op::kI32Add);
    a_.Set(pointer.row);
  }

  a_.Get(kBegin);
  a_.Get(kEnd);
  a_.Do(Op::kI32LtU);
  a_.If();
  a_.Loop();
  for (const std::vector<Pointer>* pointers : {&inputs_, &results_}) {
    for (const Pointer& pointer : *pointers) {
      if (pointer.inner == 0) continue;
      a_.Get(pointer.row);
      a_.Set(pointer.current);
    }
  }
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
  AddTo(kBegin, 1);
  a_.Get(kBegin);
  a_.Get(kEnd);
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

// The nest's inputs are the accumulators, then the elements; its one loop is over accumulators.
class FoldLoop : public VectorWriter {
 public:
  FoldLoop(const Record& record, const LoopNest& nest, int64_t stride,
           std::span<const uint32_t> outputs)
      : VectorWriter(record, nest, outputs, static_cast<uint32_t>(outputs.size())),
        stride_(stride) {}

  void Write();

 private:
  void WriteLoop(int vectors, int lanes);
  void WriteTail();
  // Loads accumulators and folds the elements into them.
  void WriteFold(int vectors, int lanes);

  const int64_t stride_;  // Of the fold, in elements.
  uint32_t left_ = 0;     // Local: accumulators still to do.
  uint32_t count_ = 0;    // Local: elements of each.
  uint32_t step_ = 0;     // Local: those still to do.
};

void FoldLoop::WriteFold(int vectors, int lanes) {
  const size_t n = outputs_.size();
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
      const bool is_accumulator = k < outputs_.size();
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

void FoldLoop::Write() {
  LoadPointers();
  left_ = a_.AddLocal(I);
  count_ = a_.AddLocal(I);
  step_ = a_.AddLocal(I);
  a_.Get(kArgs);
  a_.Access(Op::kI32Load, static_cast<uint32_t>(4 * (inputs_.size() + results_.size())));
  a_.Set(count_);
  WriteConstants();
  PointAtBegin();
  for (size_t k = outputs_.size(); k < inputs_.size(); ++k) {
    a_.Get(inputs_[k].current);
    a_.Set(inputs_[k].row);
  }
  a_.Get(kEnd);
  a_.Get(kBegin);
  a_.Do(Op::kI32Sub);
  a_.Set(left_);
  WriteInvariants();
  const int vectors = Vectors();
  WriteLoop(vectors, kElements);
  if (vectors > 1) WriteLoop(1, kElements);
  if (strided_) {
    WriteLoop(1, 1);
  } else {
    WriteTail();
  }
}

}  // namespace

bool FitsLoops(const LoopNest& nest) {
  constexpr int64_t kMaxElements = INT32_MAX / 8;
  if (nest.rows() > kMaxElements || nest.inner() > kMaxElements) return false;
  for (const LoopOperand& input : nest.inputs) {
    for (int64_t stride : input.strides) {
      if (stride < 0 || stride > kMaxElements / 16) return false;
    }
  }
  return true;
}

namespace {

std::vector<uint32_t> Encoded(Record& record, std::span<const LaneValue> outputs) {
  std::vector<uint32_t> encoded;
  for (LaneValue v : outputs) encoded.push_back(Speaker(record, v.element()).Encoded(v).id());
  return encoded;
}

template <class Loop>
std::optional<JitTemplate> AddFunction(Record& record, Loop loop, const std::string& name) {
  loop.Write();
  const std::optional<uint32_t> number = record.module().AddFunction(name, loop.TakeCode());
  if (!number) return std::nullopt;
  return JitTemplate{*number, loop.TakeConstants(), loop.TakeParameters()};
}

}  // namespace

std::optional<JitTemplate> EmitMap(Record& record, const LoopNest& nest,
                                   std::span<const LaneValue> outputs, const std::string& name) {
  WEBHLO_CHECK(FitsLoops(nest));
  const std::vector<uint32_t> encoded = Encoded(record, outputs);
  return AddFunction(record, MapLoop(record, nest, encoded), name);
}

std::optional<JitTemplate> EmitFold(Record& record, const LoopNest& nest, int64_t stride,
                                    std::span<const LaneValue> outputs, const std::string& name) {
  WEBHLO_CHECK(FitsLoops(nest));
  const std::vector<uint32_t> encoded = Encoded(record, outputs);
  return AddFunction(record, FoldLoop(record, nest, stride, encoded), name);
}

}  // namespace webhlo::jit
