// SPDX-License-Identifier: Apache-2.0
//
// The checks that StableHLO's test programs make of their results (check.expect_eq and so on), as
// functions on tensors. A failed check is an error naming the first differing element. NaN equals
// NaN everywhere, +0 equals -0.
#ifndef WEBHLO_CORE_OPS_CHECK_EVAL_H_
#define WEBHLO_CORE_OPS_CHECK_EVAL_H_

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "core/ops/custom_call.h"
#include "core/ops/infer_util.h"

namespace webhlo {

inline std::string ElementText(const TensorView& view, int64_t i) {
  if (IsComplex(view.element())) {
    const std::complex<double> value = view.C128(i);
    return StrCat("(", value.real(), ", ", value.imag(), ")");
  }
  if (IsFloat(view.element())) return StrCat(view.F64(i));
  if (IsUnsignedInteger(view.element())) return StrCat(view.U64(i));
  return StrCat(view.I64(i));
}

// Compares element by element with `same(i)`; the error names the first difference.
template <typename Same>
Status CheckElements(std::string_view check, const TensorView& actual, const TensorView& expected,
                     Same same) {
  for (IndexIterator it(actual.dims()); !it.done(); it.Next()) {
    if (same(it.linear())) continue;
    return Mismatch(StrCat(check, " failed: element ", Brackets(it.index()), " is ",
                           ElementText(actual, it.linear()), ", expected ",
                           ElementText(expected, it.linear())));
  }
  return OkStatus();
}

inline bool SameF64(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline Status CheckEqual(std::string_view check, const TensorView& actual,
                         const TensorView& expected) {
  return CheckElements(check, actual, expected, [&](int64_t i) {
    if (IsComplex(actual.element())) {
      const std::complex<double> a = actual.C128(i), b = expected.C128(i);
      return SameF64(a.real(), b.real()) && SameF64(a.imag(), b.imag());
    }
    if (IsFloat(actual.element())) return SameF64(actual.F64(i), expected.F64(i));
    return actual.I64(i) == expected.I64(i);
  });
}

inline Status CheckAlmostEqual(std::string_view check, const TensorView& actual,
                               const TensorView& expected, double tolerance) {
  const auto close = [tolerance](double a, double b) {
    return SameF64(a, b) || std::fabs(a - b) <= tolerance;
  };
  return CheckElements(check, actual, expected, [&](int64_t i) {
    if (IsComplex(actual.element())) {
      const std::complex<double> a = actual.C128(i), b = expected.C128(i);
      return close(a.real(), b.real()) && close(a.imag(), b.imag());
    }
    if (IsFloat(actual.element())) return close(actual.F64(i), expected.F64(i));
    return actual.I64(i) == expected.I64(i);
  });
}

// How many representable values of `element` lie between two floats, counted by their bits as
// sign and magnitude.
inline uint64_t UlpDistance(ElementType element, double a, double b) {
  if (SameF64(a, b)) return 0;
  if (!std::isfinite(a) || !std::isfinite(b)) return std::numeric_limits<uint64_t>::max();
  const uint64_t x = EncodeFloat(element, std::fabs(a));
  const uint64_t y = EncodeFloat(element, std::fabs(b));
  if (std::signbit(a) != std::signbit(b)) return x + y;
  return x > y ? x - y : y - x;
}

inline Status CheckClose(std::string_view check, const TensorView& actual,
                         const TensorView& expected, uint64_t min_ulps, uint64_t max_ulps) {
  const ElementType element = actual.element();
  return CheckElements(check, actual, expected, [&](int64_t i) {
    uint64_t ulps;
    if (IsComplex(element)) {
      const ElementType part = element == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
      const std::complex<double> a = actual.C128(i), b = expected.C128(i);
      ulps = std::max(UlpDistance(part, a.real(), b.real()), UlpDistance(part, a.imag(), b.imag()));
    } else if (IsFloat(element)) {
      ulps = UlpDistance(element, actual.F64(i), expected.F64(i));
    } else {
      ulps = actual.I64(i) == expected.I64(i) ? 0 : std::numeric_limits<uint64_t>::max();
    }
    return min_ulps <= ulps && ulps <= max_ulps;
  });
}

inline Status EvaluateCheckCall(const OpView& op, std::string_view target,
                                std::span<const TensorView> inputs) {
  const TensorView& actual = inputs[0];
  const TensorView& expected = inputs[1];
  if (target == "check.expect_eq") return CheckEqual(target, actual, expected);
  if (target == "check.expect_close") return CheckClose(target, actual, expected, 0, 3);
  if (target == "check.expect_almost_eq") return CheckAlmostEqual(target, actual, expected, 1e-3);
  if (target == "check.eq") return CheckAlmostEqual(target, actual, expected, 1e-4);
  return op.UnsupportedError(StrCat("no such check: ", target));
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_CHECK_EVAL_H_
