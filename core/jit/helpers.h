// SPDX-License-Identifier: Apache-2.0
//
// Helpers: scalar functions for what vector code does not compute itself (huge arguments, rare
// functions). Tiles call them directly, JIT functions import them by name, so both give the same
// bits. Float helpers compute in double and round once.
#ifndef WEBHLO_CORE_JIT_HELPERS_H_
#define WEBHLO_CORE_JIT_HELPERS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/jit/assembler.h"

namespace webhlo {

template <class F>
struct LaneFunction;

template <class R, class... Args>
struct LaneFunction<R(Args...)> {
  std::string_view name;
  R (*call)(Args...);
};

using FloatFunction = LaneFunction<float(float)>;
using FloatFunction2 = LaneFunction<float(float, float)>;
using IntFunction = LaneFunction<int32_t(int32_t)>;
using IntFunction2 = LaneFunction<int32_t(int32_t, int32_t)>;

extern const FloatFunction kSineFunction, kCosineFunction, kTanFunction, kCbrtFunction;
extern const FloatFunction2 kPowerFunction, kAtan2Function, kRemainderFunction;
extern const IntFunction2 kDivideS32, kDivideU32, kRemainderS32, kRemainderU32, kPowerS32,
    kPowerU32;
extern const IntFunction2 kShiftLeft32, kShiftRightArithmetic32, kShiftRightLogical32;
extern const IntFunction kCountLeadingZeros32;

// Integers: `I` is any integer type of two's complement; results wrap.

// Truncating; x / 0 is all ones and the least value / -1 is itself.
template <class I>
constexpr I IntegerDivide(I a, I b) {
  if (b == 0) return static_cast<I>(-1);
  if constexpr (std::is_signed_v<I>) {
    if (b == -1) return static_cast<I>(0 - static_cast<std::make_unsigned_t<I>>(a));
  }
  return static_cast<I>(a / b);
}

// Has the dividend's sign; x % 0 is x.
template <class I>
constexpr I IntegerRemainder(I a, I b) {
  if (b == 0) return a;
  if constexpr (std::is_signed_v<I>) {
    if (b == -1) return 0;
  }
  return static_cast<I>(a % b);
}

// Wraps; a negative exponent gives 1 / a^|b| rounded towards zero.
template <class I>
constexpr I IntegerPower(I a, I b) {
  using U = std::make_unsigned_t<I>;
  if constexpr (std::is_signed_v<I>) {
    if (b < 0) {
      if (a == 1) return 1;
      if (a == -1) return (b & 1) ? -1 : 1;
      return 0;
    }
  }
  uint64_t base = static_cast<U>(a), result = 1;
  for (U n = static_cast<U>(b); n != 0; n = static_cast<U>(n >> 1)) {
    if (n & 1) result *= base;
    base *= base;
  }
  return static_cast<I>(result);
}

namespace jit {

// A LaneFunction without its type.
struct Helper {
  std::string_view name;
  void (*address)();
  Signature signature;
};

template <class R, class... Args>
Helper HelperOf(const LaneFunction<R(Args...)>& function) {
  return {.name = function.name,
          .address = reinterpret_cast<void (*)()>(function.call),
          .signature = {.parameters = {WasmTypeOf<Args>()...}, .result = WasmTypeOf<R>()}};
}

// All that a module may import.
std::span<const Helper> AllHelpers();

}  // namespace jit
}  // namespace webhlo

#endif  // WEBHLO_CORE_JIT_HELPERS_H_
