// SPDX-License-Identifier: Apache-2.0
//
// Why it is exact. Let a, b > 0 be integers that floats of p bits hold, a <= 2^(p-3), and n =
// floor(a / b), so that n <= a / b <= n + 1 - 1 / b.
//   a / b rounded is at least n, as n is a float and rounding keeps order, and less than n + 1, as
//   its error is at most 2^-p a / b < 1 / b.
//   a r rounded is so as well where r >= 1 / b is the float behind the one nearest to 1 / b: it is
//   at most 5 2^-p a / b < 1 / b beyond a / b.
// Signs change nothing. Integers of 16 bits meet this in f32 (p = 24), those of 32 in f64 (p = 53),
// and those of 64 where they need no more than 50; where one of a vector does not, all of them are
// divided lane by lane.
//
// Whole numbers become integers by adding 1.5 2^(p-1): below 2^(p-2), the low bits of the sum are
// the number's, modulo 2^32 those of 32 bits with or without sign. So the least value by -1 wraps.
#include "core/jit/division.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace webhlo::jit {
namespace {

using E = ElementType;
using V = LaneValue;

template <class F>
constexpr F kToInteger = F{1.5} / std::numeric_limits<F>::epsilon();
constexpr uint64_t kToInteger32 = std::bit_cast<uint32_t>(kToInteger<float>);
constexpr uint64_t kToInteger64 = std::bit_cast<uint64_t>(kToInteger<double>);

// By 2^k.
V Shifted(Speaker& l, V a, int k) {
  if (k == 0) return a;
  if (IsUnsigned(*LaneOf(a.element()))) return l.ShiftRightLogical(a, k);
  // Towards zero: what is negative is 2^k - 1 more.
  const int bits = BitWidth(a.element());
  return l.ShiftRight(l.Add(a, l.ShiftRightLogical(l.ShiftRight(a, bits - 1), bits - k)), k);
}

// The float behind the one nearest to 1 / b.
uint64_t ReciprocalBits(E real, double b) {
  if (real == E::kF64) return std::bit_cast<uint64_t>(std::nextafter(1 / b, 2 / b));
  const float r = static_cast<float>(1 / b);
  return std::bit_cast<uint32_t>(std::nextafter(r, 2 * r));
}

// a / b cut to a whole number, plus kToInteger. `known`: b where it is a constant, else 0.
V Sum(Speaker& l, V a, V b, double known) {
  const E real = a.element();
  const V quotient =
      known != 0 ? l.Mul(a, l.Constant(real, ReciprocalBits(real, known))) : l.Div(a, b);
  const V to_integer = l.Constant(real, real == E::kF32 ? kToInteger32 : kToInteger64);
  return l.Bits(l.Add(l.Trunc(quotient), to_integer));
}

V QuotientOf64(Record& record, V a, V b, double known) {
  constexpr int kSmallBits = 50;
  const E type = a.element();
  Speaker l(record, E::kF64);
  const auto constant = [&](uint64_t bits) { return l.Constant(type, bits); };
  // Bits that are set of large numbers; of those with a sign, 2^50 later.
  const auto large = [&](V v) {
    if (type == E::kU64) return l.ShiftRightLogical(v, kSmallBits);
    return l.ShiftRightLogical(l.Add(v, constant(uint64_t{1} << kSmallBits)), kSmallBits + 1);
  };
  const auto to_float = [&](V small) {
    return l.Sub(l.FromBits(l.Add(small, constant(kToInteger64))),
                 l.Constant(E::kF64, kToInteger64));
  };
  // Instructions for scalars trap where a quotient is none.
  const V zero = l.Eq(b, constant(0)), minus_one = l.Eq(b, constant(~uint64_t{0}));
  V divisor = b;
  if (known == 0) {
    divisor = l.Select(type == E::kU64 ? zero : l.Or(zero, minus_one), constant(1), b);
  }
  const V rare = l.Ne(l.Or(large(a), large(divisor)), constant(0));
  const V small =
      l.SubInt(Sum(l, to_float(a), to_float(divisor), known), l.Constant(E::kI64, kToInteger64));
  V quotient = {record.Add({.operation = Operation::kQuotient,
                            .lane = *LaneOf(type),
                            .num_args = 4,
                            .fix = true,
                            .args = {rare.id(), small.id(), a.id(), divisor.id()}}),
                type};
  if (known != 0) return quotient;
  if (type == E::kI64) {
    const V sign = {minus_one.id(), type};
    quotient = l.Sub(l.Xor(quotient, sign), sign);
  }
  return l.Or(quotient, {zero.id(), type});
}

}  // namespace

V Quotient(Record& record, V a, V b) {
  const E type = a.element();
  const bool is_wide = BitWidth(type) == 64, is_signed = IsSignedInteger(type);
  const E real = BitWidth(type) <= 16 ? E::kF32 : E::kF64;
  Speaker l(record, real);

  double known = 0;
  const std::optional<uint64_t> bits = l.ConstantBits(b);
  a = l.Widen(a);
  b = l.Widen(b);
  if (bits) {
    const int unused = 64 - BitWidth(type);
    const uint64_t high = *bits << unused;
    const int64_t value =
        is_signed ? static_cast<int64_t>(high) >> unused : static_cast<int64_t>(high >> unused);
    const auto magnitude = static_cast<uint64_t>(value);
    if (std::has_single_bit(magnitude) && (value > 0 || !is_signed)) {
      return l.Narrow(Shifted(l, a, std::countr_zero(magnitude)), type);
    }
    if (value != -1) known = static_cast<double>(value);
  }
  if (is_wide) return QuotientOf64(record, a, b, known);

  V sum = Sum(l, l.Convert(a, real), l.Convert(b, real), known);
  sum =
      real == E::kF64 ? l.Convert(sum, E::kI32) : l.SubInt(sum, l.Constant(E::kI32, kToInteger32));
  if (known == 0) sum = l.Or(sum, {l.Eq(b, l.Constant(b.element(), 0)).id(), sum.element()});
  return l.Narrow({sum.id(), a.element()}, type);
}

}  // namespace webhlo::jit
