// SPDX-License-Identifier: Apache-2.0
//
// Lanes: what vector code computes in, and in which of them the values of an element type are held.
#ifndef WEBHLO_CORE_JIT_LANES_H_
#define WEBHLO_CORE_JIT_LANES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/graph/type.h"

namespace webhlo::jit {

// The signs of integers count for some operations only.
enum class Lane : uint8_t { kF32, kF64, kS8, kU8, kS16, kU16, kS32, kU32, kS64, kU64 };
inline constexpr size_t kNumLanes = 10;
inline constexpr std::string_view kLaneNames[kNumLanes] = {"f32", "f64", "s8",  "u8",  "s16",
                                                           "u16", "s32", "u32", "s64", "u64"};

constexpr int LaneBytes(Lane lane) {
  constexpr int kBytes[kNumLanes] = {4, 8, 1, 1, 2, 2, 4, 4, 8, 8};
  return kBytes[static_cast<size_t>(lane)];
}
constexpr bool IsFloat(Lane lane) { return lane == Lane::kF32 || lane == Lane::kF64; }
constexpr bool IsUnsigned(Lane lane) {
  return !IsFloat(lane) && static_cast<size_t>(lane) % 2 == 1;
}
// Of integers.
constexpr Lane SignedLane(int bytes) {
  return bytes == 1 ? Lane::kS8 : bytes == 2 ? Lane::kS16 : bytes == 4 ? Lane::kS32 : Lane::kS64;
}
constexpr Lane UnsignedLane(Lane of_signed) {
  return static_cast<Lane>(static_cast<int>(of_signed) + 1);
}
// Of 32 bits, that a constant of the lanes takes of a table.
constexpr int LaneWords(Lane lane) { return LaneBytes(lane) == 8 ? 2 : 1; }

// Floats of 16 bits are held as the f32 of the same value. i1 is a mask, all ones or zeros, as
// memory has it one of 8 bits. Nothing for types that vector code does not know.
constexpr std::optional<Lane> LaneOf(ElementType type) {
  switch (type) {
    case ElementType::kF16:
    case ElementType::kBF16:
    case ElementType::kF32:
      return Lane::kF32;
    case ElementType::kF64:
      return Lane::kF64;
    case ElementType::kI1:
    case ElementType::kI8:
      return Lane::kS8;
    case ElementType::kU8:
      return Lane::kU8;
    case ElementType::kI16:
      return Lane::kS16;
    case ElementType::kU16:
      return Lane::kU16;
    case ElementType::kI32:
      return Lane::kS32;
    case ElementType::kU32:
      return Lane::kU32;
    case ElementType::kI64:
      return Lane::kS64;
    case ElementType::kU64:
      return Lane::kU64;
    default:
      return std::nullopt;
  }
}

// The type whose values fill a lane.
constexpr ElementType ElementOf(Lane lane) {
  constexpr ElementType kElements[kNumLanes] = {
      ElementType::kF32, ElementType::kF64, ElementType::kI8,  ElementType::kU8,
      ElementType::kI16, ElementType::kU16, ElementType::kI32, ElementType::kU32,
      ElementType::kI64, ElementType::kU64};
  return kElements[static_cast<size_t>(lane)];
}

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_LANES_H_
