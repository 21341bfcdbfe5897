// SPDX-License-Identifier: Apache-2.0
//
// VectorWriter: how values come from memory, and go there.
#include <algorithm>
#include <array>

#include "core/jit/lowering.h"
#include "core/jit/speaker.h"
#include "core/jit/vector_writer.h"

namespace webhlo::jit {
namespace {

// Of two registers the lanes of `width` bytes that are even, or odd, one after the other; and those
// of both lower halves, or higher ones, by turns.
std::array<uint8_t, 4> EveryOther(int width, int part) {
  const auto k = static_cast<uint8_t>(part);
  if (width == 4)
    return {k, static_cast<uint8_t>(2 + k), static_cast<uint8_t>(4 + k),
            static_cast<uint8_t>(6 + k)};
  return part == 0 ? std::array<uint8_t, 4>{0, 1, 4, 5} : std::array<uint8_t, 4>{2, 3, 6, 7};
}
std::array<uint8_t, 4> ByTurns(int width, int half) {
  if (width == 8) return EveryOther(width, half);
  return half == 0 ? std::array<uint8_t, 4>{0, 4, 1, 5} : std::array<uint8_t, 4>{2, 6, 3, 7};
}

}  // namespace

void VectorWriter::LoadRow(const Pointer& pointer) {
  a_.Get(kArgs);
  a_.Access(Op::kI32Load, 4 * pointer.slot);
  a_.Set(pointer.row);
}

void VectorWriter::LoadPointers(std::span<const uint32_t> slots, std::span<const uint32_t> cells) {
  uint32_t next = 0, value = 0;
  auto add = [&](std::vector<Pointer>* pointers, ElementType element, int64_t stride) {
    const int width = ByteWidth(element);
    Pointer pointer{.slot = slots.empty() ? next : slots[next],
                    .cell = cells.empty() ? 0 : cells[next],
                    .row = 0,
                    .current = 0,
                    .inner = stride * width,
                    .width = width,
                    .element = element,
                    .value = value};
    ++next;
    value += static_cast<uint32_t>(NumParts(element));
    if (pointer.cell == 0) {
      pointer.row = a_.AddLocal(I);
      pointer.current = a_.AddLocal(I);
      LoadRow(pointer);
    }
    pointers->push_back(pointer);
  };
  for (const LoopOperand& input : nest_.inputs) add(&inputs_, input.element, input.strides.back());
  value = 0;
  for (ElementType output : nest_.outputs) add(&results_, output, 1);
}

void VectorWriter::PointAtRows() {
  for (const std::vector<Pointer>* pointers : {&inputs_, &results_}) {
    for (const Pointer& pointer : *pointers) {
      if (pointer.inner == 0 || pointer.cell != 0) continue;
      a_.Get(pointer.row);
      a_.Set(pointer.current);
    }
  }
}

void VectorWriter::PointAtBegin() {
  for (const std::vector<Pointer>* pointers : {&inputs_, &results_}) {
    for (const Pointer& pointer : *pointers) {
      if (pointer.inner == 0) continue;
      a_.Get(pointer.row);
      a_.Get(kBegin);
      a_.I32(static_cast<int32_t>(pointer.inner));
      a_.Do(Op::kI32Mul);
      a_.Do(Op::kI32Add);
      a_.Set(pointer.current);
    }
  }
}

// Register `r` of those that complex numbers fill in memory, where their parts take turns.
uint32_t VectorWriter::Interleave(const Pointer& pointer, int r) {
  for (uint32_t part : {0, 1}) {
    a_.Get(ResultOf(pointer.value + part)[static_cast<size_t>(r / 2)]);
  }
  a_.Shuffle(ByTurns(pointer.width / 2, r % 2));
  a_.Set(scratch_);
  return scratch_;
}

void VectorWriter::StoreOutput(const Pointer& pointer, int elements) {
  const Registers& registers = ResultOf(pointer.value);
  if (pointer.cell != 0) {
    a_.Get(registers[0]);
    a_.Set(pointer.cell);
    return;
  }
  int left = elements * pointer.width;
  uint32_t offset = 0;
  for (int r = 0; left > 0; ++r) {
    const uint32_t whole =
        IsComplex(pointer.element) ? Interleave(pointer, r) : registers[static_cast<size_t>(r)];
    const auto put = [&](Op op, int bytes, int at) {
      a_.Get(pointer.current);
      a_.Get(whole);
      if (bytes == 16) {
        a_.Access(op, offset);
      } else {
        a_.AccessLane(op, offset, at / bytes);
      }
      offset += static_cast<uint32_t>(bytes);
      left -= bytes;
    };
    if (left >= 16) {
      put(Op::kV128Store, 16, 0);
      continue;
    }
    int at = 0;
    for (int bytes : {8, 4, 2, 1}) {
      if (left < bytes) continue;
      put(ScalarOpsOf(SignedLane(bytes)).store_lane, bytes, at);
      at += bytes;
    }
  }
}

void VectorWriter::Store(int elements) {
  for (const Pointer& pointer : results_) StoreOutput(pointer, elements);
}

void VectorWriter::StoreTail(uint32_t left) {
  for (int elements = 1; elements < kFew - 1; ++elements) {
    a_.Get(left);
    a_.I32(elements);
    a_.Do(Op::kI32Eq);
    a_.If();
    Store(elements);
    a_.Else();
  }
  Store(kFew - 1);
  a_.End();
  a_.End();
}

// Pushes register `r` of what is twice as wide as the input's elements.
void VectorWriter::WriteExtendingLoad(const Inst& inst, int elements, int r) {
  const Inst& from = record_.insts()[inst.args[0]];
  const Pointer& pointer = inputs_[from.immediate];
  const int width = LaneBytes(from.lane);
  // Eight bytes are one instruction.
  if (pointer.cell == 0 && elements * width >= 8) {
    const bool is_unsigned = IsUnsigned(inst.lane);
    a_.Get(pointer.current);
    a_.Access(width == 1 ? (is_unsigned ? Op::kV128Load8x8U : Op::kV128Load8x8S)
                         : (is_unsigned ? Op::kV128Load16x4U : Op::kV128Load16x4S),
              static_cast<uint32_t>(8 * r));
    return;
  }
  WriteLoad(from.immediate, 0, r * (16 / LaneBytes(inst.lane)), elements);
  a_.Do(ConversionOf(static_cast<Lane>(inst.immediate), inst.lane).op);
}

// Pushes the register of an input (of a part, where it is complex) that begins with element `at`.
void VectorWriter::WriteLoad(size_t input, int part, int at, int elements) {
  const Pointer& pointer = inputs_[input];
  if (pointer.cell != 0) {
    a_.Get(pointer.cell);
    return;
  }
  const int width = WidthOfPart(input);
  const Access access = AccessOf(input);
  const uint32_t base = access == Access::kSplat ? pointer.row : pointer.current;
  const ScalarOps& ops = ScalarOpsOf(SignedLane(width));
  const auto offset_of = [&](int element) {
    return static_cast<uint32_t>(element * pointer.inner + part * width);
  };
  const uint32_t first = offset_of(at);
  a_.Get(base);
  if (access == Access::kSplat || elements == 1 || access == Access::kStrided) {
    a_.Access(ops.load_splat, first);
    if (access != Access::kStrided || elements == 1) return;
    const Op scalar = width == 8   ? Op::kI64Load
                      : width == 4 ? Op::kI32Load
                      : width == 2 ? Op::kI32Load16U
                                   : Op::kI32Load8U;
    for (int lane = 1; lane < std::min(16 / width, elements); ++lane) {
      a_.Get(base);
      a_.Access(scalar, offset_of(at + lane));
      a_.Lane(ops.replace, lane);
    }
  } else if (IsComplex(pointer.element)) {
    // The lanes of the part from two registers.
    const uint32_t whole = static_cast<uint32_t>(at * pointer.inner);
    a_.Access(Op::kV128Load, whole);
    a_.Get(base);
    a_.Access(Op::kV128Load, whole + 16);
    a_.Shuffle(EveryOther(width, part));
  } else {
    const int bytes = elements * width;
    a_.Access(bytes >= 16  ? Op::kV128Load
              : bytes == 8 ? Op::kV128Load64Zero
                           : Op::kV128Load32Zero,
              first);
  }
}

}  // namespace webhlo::jit
