// SPDX-License-Identifier: Apache-2.0
//
// Lane functions: what an elementwise op does to one element, for what vector code does not compute
// itself (rare functions, huge arguments). Tiles call them directly, JIT functions import them by
// name, so both give the same bits. An op states them once, for all types:
//
//   double Real(double...)                  floats; rounded once to the lane's type
//   I Integer<I>(I..., int bits)            integers
#ifndef WEBHLO_CORE_JIT_LANE_FUNCTION_H_
#define WEBHLO_CORE_JIT_LANE_FUNCTION_H_

#include <cstdint>
#include <type_traits>

#include "core/jit/lanes.h"

namespace webhlo {

// There are hundreds of instances of functions of elements, and a page downloads them all.
#if defined(__clang__)
#define WEBHLO_SMALL __attribute__((minsize, noinline))
#else
#define WEBHLO_SMALL __attribute__((noinline))
#endif

template <class Op, class T, class... Ts>
WEBHLO_SMALL T CallOnLane(T a, Ts... more) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(Op::Real(static_cast<double>(a), static_cast<double>(more)...));
  } else {
    return Op::template Integer<T>(a, more..., static_cast<int>(8 * sizeof(T)));
  }
}

namespace jit {

template <class Op, class T>
const void* LaneAddress() {
  if constexpr (Op::kArity == 1) {
    return reinterpret_cast<const void*>(static_cast<T (*)(T)>(&CallOnLane<Op, T>));
  } else {
    return reinterpret_cast<const void*>(static_cast<T (*)(T, T)>(&CallOnLane<Op, T, T>));
  }
}

// Where the op's function for a lane is, or null. In WebAssembly an index of the function table.
template <class Op>
const void* LaneFunction(Lane lane) {
  if constexpr (requires { &Op::Real; }) {
    if (lane == Lane::kF32) return LaneAddress<Op, float>();
    if (lane == Lane::kF64) return LaneAddress<Op, double>();
  }
  if constexpr (requires { &Op::template Integer<int32_t>; }) {
    if (lane == Lane::kS32) return LaneAddress<Op, int32_t>();
    if (lane == Lane::kU32) return LaneAddress<Op, uint32_t>();
    if (lane == Lane::kS64) return LaneAddress<Op, int64_t>();
    if (lane == Lane::kU64) return LaneAddress<Op, uint64_t>();
  }
  return nullptr;
}

}  // namespace jit
}  // namespace webhlo

#endif  // WEBHLO_CORE_JIT_LANE_FUNCTION_H_
