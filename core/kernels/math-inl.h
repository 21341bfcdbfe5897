// SPDX-License-Identifier: Apache-2.0
//
// Elementary functions of f32, written once over a vector vocabulary (core/kernels/simd-inl.h):
// with Hwy<float> they are the tiles, with jit::Speaker the JIT's code. docs/accuracy.md states
// their measured bounds. All inputs are allowed: NaN, infinities, subnormals, both zeros.
//
// Polynomials are own minimax fits (weighted by the relative error of the result, then rounded to
// f32 one coefficient at a time with the rest fitted anew), lowest power first. Splittings (ln 2,
// pi / 2) leave enough trailing zeros that products with the small integer in front are exact, so
// the reductions hold with and without fused multiply-add.
#ifndef WEBHLO_CORE_KERNELS_MATH_INL_H_
#define WEBHLO_CORE_KERNELS_MATH_INL_H_

#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace webhlo::math {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

template <auto kValue, class L>
auto K(L& l) {
  return l.template Float<kValue>();
}
template <int64_t kValue, class L>
auto KInt(L& l) {
  return l.template Int<kValue>();
}

// c[0] + x * (c[1] + x * (...)).
template <const auto& kCoefficients, class L, class V>
V Horner(L& l, V x) {
  if constexpr (requires { l.Polynomial(kCoefficients, x); }) {
    return l.Polynomial(kCoefficients, x);
  } else {
    constexpr size_t n = kCoefficients.size();
    V r = K<kCoefficients[n - 1]>(l);
    [&]<size_t... i>(std::index_sequence<i...>) {
      ((r = l.MulAdd(r, x, K<kCoefficients[n - 2 - i]>(l))), ...);
    }
    (std::make_index_sequence<n - 1>());
    return r;
  }
}

// `magnitude` (not negative) with the sign of `sign`.
template <class L, class V>
V WithSign(L& l, V magnitude, V sign) {
  return l.Or(magnitude, l.And(sign, K<-0.0f>(l)));
}

// Halves away from zero. x - trunc(x) is exact.
template <class L, class V>
V RoundAwayFromZero(L& l, V x) {
  V t = l.Trunc(l.Abs(x));
  V up = l.Add(t, K<1.0f>(l));
  V r = l.Select(l.Lt(l.Sub(l.Abs(x), t), K<0.5f>(l)), t, up);
  // NaN takes the second branch and stays NaN; infinity minus itself does too, and stays infinite.
  return WithSign(l, r, x);
}

// 1, -1, and zeros and NaN as they are. Of integers too.
template <class L, class V>
V Sign(L& l, V x) {
  V zero = K<0.0f>(l);
  return l.Select(l.Lt(zero, x), K<1.0f>(l), l.Select(l.Lt(x, zero), K<-1.0f>(l), x));
}

inline constexpr float kLog2E = 1.44269504f;
inline constexpr float kLn2High = 0.693145752f;  // Nine trailing zero bits.
inline constexpr float kLn2Low = 1.42860677e-6f;
// Adding it to a float below 2^22 rounds that to an integer, held in the low bits of the sum.
inline constexpr float kMagic = 12582912.0f;

inline constexpr std::array kExpCoefficients = {.49999994f, .166665211f, .0416682586f,
                                                .00836866815f, .0013821302f};

// x = n ln 2 + r, |r| <= ln 2 / 2; gives n + kBias in the low bits of an integer, and e^r - 1.
// `lost`: what x lacks of the exponent, where it is a rounded sum. A vector waits for the one
// operation after the other here, so the polynomial is one of short ways.
template <int kBias, class L, class V, class... Lost>
auto ExpReduce(L& l, V x, Lost... lost) {
  V t = l.MulAdd(x, K<kLog2E>(l), K<kMagic + kBias>(l));
  V n = l.Sub(t, K<kMagic + kBias>(l));
  V r = l.NegMulAdd(n, K<kLn2High>(l), x);
  r = l.NegMulAdd(n, K<kLn2Low>(l), r);
  ((r = l.Add(r, lost)), ...);
  V square = l.Mul(r, r);
  V low = l.MulAdd(K<kExpCoefficients[2]>(l), r, K<kExpCoefficients[1]>(l));
  V high = l.MulAdd(K<kExpCoefficients[4]>(l), r, K<kExpCoefficients[3]>(l));
  V p = l.MulAdd(l.MulAdd(high, square, low), r, K<kExpCoefficients[0]>(l));
  return std::pair(l.Bits(t), l.MulAdd(p, square, r));
}

// 2^n of n + 127 in the low bits, for -127 < n < 128; 0 for -127. (A NaN's n is garbage; products
// with the NaN stay NaN.)
template <class L, class I>
auto PowerOfTwo(L& l, I n) {
  return l.FromBits(l.template ShiftLeft<23>(n));
}

// Two factors that make 2^n, of n + 254 in the low bits: results below 2^-126 round once, to
// subnormals.
template <class L, class I>
auto PowersOfTwo(L& l, I n) {
  auto half = l.template ShiftRight<1>(n);
  return std::pair(PowerOfTwo(l, half), PowerOfTwo(l, l.SubInt(n, half)));
}

// x <= 89.
template <class L, class V>
V ExpBelow89(L& l, V x) {
  auto [n, p] = ExpReduce<254>(l, l.PMax(x, K<-104.0f>(l)));
  auto [scale, rest] = PowersOfTwo(l, n);
  return l.Mul(l.MulAdd(scale, p, scale), rest);
}

template <class L, class V>
V Exp(L& l, V x) {
  return ExpBelow89(l, l.PMin(x, K<89.0f>(l)));
}

// x <= 0, where results below 2^-126.5 may be 0: at -88 n is -127, whose power of two is 0.
template <class L, class V>
V ExpNegative(L& l, V x) {
  auto [n, p] = ExpReduce<127>(l, l.PMax(x, K<-88.0f>(l)));
  V scale = PowerOfTwo(l, n);
  return l.MulAdd(scale, p, scale);
}

// 2^n (p + 1) - 1 = 2 (2^(n-1) p + (2^(n-1) - 1/2)): half scale, so that n = 128 does not overflow.
template <class L, class V>
V ExpMinusOne(L& l, V x) {
  auto [n, p] = ExpReduce<126>(l, l.PMax(l.PMin(x, K<89.0f>(l)), K<-20.0f>(l)));
  V scale = PowerOfTwo(l, n);
  V y = l.MulAdd(scale, p, l.Sub(scale, K<0.5f>(l)));
  // Below 2^-25 x itself is the nearest float; this also keeps subnormals and -0.
  return l.Select(l.Lt(l.Abs(x), K<0x1p-25f>(l)), x, l.Add(y, y));
}

// 1 / (1 + e^-x), from `e` = e^-|x| <= 1.
template <class L, class V>
V LogisticOf(L& l, V x, V e) {
  V one = K<1.0f>(l);
  return l.Div(l.Select(l.Lt(x, K<0.0f>(l)), e, one), l.Add(one, e));
}

template <class L, class V>
V Logistic(L& l, V x) {
  return LogisticOf(l, x, ExpBelow89(l, l.Neg(l.Abs(x))));
}

inline constexpr std::array kTanhCoefficients = {-.333332807f, .133314088f, -.0537369512f,
                                                 .0206300709f, -.00569486525f};

// (1 - e) / (1 + e) with e = e^(-2 |x|); below 0.625, where that cancels, x + x^3 P(x^2).
template <class L, class V>
V Tanh(L& l, V x) {
  V a = l.Abs(x);
  V one = K<1.0f>(l);
  V e = ExpNegative(l, l.Mul(a, K<-2.0f>(l)));
  V large = l.Div(l.Sub(one, e), l.Add(one, e));
  V square = l.Mul(a, a);
  V small = l.MulAdd(l.Mul(a, square), Horner<kTanhCoefficients>(l, square), a);
  return WithSign(l, l.Select(l.Lt(a, K<0.625f>(l)), small, large), x);
}

inline constexpr std::array kLogCoefficients = {.333333313f,  -.250008225f, .20001252f,
                                                -.166233242f, .142012522f,  -.13160035f,
                                                .127647594f,  -.0763862357f};
inline constexpr int32_t kSqrtHalfBits = 0x3f3504f3;

// ln(x) + correction for normal x > 0: x = 2^e (1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1];
// ln(1 + f) = f - f^2 / 2 + f^3 P(f). `exponent_bias` is subtracted from e.
template <class L, class V>
V LogNormal(L& l, V x, V exponent_bias, V correction) {
  auto i = l.SubInt(l.Bits(x), KInt<kSqrtHalfBits>(l));
  V e = l.Sub(l.IntToFloat(l.template ShiftRight<23>(i)), exponent_bias);
  V m = l.FromBits(l.AddInt(l.AndInt(i, KInt<0x7fffff>(l)), KInt<kSqrtHalfBits>(l)));
  V f = l.Sub(m, K<1.0f>(l));
  V square = l.Mul(f, f);
  V p = l.Mul(l.Mul(Horner<kLogCoefficients>(l, f), f), square);
  p = l.Add(p, l.MulAdd(e, K<kLn2Low>(l), correction));
  p = l.NegMulAdd(square, K<0.5f>(l), p);
  return l.MulAdd(e, K<kLn2High>(l), l.Add(p, f));
}

// `y` where zero < x < infinity; else -infinity at zero, x at infinity, NaN below zero and for NaN.
template <class L, class V>
V LogEdges(L& l, V x, V y, V zero) {
  y = l.Select(l.Lt(x, K<kInfinity>(l)), y, x);
  V edge = l.Select(l.Eq(x, zero), K<-kInfinity>(l), K<kNaN>(l));
  return l.Select(l.Lt(zero, x), y, edge);
}

// `normal(x, exponent_bias, correction)` is LogNormal of the type, which has no subnormals:
// kLeastNormal and kBits say which those are, and how many bits of the mantissa they may lack.
template <auto kLeastNormal, int kBits, class L, class V, class Normal>
V LogBy(L& l, V x, Normal normal) {
  auto tiny = l.Lt(x, K<kLeastNormal>(l));
  V scaled = l.Select(tiny, l.Mul(x, K<static_cast<float>(1ull << kBits)>(l)), x);
  V bias = l.And(l.MaskBits(tiny), K<static_cast<float>(kBits)>(l));
  return LogEdges(l, x, normal(scaled, bias, K<0.0f>(l)), K<0.0f>(l));
}

template <class L, class V>
V Log(L& l, V x) {
  return LogBy<0x1p-126f, 23>(
      l, x, [&](V normal, V bias, V correction) { return LogNormal(l, normal, bias, correction); });
}

// ln of u = fl(1 + x), corrected by what the sum lost, over u. Below kSame it is x.
template <auto kSame, class L, class V, class Normal>
V LogPlusOneBy(L& l, V x, Normal normal) {
  V one = K<1.0f>(l);
  V u = l.Add(one, x);
  V v = l.Sub(u, one);
  V lost = l.Add(l.Sub(x, v), l.Sub(one, l.Sub(u, v)));
  V y = normal(u, K<0.0f>(l), l.Div(lost, u));
  y = LogEdges(l, x, y, K<-1.0f>(l));
  return l.Select(l.Lt(l.Abs(x), K<kSame>(l)), x, y);
}

template <class L, class V>
V LogPlusOne(L& l, V x) {
  return LogPlusOneBy<0x1p-25f>(
      l, x, [&](V normal, V bias, V correction) { return LogNormal(l, normal, bias, correction); });
}

inline constexpr std::array kSinCoefficients = {-.166666672f, .0083333794f, -1.98530732e-4f,
                                                2.83273926e-6f};
inline constexpr std::array kCosCoefficients = {.0416666679f, -.001388898f, 2.48220204e-5f,
                                                -2.88808877e-7f};

// sin(x + kQuarters pi / 2). x = n pi / 2 + r with pi / 2 in four parts (all positive, so that -0
// stays); beyond the range in which
// n has 11 bits (and for infinities and NaN) the lane function of `Op` answers.
template <int kQuarters, class Op, class L, class V>
V SineOfShifted(L& l, V x) {
  V t = l.MulAdd(x, K<.636619772f>(l), K<kMagic>(l));
  V n = l.Sub(t, K<kMagic>(l));
  V r = l.NegMulAdd(n, K<0x1.921p+0f>(l), x);
  r = l.NegMulAdd(n, K<0x1.f6ap-13f>(l), r);
  r = l.NegMulAdd(n, K<0x1.11p-26f>(l), r);
  r = l.NegMulAdd(n, K<0x1.68c234p-39f>(l), r);
  V square = l.Mul(r, r);
  V sine = l.MulAdd(l.Mul(r, square), Horner<kSinCoefficients>(l, square), r);
  sine = WithSign(l, sine, r);  // r = -0 would give +0.
  V cosine = l.MulAdd(l.Mul(square, square), Horner<kCosCoefficients>(l, square),
                      l.NegMulAdd(square, K<0.5f>(l), K<1.0f>(l)));
  auto quarter = l.Bits(t);
  if constexpr (kQuarters != 0) quarter = l.AddInt(quarter, KInt<kQuarters>(l));
  V y = l.Select(l.SignMask(l.template ShiftLeft<31>(quarter)), cosine, sine);
  y = l.Xor(y, l.FromBits(l.template ShiftLeft<31>(l.template ShiftRight<1>(quarter))));
  return l.template FixLanes<Op>(l.NotLt(l.Abs(x), K<3200.0f>(l)), y, x);
}

inline constexpr std::array kErfCoefficients = {.128379166f,   -.37612626f,   .112835787f,
                                                -.0268533472f, .00518716216f, -7.9978531e-4f,
                                                7.80690389e-5f};
inline constexpr std::array kErfcPowerCoefficients = {.996487021f,    .159210309f,   .0494176708f,
                                                      .0737356022f,   -.0330306515f, .0177506153f,
                                                      -.00400213897f, 5.43665839e-4f};

// x + x P(x^2) below 1; else 1 - Q(|x|)^-8, which is 1 where the power overflows.
template <class L, class V>
V Erf(L& l, V x) {
  V one = K<1.0f>(l);
  V a = l.Abs(x);
  V small = l.MulAdd(a, Horner<kErfCoefficients>(l, l.Mul(a, a)), a);
  V q = Horner<kErfcPowerCoefficients>(l, a);
  q = l.Mul(q, q);
  q = l.Mul(q, q);
  q = l.Mul(q, q);
  V large = l.Sub(one, l.Div(one, q));
  return WithSign(l, l.Select(l.Lt(a, one), small, large), x);
}

inline constexpr std::array kErfcCoefficients = {1.0f,          -1.25675261f,  0.48626402f,
                                                 0.214617193f,  -0.118002161f, -0.0251983069f,
                                                 -0.146519095f, 0.186297938f,  -0.058620058f};

// e^(-a^2) u P(1 - u) with u = 1 / (1 + a / 2), a = |x|; 2 less that below 0. The square is exact
// in two parts: half of an exponent's last place would be many of the result's.
template <class L, class V>
V Erfc(L& l, V x) {
  V one = K<1.0f>(l);
  // From 10.1 on the result is 0.
  V a = l.PMin(l.Abs(x), K<10.25f>(l));
  V high = l.FromBits(l.template ShiftLeft<12>(l.template ShiftRight<12>(l.Bits(a))));
  V square = l.Mul(high, high), rest = l.Mul(l.Add(a, high), l.Sub(a, high));
  V sum = l.Add(square, rest);
  auto [n, p] = ExpReduce<254>(l, l.Neg(sum), l.Sub(l.Sub(sum, square), rest));
  V b = l.Mul(a, K<0.5f>(l));
  V u = l.Div(one, l.Add(b, one));
  V y = l.Mul(Horner<kErfcCoefficients>(l, l.Mul(b, u)), u);
  auto [scale, last] = PowersOfTwo(l, n);
  y = l.Mul(l.Mul(l.MulAdd(y, p, y), scale), last);
  return l.Select(l.Lt(x, K<0.0f>(l)), l.Sub(K<2.0f>(l), y), y);
}

}  // namespace webhlo::math

#endif  // WEBHLO_CORE_KERNELS_MATH_INL_H_
