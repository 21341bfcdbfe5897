// SPDX-License-Identifier: Apache-2.0
//
// Integer helpers. Sizes that come from outside multiply through CheckedMul, never through `*`.
#ifndef WEBHLO_CORE_BASE_MATH_H_
#define WEBHLO_CORE_BASE_MATH_H_

#include <cstddef>
#include <cstdint>

namespace webhlo {

// False when the product overflows; *out is then unspecified.
[[nodiscard]] inline bool CheckedMul(int64_t a, int64_t b, int64_t* out) {
  return !__builtin_mul_overflow(a, b, out);
}
[[nodiscard]] inline bool CheckedAdd(int64_t a, int64_t b, int64_t* out) {
  return !__builtin_add_overflow(a, b, out);
}

// Of a set of the first 64 of something, such as operands.
constexpr bool HasBit(uint64_t bits, size_t i) { return i < 64 && (bits >> i & 1) != 0; }

template <typename T>
constexpr T CeilDiv(T a, T b) {
  return (a + b - 1) / b;
}
template <typename T>
constexpr T RoundUp(T a, T multiple) {
  return CeilDiv(a, multiple) * multiple;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_MATH_H_
