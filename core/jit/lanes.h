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
enum class Lane : uint8_t { kF32, kF64, kS32, kU32, kS64, kU64 };
inline constexpr size_t kNumLanes = 6;
inline constexpr std::string_view kLaneNames[kNumLanes] = {"f32", "f64", "s32",
                                                           "u32", "s64", "u64"};

constexpr int LaneBytes(Lane lane) {
  return lane == Lane::kF64 || lane == Lane::kS64 || lane == Lane::kU64 ? 8 : 4;
}
constexpr bool IsFloat(Lane lane) { return lane == Lane::kF32 || lane == Lane::kF64; }
constexpr bool IsUnsigned(Lane lane) { return lane == Lane::kU32 || lane == Lane::kU64; }

// Narrow types are held in the 32-bit lanes of their kind, in their type's range: i8 as i32, f16 as
// the f32 of the same value. i1 is a mask, all ones or zeros, here of 32 bits. Nothing for types
// that vector code does not know.
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
    case ElementType::kI16:
    case ElementType::kI32:
      return Lane::kS32;
    case ElementType::kU8:
    case ElementType::kU16:
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
  constexpr ElementType kElements[kNumLanes] = {ElementType::kF32, ElementType::kF64,
                                                ElementType::kI32, ElementType::kU32,
                                                ElementType::kI64, ElementType::kU64};
  return kElements[static_cast<size_t>(lane)];
}

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_LANES_H_
