// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic of which C++ has another idea than StableHLO, or none.
#ifndef WEBHLO_CORE_BASE_FLOAT_MATH_H_
#define WEBHLO_CORE_BASE_FLOAT_MATH_H_

#include <cmath>
#include <complex>
#include <cstdint>
#include <type_traits>

namespace webhlo {

// Maximum and minimum are NaN if either is NaN, and have -0 below +0.
template <typename T>
T NanMaximum(T a, T b) {
#if defined(__wasm__)
  // There it is an instruction.
  if constexpr (std::is_same_v<T, float>) return __builtin_wasm_max_f32(a, b);
  if constexpr (std::is_same_v<T, double>) return __builtin_wasm_max_f64(a, b);
#endif
  if (std::isnan(a) || std::isnan(b)) return a + b;
  if (a == b) return std::signbit(a) ? b : a;
  return a < b ? b : a;
}

template <typename T>
T NanMinimum(T a, T b) {
  return -NanMaximum(-a, -b);
}

// The product of complex numbers, as it is written: the operator of std::complex looks for
// infinities in results that are NaN.
template <typename T>
std::complex<T> Product(std::complex<T> a, std::complex<T> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// An integer as a double rounded to odd: inexact results have their last bit set, so that rounding
// them again to any narrower format rounds the integer itself correctly.
template <class I>
double RoundToOdd(I v) {
  constexpr int kDropped = 11;
  if constexpr (std::is_signed_v<I>) {
    if (v > -(int64_t{1} << 53) && v < (int64_t{1} << 53)) return static_cast<double>(v);
  } else {
    if (v < (uint64_t{1} << 53)) return static_cast<double>(v);
  }
  const I kept = static_cast<I>((v >> kDropped) | ((v & ((1 << kDropped) - 1)) != 0));
  return static_cast<double>(kept) * (1 << kDropped);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_FLOAT_MATH_H_
