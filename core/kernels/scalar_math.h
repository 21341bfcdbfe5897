// SPDX-License-Identifier: Apache-2.0
//
// Scalar functions with the specification's semantics: what references and rare lanes call. The
// LaneFunctions compute in double and round once, or in integers of the lane's width.
#ifndef WEBHLO_CORE_KERNELS_SCALAR_MATH_H_
#define WEBHLO_CORE_KERNELS_SCALAR_MATH_H_

#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/jit/lane_function.h"

namespace webhlo {

extern const FloatFunction kSineFunction, kCosineFunction, kTanFunction, kCbrtFunction;
extern const FloatFunction2 kPowerFunction, kAtan2Function, kRemainderFunction;
extern const IntFunction2 kDivideS32, kDivideU32, kRemainderS32, kRemainderU32, kPowerS32, kPowerU32;
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

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SCALAR_MATH_H_
