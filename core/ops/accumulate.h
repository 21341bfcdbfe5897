// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate in a wide type: the arithmetic of dot_general and convolution. Floats
// accumulate in f64, integers modulo 2^64, complex numbers in c128; the result is rounded once.
#ifndef WEBHLO_CORE_OPS_ACCUMULATE_H_
#define WEBHLO_CORE_OPS_ACCUMULATE_H_

#include <complex>
#include <cstdint>
#include <span>

#include "core/graph/tensor.h"

namespace webhlo {

inline void MultiplyAdd(double a, double b, double* accumulator) { *accumulator += a * b; }
inline void MultiplyAdd(uint64_t a, uint64_t b, uint64_t* accumulator) { *accumulator += a * b; }
// Plain products: std::complex's own would look for infinities in NaN results.
inline void MultiplyAdd(std::complex<double> a, std::complex<double> b,
                        std::complex<double>* accumulator) {
  *accumulator += std::complex<double>(a.real() * b.real() - a.imag() * b.imag(),
                                       a.real() * b.imag() + a.imag() * b.real());
}

template <typename Wide>
Wide LoadWide(const TensorView& view, int64_t i) {
  if constexpr (std::is_same_v<Wide, double>) {
    if (view.element() == ElementType::kF32) return static_cast<const float*>(view.data())[i];
    return view.F64(i);
  } else if constexpr (std::is_same_v<Wide, uint64_t>) {
    return view.U64(i);
  } else {
    return view.C128(i);
  }
}

template <typename Wide>
void StoreWide(const TensorView& view, int64_t i, Wide value) {
  if constexpr (std::is_same_v<Wide, double>) {
    view.SetF64(i, value);
  } else if constexpr (std::is_same_v<Wide, uint64_t>) {
    view.SetI64(i, static_cast<int64_t>(value));
  } else {
    view.SetC128(i, value);
  }
}

// The kinds of numbers that multiply with each other.
inline bool SameKind(ElementType a, ElementType b) {
  return IsFloat(a) == IsFloat(b) && IsComplex(a) == IsComplex(b);
}

// Calls f with a value of the wide type for `element`.
template <typename F>
auto WithWideType(ElementType element, F&& f) {
  if (IsFloat(element)) return f(double{});
  if (IsComplex(element)) return f(std::complex<double>{});
  return f(uint64_t{});
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_ACCUMULATE_H_
