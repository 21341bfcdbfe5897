// SPDX-License-Identifier: Apache-2.0
#include "core/jit/loops.h"

#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/jit/map_loop.h"
#include "core/jit/vector_writer.h"

namespace webhlo::jit {
namespace {

// The nest's inputs are the accumulators, then the elements; its one loop is over accumulators.
class FoldLoop : public VectorWriter {
 public:
  FoldLoop(const Record& record, const LoopNest& nest, int64_t stride,
           std::span<const uint32_t> outputs, FunctionCode* code)
      : VectorWriter(record, nest, outputs, static_cast<uint32_t>(outputs.size()), code),
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

std::vector<uint32_t> Encoded(Record& record, std::span<const LaneValue> outputs) {
  std::vector<uint32_t> encoded;
  for (LaneValue v : outputs) encoded.push_back(Speaker(record, v.element()).Encoded(v).id());
  return encoded;
}

namespace {

std::optional<JitTemplate> AddFunction(Record& record, FunctionCode code,
                                       std::vector<uint32_t> parameters, const std::string& name) {
  const std::optional<uint32_t> number =
      record.module().AddFunction(name, std::move(code.assembler));
  if (!number) return std::nullopt;
  return JitTemplate{*number, std::move(code.constants), std::move(parameters)};
}

}  // namespace

std::optional<JitTemplate> EmitMap(Record& record, const LoopNest& nest,
                                   std::span<const LaneValue> outputs, const std::string& name) {
  WEBHLO_CHECK(FitsLoops(nest));
  const std::vector<uint32_t> encoded = Encoded(record, outputs);
  FunctionCode code;
  MapLoop loop(record, nest, encoded, &code);
  loop.Write();
  return AddFunction(record, std::move(code), loop.TakeParameters(), name);
}

std::optional<JitTemplate> EmitFold(Record& record, const LoopNest& nest, int64_t stride,
                                    std::span<const LaneValue> outputs, const std::string& name) {
  WEBHLO_CHECK(FitsLoops(nest));
  const std::vector<uint32_t> encoded = Encoded(record, outputs);
  FunctionCode code;
  FoldLoop loop(record, nest, stride, encoded, &code);
  loop.Write();
  return AddFunction(record, std::move(code), loop.TakeParameters(), name);
}

}  // namespace webhlo::jit
