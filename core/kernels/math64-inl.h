// SPDX-License-Identifier: Apache-2.0
//
// Elementary functions over vectors of f64, in the vocabulary of core/kernels/math-inl.h and by the
// same forms: those of f64 itself, within about a unit in the last place; and functions of two
// numbers of f32, to 10^-10, which rounds to f32 as the exact value does but for near ties.
#ifndef WEBHLO_CORE_KERNELS_MATH64_INL_H_
#define WEBHLO_CORE_KERNELS_MATH64_INL_H_

#include <array>
#include <cstdint>
#include <utility>

#include "core/kernels/math-inl.h"

namespace webhlo::math {

inline constexpr double kLn2High64 = 0x1.62e42feep-1;  // 21 trailing zero bits.
inline constexpr double kLn2Low64 = 0x1.a39ef35793c76p-33;
// Adding it to a double below 2^51 rounds that to an integer, held in the low bits of the sum.
inline constexpr double kMagic64 = 0x1.8p52;
inline constexpr int64_t kMagicBits64 = 0x4338000000000000;

inline constexpr std::array kExpCoefficients64 = {
    0x1.0000000000005p-1,  0x1.555555555555cp-3,  0x1.55555555520f5p-5,  0x1.111111110e6e0p-7,
    0x1.6c16c17f3744bp-10, 0x1.a01a01b5d3982p-13, 0x1.a019a68650bc9p-16, 0x1.71ddea10cf7bfp-19,
    0x1.28a2ab0dc5df3p-22, 0x1.af76988ec8474p-26};

// x = n ln 2 + r, |r| <= ln 2 / 2; gives n and e^r - 1.
template <class L, class V>
auto ExpReduce64(L& l, V x) {
  V t = l.MulAdd(x, K<0x1.71547652b82fep+0>(l), K<kMagic64>(l));
  V n = l.Sub(t, K<kMagic64>(l));
  V r = l.NegMulAdd(n, K<kLn2High64>(l), x);
  r = l.NegMulAdd(n, K<kLn2Low64>(l), r);
  V p = l.MulAdd(Horner<kExpCoefficients64>(l, r), l.Mul(r, r), r);
  return std::pair(l.SubInt(l.Bits(t), KInt<kMagicBits64>(l)), p);
}

// 2^n for -1023 < n < 1024. Of n no more than the low bits count.
template <class L, class I>
auto PowerOfTwo64(L& l, I n) {
  return l.FromBits(l.template ShiftLeft<52>(l.AddInt(n, KInt<1023>(l))));
}

// Two scalings, so that results below 2^-1022 round once, to subnormals.
template <class L, class V>
V Exp64(L& l, V x) {
  auto [n, p] = ExpReduce64(l, l.PMax(l.PMin(x, K<710.0>(l)), K<-746.0>(l)));
  auto half = l.template ShiftRight<1>(n);
  p = l.Mul(l.Add(p, K<1.0>(l)), PowerOfTwo64(l, half));
  return l.Mul(p, PowerOfTwo64(l, l.SubInt(n, half)));
}

// As ExpMinusOne of f32.
template <class L, class V>
V ExpMinusOne64(L& l, V x) {
  auto [n, p] = ExpReduce64(l, l.PMax(l.PMin(x, K<710.0>(l)), K<-40.0>(l)));
  V scale = PowerOfTwo64(l, l.SubInt(n, KInt<1>(l)));
  V y = l.MulAdd(scale, p, l.Sub(scale, K<0.5>(l)));
  // Below 2^-54 x itself is the nearest double; this also keeps subnormals and -0.
  return l.Select(l.Lt(l.Abs(x), K<0x1p-54>(l)), x, l.Add(y, y));
}

template <class L, class V>
V Logistic64(L& l, V x) {
  return LogisticOf(l, x, Exp64(l, l.Neg(l.Abs(x))));
}

// t / (t + 2) with t = e^(2 |x|) - 1, which keeps small results; from 20 on it is 1.
template <class L, class V>
V Tanh64(L& l, V x) {
  V a = l.PMin(l.Abs(x), K<20.0>(l));
  V t = ExpMinusOne64(l, l.Add(a, a));
  return WithSign(l, l.Div(t, l.Add(t, K<2.0>(l))), x);
}

inline constexpr int64_t kSqrtHalfBits64 = 0x3fe6a09e667f3bcd;

// x = 2^e (1 + f) for normal x > 0, f in [sqrt(1/2) - 1, sqrt(2) - 1].
template <class L, class V>
std::pair<V, V> LogReduce64(L& l, V x) {
  auto i = l.SubInt(l.Bits(x), KInt<kSqrtHalfBits64>(l));
  auto e = l.AddInt(l.template ShiftRight<52>(i), KInt<kMagicBits64>(l));
  V m = l.FromBits(l.AddInt(l.AndInt(i, KInt<0xfffffffffffff>(l)), KInt<kSqrtHalfBits64>(l)));
  return {l.Sub(l.FromBits(e), K<kMagic64>(l)), l.Sub(m, K<1.0>(l))};
}

inline constexpr std::array kLogCoefficients64 = {
    0x1.5555555555593p-1, 0x1.999999997fb32p-2, 0x1.249249421797bp-2, 0x1.c71c51e802e0cp-3,
    0x1.74664629bedf5p-3, 0x1.39a0f551d0b19p-3, 0x1.2f0d8b4806fb0p-3};

// ln(x) + correction for normal x > 0: with s = f / (2 + f) it is ln(1 + f) = 2 s + s^3 P(s^2)
// = f - f^2 / 2 + s (f^2 / 2 + s^2 P(s^2)). `exponent_bias` is subtracted from e.
template <class L, class V>
V LogNormal64(L& l, V x, V exponent_bias, V correction) {
  auto [e, f] = LogReduce64(l, x);
  e = l.Sub(e, exponent_bias);
  V s = l.Div(f, l.Add(f, K<2.0>(l)));
  V z = l.Mul(s, s);
  V half = l.Mul(l.Mul(f, f), K<0.5>(l));
  V p = l.Mul(s, l.MulAdd(z, Horner<kLogCoefficients64>(l, z), half));
  p = l.Add(p, l.MulAdd(e, K<kLn2Low64>(l), correction));
  return l.MulAdd(e, K<kLn2High64>(l), l.Sub(f, l.Sub(half, p)));
}

template <class L, class V>
V Log64(L& l, V x) {
  return LogBy<0x1p-1022, 52>(l, x, [&](V normal, V bias, V correction) {
    return LogNormal64(l, normal, bias, correction);
  });
}

template <class L, class V>
V LogPlusOne64(L& l, V x) {
  return LogPlusOneBy<0x1p-54>(l, x, [&](V normal, V bias, V correction) {
    return LogNormal64(l, normal, bias, correction);
  });
}

// ---- Of numbers of f32.

// log2 m = s P(s^2), s = (m - 1) / (m + 1).
inline constexpr std::array kLog2Coefficients = {0x1.71547652b8250p+1, 0x1.ec709dc53e4d1p-1,
                                                 0x1.2776c290e6a62p-1, 0x1.a61a30c630df8p-2,
                                                 0x1.4794ff992f9bfp-2, 0x1.21b6048cbd2ecp-2};
inline constexpr std::array kExp2Coefficients = {
    0x1.ffffffffab9cap-1, 0x1.62e42ff116c38p-1,  0x1.ebfbe0a4f1bdbp-3,  0x1.c6b08aae5854dp-5,
    0x1.3b29dc15385e8p-7, 0x1.5d8a710854fb4p-10, 0x1.446a4334ec878p-13, 0x1.fe1754731e245p-17};

// x^y as 2^(y log2 |x|), where an infinity of f32 is whatever is too large for it; with C's edges.
template <class L, class V>
V PowerOfFloats(L& l, V x, V y) {
  V a = l.Abs(x);
  V zero = K<0.0>(l);
  auto [e, f] = LogReduce64(l, a);
  V s = l.Div(f, l.Add(f, K<2.0>(l)));
  V log = l.MulAdd(s, Horner<kLog2Coefficients>(l, l.Mul(s, s)), e);
  auto below_infinity = l.Lt(a, K<kInfinity>(l));
  log = l.Select(below_infinity, log, a);
  log = l.Select(l.Eq(a, zero), K<-kInfinity>(l), log);
  // 1 to any power and anything to the power 0 are 1, NaN and infinity too.
  V p = l.Select(l.Eq(a, K<1.0>(l)), zero, l.Mul(y, log));
  p = l.Select(l.Eq(y, zero), zero, p);
  p = l.PMax(l.PMin(p, K<300.0>(l)), K<-300.0>(l));
  V t = l.Add(p, K<kMagic64>(l));
  V r = l.Sub(p, l.Sub(t, K<kMagic64>(l)));
  V power = l.Mul(Horner<kExp2Coefficients>(l, r), PowerOfTwo64(l, l.Bits(t)));
  // Below 0 there are odd powers, even ones, and none.
  auto whole = l.Eq(l.Trunc(y), y);
  V half = l.Mul(y, K<0.5>(l));
  V odd = l.And(l.MaskBits(whole), l.MaskBits(l.Ne(l.Trunc(half), half)));
  V none = l.And(l.MaskBits(l.Lt(x, zero)), l.MaskBits(below_infinity));
  power = l.Select(whole, power, l.Or(power, l.And(none, K<kNaN>(l))));
  return l.Or(power, l.And(l.And(odd, x), K<-0.0>(l)));
}

// atan t = t P(t^2) for |t| <= tan(pi / 8).
inline constexpr std::array kAtanCoefficients = {
    0x1.ffffffffd22cap-1, -0x1.555554865019bp-2, 0x1.9999006857d30p-3, -0x1.247ce85709f46p-3,
    0x1.c43d5a88ac120p-4, -0x1.5a78a7b9c61b3p-4, 0x1.8205249de8195p-5};
inline constexpr double kPi = 0x1.921fb54442d18p+1;

// The angle of (x, y). From the first eighth of the turn, or from pi / 4 what lies nearer to that.
template <class L, class V>
V AngleOfFloats(L& l, V y, V x) {
  // Far beyond all floats, so that infinities have ratios; far below, so that zeros have.
  V across = l.PMin(l.Abs(x), K<0x1p1000>(l)), up = l.PMin(l.Abs(y), K<0x1p1000>(l));
  V large = l.PMax(l.PMax(across, up), K<0x1p-1000>(l)), small = l.PMin(across, up);
  auto far = l.Lt(l.Mul(large, K<0.41421356>(l)), small);
  V t = l.Div(l.Select(far, l.Sub(small, large), small), l.Select(far, l.Add(small, large), large));
  V angle =
      l.MulAdd(Horner<kAtanCoefficients>(l, l.Mul(t, t)), t, l.And(l.MaskBits(far), K<kPi / 4>(l)));
  angle = l.Select(l.Lt(across, up), l.Sub(K<kPi / 2>(l), angle), angle);
  angle = l.Select(l.SignMask(l.Bits(x)), l.Sub(K<kPi>(l), angle), angle);
  angle = WithSign(l, angle, y);
  return l.Or(angle, l.Or(l.MaskBits(l.Ne(x, x)), l.MaskBits(l.Ne(y, y))));
}

}  // namespace webhlo::math

#endif  // WEBHLO_CORE_KERNELS_MATH64_INL_H_
