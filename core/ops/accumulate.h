// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate: the arithmetic of dot_general and convolution. Floats accumulate in f32 (f64
// when the result is f64) in the order of the contracted index, products and sums each rounded,
// which is what StableHLO's test data expects; integers accumulate modulo 2^64, whatever the result
// is. The sum is rounded to the result's type at the end.
#ifndef WEBHLO_CORE_OPS_ACCUMULATE_H_
#define WEBHLO_CORE_OPS_ACCUMULATE_H_

#include <complex>
#include <cstdint>
#include <type_traits>

#include "core/base/float_math.h"
#include "core/graph/tensor.h"

namespace webhlo {

template <typename T>
void MultiplyAdd(T a, T b, T* accumulator) {
  *accumulator += a * b;
}
template <typename T>
void MultiplyAdd(std::complex<T> a, std::complex<T> b, std::complex<T>* accumulator) {
  *accumulator += Product(a, b);
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

// `is_unsigned`: whether sums of integers are.
template <typename Wide>
void StoreWide(const TensorView& view, int64_t i, Wide value, bool is_unsigned) {
  if constexpr (std::is_same_v<Wide, uint64_t>) {
    const auto as_signed = static_cast<int64_t>(value);
    if (!IsFloat(view.element())) return view.SetI64(i, as_signed);
    if (view.element() == ElementType::kF64) {
      return view.SetF64(i,
                         is_unsigned ? static_cast<double>(value) : static_cast<double>(as_signed));
    }
    view.SetF64(i, is_unsigned ? RoundToOdd(value) : RoundToOdd(as_signed));
  } else if constexpr (std::is_floating_point_v<Wide>) {
    view.SetF64(i, value);
  } else {
    view.SetC128(i, value);
  }
}

// Whether numbers of these types multiply with each other, and what their sums may become: operands
// of two types of one kind, which producers emit for small floats; a result of another type of that
// kind, or of floats (preferred_element_type).
inline bool CanMultiply(ElementType lhs, ElementType rhs, ElementType result) {
  const auto same_kind = [](ElementType a, ElementType b) {
    return IsFloat(a) == IsFloat(b) && IsComplex(a) == IsComplex(b);
  };
  const bool are_integers = !IsFloat(lhs) && !IsComplex(lhs);
  return same_kind(lhs, rhs) && (same_kind(lhs, result) || (are_integers && IsFloat(result)));
}

// Calls f with a value of the type that products of `operand` accumulate in for a result of
// `element`.
template <typename F>
auto WithWideType(ElementType operand, ElementType element, F&& f) {
  if (!IsFloat(operand) && !IsComplex(operand)) return f(uint64_t{});
  if (element == ElementType::kF64) return f(double{});
  if (element == ElementType::kC128) return f(std::complex<double>{});
  if (IsComplex(element)) return f(std::complex<float>{});
  return f(float{});
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_ACCUMULATE_H_
