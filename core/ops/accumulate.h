// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate: the arithmetic of dot_general and convolution. Floats accumulate in f32 (f64
// when the result is f64) in the order of the contracted index, products and sums each rounded,
// which is what StableHLO's test data expects; integers accumulate modulo 2^64. The sum is rounded
// to the result's type at the end.
#ifndef WEBHLO_CORE_OPS_ACCUMULATE_H_
#define WEBHLO_CORE_OPS_ACCUMULATE_H_

#include <complex>
#include <cstdint>
#include <type_traits>

#include "core/graph/tensor.h"

namespace webhlo {

template <typename T>
void MultiplyAdd(T a, T b, T* accumulator) {
  *accumulator += a * b;
}
// Plain products: std::complex's own would look for infinities in NaN results.
template <typename T>
void MultiplyAdd(std::complex<T> a, std::complex<T> b, std::complex<T>* accumulator) {
  *accumulator += std::complex<T>(a.real() * b.real() - a.imag() * b.imag(),
                                  a.real() * b.imag() + a.imag() * b.real());
}

template <typename Wide>
Wide LoadWide(const TensorView& view, int64_t i) {
  if constexpr (std::is_same_v<Wide, uint64_t>) {
    return view.U64(i);
  } else if constexpr (std::is_floating_point_v<Wide>) {
    if (view.element() == ElementType::kF32) return static_cast<const float*>(view.data())[i];
    return static_cast<Wide>(view.F64(i));
  } else {
    return static_cast<Wide>(view.C128(i));
  }
}

template <typename Wide>
void StoreWide(const TensorView& view, int64_t i, Wide value) {
  if constexpr (std::is_same_v<Wide, uint64_t>) {
    view.SetI64(i, static_cast<int64_t>(value));
  } else if constexpr (std::is_floating_point_v<Wide>) {
    view.SetF64(i, value);
  } else {
    view.SetC128(i, value);
  }
}

// The kinds of numbers that multiply with each other.
inline bool SameKind(ElementType a, ElementType b) {
  return IsFloat(a) == IsFloat(b) && IsComplex(a) == IsComplex(b);
}

// Calls f with a value of the type that results of `element` accumulate in.
template <typename F>
auto WithWideType(ElementType element, F&& f) {
  if (element == ElementType::kF64) return f(double{});
  if (element == ElementType::kC128) return f(std::complex<double>{});
  if (IsFloat(element)) return f(float{});
  if (IsComplex(element)) return f(std::complex<float>{});
  return f(uint64_t{});
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_ACCUMULATE_H_
