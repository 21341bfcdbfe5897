// SPDX-License-Identifier: Apache-2.0
//
// VectorWriter: how values come from memory, and go there.
#include <array>
#include <utility>

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

// A register of the value packed to its type's width, in the low bytes; the register itself where
// it is that wide.
uint32_t VectorWriter::Pack(const Pointer& pointer, uint32_t value) {
  if (pointer.width >= 4) return value;
  const bool is_unsigned = !IsSignedInteger(pointer.element);
  a_.Get(value);
  a_.Get(value);
  a_.Do(pointer.width == 2 && is_unsigned ? Op::kI16x8NarrowI32x4U : Op::kI16x8NarrowI32x4S);
  a_.Set(scratch_);
  if (pointer.width == 1) {
    a_.Get(scratch_);
    a_.Get(scratch_);
    a_.Do(is_unsigned ? Op::kI8x16NarrowI16x8U : Op::kI8x16NarrowI16x8S);
    a_.Set(scratch_);
  }
  return scratch_;
}

// Register `r` of those that complex numbers fill in memory, where their parts take turns.
uint32_t VectorWriter::Interleave(const Pointer& pointer, int vector, int r) {
  for (uint32_t part : {0, 1}) {
    a_.Get(ResultOf(pointer.value + part, vector)[static_cast<size_t>(r / 2)]);
  }
  a_.Shuffle(ByTurns(pointer.width / 2, r % 2));
  a_.Set(scratch_);
  return scratch_;
}

void VectorWriter::StoreOutput(const Pointer& pointer, int vector, int elements) {
  const Registers& registers = ResultOf(pointer.value, vector);
  if (pointer.cell != 0) {
    a_.Get(registers[0]);
    a_.Set(pointer.cell);
    return;
  }
  int left = elements * pointer.width;
  uint32_t offset = static_cast<uint32_t>(vector * kElements * pointer.width);
  for (int r = 0; left > 0; ++r) {
    const uint32_t packed = IsComplex(pointer.element)
                                ? Interleave(pointer, vector, r)
                                : Pack(pointer, registers[static_cast<size_t>(r)]);
    const auto put = [&](Op op, int bytes, int at) {
      a_.Get(pointer.current);
      a_.Get(packed);
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
    for (const auto& [bytes, op] :
         {std::pair(8, Op::kV128Store64Lane), std::pair(4, Op::kV128Store32Lane),
          std::pair(2, Op::kV128Store16Lane), std::pair(1, Op::kV128Store8Lane)}) {
      if (left < bytes) continue;
      put(op, bytes, at);
      at += bytes;
    }
  }
}

void VectorWriter::Store(int vectors, int elements) {
  for (const Pointer& pointer : results_) {
    if (pointer.width < 4 && vectors > 1 && elements == kElements) {
      StoreNarrow(pointer, vectors);
      continue;
    }
    for (int v = 0; v < vectors; ++v) StoreOutput(pointer, v, elements);
  }
}

void VectorWriter::StoreNarrow(const Pointer& pointer, int vectors) {
  const bool is_unsigned = !IsSignedInteger(pointer.element);
  const Op to_16 =
      pointer.width == 2 && is_unsigned ? Op::kI16x8NarrowI32x4U : Op::kI16x8NarrowI32x4S;
  const auto get_pair = [&](int v) {
    a_.Get(ResultOf(pointer.value, v)[0]);
    a_.Get(ResultOf(pointer.value, v + 1)[0]);
    a_.Do(to_16);
  };
  if (pointer.width == 2) {
    for (int v = 0; v < vectors; v += 2) {
      a_.Get(pointer.current);
      get_pair(v);
      a_.Access(Op::kV128Store, static_cast<uint32_t>(v * kElements * 2));
    }
    return;
  }
  a_.Get(pointer.current);
  get_pair(0);
  get_pair(vectors - 2);
  a_.Do(is_unsigned ? Op::kI8x16NarrowI16x8U : Op::kI8x16NarrowI16x8S);
  if (vectors == kMaxVectors) {
    a_.Access(Op::kV128Store, 0);
  } else {
    a_.AccessLane(Op::kV128Store64Lane, 0, 0);
  }
}

void VectorWriter::StoreTail(uint32_t left) {
  for (int elements = 1; elements < kElements - 1; ++elements) {
    a_.Get(left);
    a_.I32(elements);
    a_.Do(Op::kI32Eq);
    a_.If();
    Store(1, elements);
    a_.Else();
  }
  Store(1, kElements - 1);
  a_.End();
  a_.End();
}

bool VectorWriter::LoadsInPairs(const Inst& inst, int vectors, int lanes) const {
  return inst.operation == Operation::kInput && inputs_[inst.immediate].width == 1 &&
         AccessOf(inst.immediate) == Access::kContiguous && vectors > 1 && lanes == kElements;
}

void VectorWriter::WriteLoadPair(size_t input, int vector, uint32_t low, uint32_t high) {
  const Pointer& pointer = inputs_[input];
  const bool is_signed = IsSignedInteger(pointer.element);
  a_.Get(pointer.current);
  a_.Access(is_signed ? Op::kV128Load8x8S : Op::kV128Load8x8U,
            static_cast<uint32_t>(vector * kElements));
  a_.Set(scratch_);
  a_.Get(scratch_);
  a_.Do(is_signed ? Op::kI32x4ExtendLowI16x8S : Op::kI32x4ExtendLowI16x8U);
  a_.Set(low);
  a_.Get(scratch_);
  a_.Do(is_signed ? Op::kI32x4ExtendHighI16x8S : Op::kI32x4ExtendHighI16x8U);
  a_.Set(high);
}

// Pushes the register of an input (of a part, where it is complex) that begins with element `at`;
// `lanes` 1: only that, in all lanes.
void VectorWriter::WriteLoad(size_t input, int part, int at, int lanes) {
  const Pointer& pointer = inputs_[input];
  if (pointer.cell != 0) {
    a_.Get(pointer.cell);
    return;
  }
  const int width = pointer.width / NumParts(pointer.element);
  const Access access = AccessOf(input);
  const uint32_t base = access == Access::kSplat ? pointer.row : pointer.current;
  const bool is_signed = IsSignedInteger(pointer.element);
  const bool fills_lane = width >= 4;
  const ScalarOps& ops = ScalarOpsOf(width == 8 ? Lane::kS64 : Lane::kS32);
  const Op scalar = width == 8   ? Op::kI64Load
                    : width == 4 ? Op::kI32Load
                    : width == 2 ? (is_signed ? Op::kI32Load16S : Op::kI32Load16U)
                                 : (is_signed ? Op::kI32Load8S : Op::kI32Load8U);
  const auto offset_of = [&](int element) {
    return static_cast<uint32_t>(element * pointer.inner + part * width);
  };
  const uint32_t first = offset_of(at);
  a_.Get(base);
  if (access == Access::kSplat || lanes == 1 || access == Access::kStrided) {
    if (fills_lane) {
      a_.Access(ops.load_splat, first);
    } else {
      a_.Access(scalar, first);
      a_.Do(ops.splat);
    }
    if (access != Access::kStrided || lanes == 1) return;
    for (int lane = 1; lane < (width == 8 ? 2 : 4); ++lane) {
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
  } else if (fills_lane) {
    a_.Access(Op::kV128Load, first);
  } else if (width == 2) {
    a_.Access(is_signed ? Op::kV128Load16x4S : Op::kV128Load16x4U, first);
  } else {
    a_.Access(Op::kV128Load32Zero, first);
    a_.Do(is_signed ? Op::kI16x8ExtendLowI8x16S : Op::kI16x8ExtendLowI8x16U);
    a_.Do(is_signed ? Op::kI32x4ExtendLowI16x8S : Op::kI32x4ExtendLowI16x8U);
  }
}

}  // namespace webhlo::jit
