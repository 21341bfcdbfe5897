// SPDX-License-Identifier: Apache-2.0
//
// Complex numbers as pairs of vectors of f64, in the vocabulary of core/kernels/math64-inl.h: the
// JIT's code. Arithmetic is that of the references, bit by bit. Functions are those of numbers of
// f32, whose squares neither overflow nor vanish here: to 10^-10 in each part, which rounds to f32
// as the exact value does but for near ties. Their values for zeros, infinities and NaN are the
// references' (C99, Annex G).
#ifndef WEBHLO_CORE_KERNELS_COMPLEX_INL_H_
#define WEBHLO_CORE_KERNELS_COMPLEX_INL_H_

#include <array>

#include "core/jit/lane_function.h"
#include "core/kernels/math64-inl.h"

namespace webhlo {

template <class V>
struct Pair {
  V re, im;
};

namespace pairs {

using namespace math;  // NOLINT(google-build-using-namespace)

template <class L, class V>
Pair<V> Product(L& l, Pair<V> a, Pair<V> b) {
  return {l.Sub(l.Mul(a.re, b.re), l.Mul(a.im, b.im)), l.Add(l.Mul(a.re, b.im), l.Mul(a.im, b.re))};
}

// |z|^2.
template <class L, class V>
V SquareOf(L& l, Pair<V> z) {
  return l.Add(l.Mul(z.re, z.re), l.Mul(z.im, z.im));
}

// a conj(b).
template <class L, class V>
Pair<V> ProductWithConjugate(L& l, Pair<V> a, Pair<V> b) {
  return {l.Add(l.Mul(a.re, b.re), l.Mul(a.im, b.im)), l.Sub(l.Mul(a.im, b.re), l.Mul(a.re, b.im))};
}

// `a` where the mask is set.
template <class L, class M, class V>
Pair<V> SelectPair(L& l, M mask, Pair<V> a, Pair<V> b) {
  return {l.Select(mask, a.re, b.re), l.Select(mask, a.im, b.im)};
}

// ---- Of numbers of f32.

inline constexpr std::array kSinCoefficients64 = {-0x1.5555554c70e5dp-3, 0x1.11110869b6169p-7,
                                                  -0x1.a00f7e9e67f29p-13, 0x1.6cd1d191d7461p-19};
inline constexpr std::array kCosCoefficients64 = {0x1.5555554ed8d8dp-5, -0x1.6c16b8295dd2ep-10,
                                                  0x1.a010de5840a32p-16, -0x1.241e83706d473p-22};

// cos x + i sin x. x = n pi / 2 + r with pi / 2 in two parts, of which the first times n is exact
// while n has 20 bits; beyond (and for infinities and NaN) the lane functions answer.
template <class Cos, class Sin, class L, class V>
WEBHLO_SMALL Pair<V> OnCircle(L& l, V x) {
  V t = l.MulAdd(x, K<0x1.45f306dc9c883p-1>(l), K<kMagic64>(l));
  V n = l.Sub(t, K<kMagic64>(l));
  V r = l.NegMulAdd(n, K<0x1.921fb544p+0>(l), x);
  r = l.NegMulAdd(n, K<0x1.0b4611a626331p-34>(l), r);
  V square = l.Mul(r, r), zero = K<0.0>(l), sign = K<-0.0>(l);
  V sine = l.MulAdd(l.Mul(r, square), Horner<kSinCoefficients64>(l, square), r);
  sine = WithSign(l, sine, r);  // r = -0 would give +0.
  V cosine = l.MulAdd(l.Mul(square, square), Horner<kCosCoefficients64>(l, square),
                      l.NegMulAdd(square, K<0.5>(l), K<1.0>(l)));
  // The lowest bits of n tell the quarter: whether sine and cosine change places, and signs.
  auto quarter = l.Bits(t);
  V odd = l.FromBits(l.template ShiftLeft<63>(quarter));
  V second = l.And(l.FromBits(l.template ShiftLeft<62>(quarter)), sign);
  auto changed = l.Lt(l.Or(odd, K<1.0>(l)), zero);
  Pair<V> w = {l.Xor(l.Select(changed, sine, cosine), l.Xor(second, odd)),
               l.Xor(l.Select(changed, cosine, sine), second)};
  auto far = l.NotLt(l.Abs(x), K<0x1p20>(l));
  return {l.template FixLanes<Cos>(far, w.re, x), l.template FixLanes<Sin>(far, w.im, x)};
}

// v * factor, where a zero v stays zero.
template <class L, class V>
V TimesPositive(L& l, V v, V factor) {
  return l.Select(l.Eq(v, K<0.0>(l)), v, l.Mul(v, factor));
}

// Where the exponent is infinite and the angle NaN, e^z is known: `grown` in its real part, and
// nothing if that vanishes.
template <class L, class V>
Pair<V> ExpEdges(L& l, Pair<V> z, V grown, Pair<V> w) {
  auto known = l.Eq(z.im, z.im);
  V infinity = K<kInfinity>(l), zero = K<0.0>(l);
  return {l.Select(known, w.re, l.Select(l.Eq(l.Abs(z.re), infinity), grown, w.re)),
          l.Select(known, w.im, l.Select(l.Eq(z.re, l.Neg(infinity)), zero, w.im))};
}

// From e^700 on all but zeros are infinite in f32.
template <class L, class V>
V ExpOfFloats(L& l, V x) {
  return Exp64(l, l.PMin(x, K<700.0>(l)));
}

template <class Cos, class Sin, class L, class V>
Pair<V> Exp(L& l, Pair<V> z) {
  V size = ExpOfFloats(l, z.re);
  Pair<V> unit = OnCircle<Cos, Sin>(l, z.im);
  return ExpEdges(l, z, size, Pair<V>{l.Mul(unit.re, size), TimesPositive(l, unit.im, size)});
}

// e^z - 1 = expm1(x) cos y - 2 sin^2(y / 2) + i e^x sin y, by the sine and cosine of y / 2.
template <class Cos, class Sin, class L, class V>
Pair<V> ExpMinusOne(L& l, Pair<V> z) {
  V size = ExpOfFloats(l, z.re);
  V less = ExpMinusOne64(l, l.PMin(z.re, K<700.0>(l)));
  Pair<V> half = OnCircle<Cos, Sin>(l, l.Mul(z.im, K<0.5>(l)));
  V twice = l.Add(half.im, half.im), square = l.Mul(twice, half.im);
  Pair<V> w = {l.Sub(l.Mul(less, l.Sub(K<1.0>(l), square)), square),
               TimesPositive(l, l.Mul(twice, half.re), size)};
  return ExpEdges(l, z, less, w);
}

// 1 / (1 + e^-z).
template <class Cos, class Sin, class L, class V>
Pair<V> Logistic(L& l, Pair<V> z) {
  V zero = K<0.0>(l), one = K<1.0>(l), infinity = K<kInfinity>(l);
  V size = Exp64(l, l.PMin(l.Neg(z.re), K<300.0>(l)));
  Pair<V> unit = OnCircle<Cos, Sin>(l, l.Neg(z.im));
  Pair<V> w = {l.Add(one, l.Mul(unit.re, size)), TimesPositive(l, unit.im, size)};
  V square = SquareOf(l, w);
  // Whatever the angle of an infinite e^-z is, or of one that is zero.
  auto lost = l.NotLt(l.Abs(z.im), infinity);
  V limit = l.And(l.MaskBits(l.Lt(zero, z.re)), one);
  auto far = l.Eq(l.Abs(z.re), infinity);
  V re = l.Div(w.re, square), im = l.Div(l.Sub(zero, w.im), square);
  return {l.Select(lost, l.Select(far, limit, re), re),
          l.Select(lost, l.Select(far, zero, im), im)};
}

// |z|^2 less `whole`, which is 1 where |z| is near to it, as its distance from 1 counts, and else
// 0.
template <class L, class V>
WEBHLO_SMALL V SquareLess(L& l, Pair<V> z, V* whole) {
  V one = K<1.0>(l);
  V x = l.Abs(z.re), y = l.Abs(z.im);
  V a = l.PMax(x, y), b = l.PMin(y, x);  // One of them keeps a NaN.
  auto near = l.Lt(l.Abs(l.Sub(a, K<1.25>(l))), K<0.75>(l));
  *whole = l.And(l.MaskBits(near), one);
  V square = l.Select(near, l.Mul(l.Sub(a, one), l.Add(a, one)), l.Mul(a, a));
  return l.Add(square, l.Mul(b, b));
}

// log z, where |z|^2 is `s` + `whole`.
template <class L, class V>
WEBHLO_SMALL Pair<V> LogBySquare(L& l, Pair<V> z, V s, V whole) {
  V u = l.Add(whole, s), v = l.Sub(u, whole), zero = K<0.0>(l), infinity = K<kInfinity>(l);
  V lost = l.Add(l.Sub(s, v), l.Sub(whole, l.Sub(u, v)));
  V re = LogEdges(l, u, LogNormal64(l, u, zero, l.Div(lost, u)), zero);
  // Even beside a NaN.
  re = l.Select(l.Eq(l.Abs(z.re), infinity), infinity, re);
  re = l.Select(l.Eq(l.Abs(z.im), infinity), infinity, re);
  return {l.Mul(re, K<0.5>(l)), AngleOfFloats(l, z.im, z.re)};
}

template <class L, class V>
Pair<V> Log(L& l, Pair<V> z) {
  V whole, s = SquareLess(l, z, &whole);
  return LogBySquare(l, z, s, whole);
}

// |1 + z|^2 - 1 = x (2 + x) + y^2.
template <class L, class V>
Pair<V> LogPlusOne(L& l, Pair<V> z) {
  V one = K<1.0>(l), two = K<2.0>(l);
  Pair<V> w = {l.Add(one, z.re), z.im};
  V whole, s = SquareLess(l, w, &whole);
  auto small = l.Lt(l.PMax(l.Mul(l.Abs(z.re), K<4.0>(l)), l.Abs(z.im)), two);
  V near = l.Add(l.Mul(z.re, l.Add(two, z.re)), l.Mul(z.im, z.im));
  return LogBySquare(l, w, l.Select(small, near, s), l.Select(small, one, whole));
}

inline constexpr double kBeyondFloats = 0x1p600;

// The root of z with its |z|, where infinities are 2^600 and what stands beside one does not count
// in |z|.
template <class L, class V>
WEBHLO_SMALL Pair<V> RootAndAbs(L& l, Pair<V> z, V* abs) {
  V big = K<kBeyondFloats>(l), zero = K<0.0>(l);
  V y = l.PMin(l.Abs(z.im), big);
  V x = l.Select(l.Eq(y, big), zero, l.PMin(l.Abs(z.re), big));
  V size = l.PMin(l.Sqrt(SquareOf(l, Pair<V>{x, y})), big);
  size = l.Select(l.Eq(x, big), big, size);
  V root = l.Sqrt(l.Mul(l.Add(x, size), K<0.5>(l)));
  V other = l.Div(y, l.PMax(l.Add(root, root), K<0x1p-600>(l)));
  auto right = l.Le(zero, z.re);
  *abs = size;
  return {l.Select(right, root, other), WithSign(l, l.Select(right, other, root), z.im)};
}

template <class L, class V>
Pair<V> Sqrt(L& l, Pair<V> z) {
  V size;
  return RootAndAbs(l, z, &size);
}

// The conjugate of the root over |z|.
template <class L, class V>
Pair<V> Rsqrt(L& l, Pair<V> z) {
  V size, zero = K<0.0>(l), infinity = K<kInfinity>(l);
  Pair<V> w = RootAndAbs(l, z, &size);
  w = SelectPair(l, l.Eq(size, K<kBeyondFloats>(l)), Pair<V>{zero, zero}, w);
  return {l.Select(l.Eq(size, zero), infinity, l.Div(w.re, size)), l.Div(l.Sub(zero, w.im), size)};
}

// cosh y + i sinh y.
template <class L, class V>
WEBHLO_SMALL Pair<V> Hyperbolic(L& l, V y, V most) {
  V t = ExpMinusOne64(l, l.PMin(l.Abs(y), most));
  V e = l.Add(t, K<1.0>(l)), half = K<0.5>(l);
  return {l.Mul(l.Add(e, l.Div(K<1.0>(l), e)), half),
          WithSign(l, l.Mul(l.Add(t, l.Div(t, e)), half), y)};
}

// a cosh y + i b sinh y, where zeros a and b stay zeros.
template <class L, class V>
WEBHLO_SMALL Pair<V> TimesHyperbolic(L& l, V a, V b, V y) {
  Pair<V> h = Hyperbolic(l, y, K<700.0>(l));
  V sign = l.And(y, K<-0.0>(l));
  return {TimesPositive(l, a, h.re), l.Select(l.Eq(b, K<0.0>(l)), l.Xor(b, sign), l.Mul(b, h.im))};
}

template <class Cos, class Sin, class L, class V>
Pair<V> Sine(L& l, Pair<V> z) {
  Pair<V> unit = OnCircle<Cos, Sin>(l, z.re);
  Pair<V> w = TimesHyperbolic(l, unit.im, unit.re, z.im);
  // With no angle, zeros and infinities stay what they are.
  V edge = l.Select(l.Eq(l.Add(z.im, z.im), z.im), z.im, w.im);
  return {w.re, l.Select(l.Lt(l.Abs(z.re), K<kInfinity>(l)), w.im, edge)};
}

template <class Cos, class Sin, class L, class V>
Pair<V> Cosine(L& l, Pair<V> z) {
  V infinity = K<kInfinity>(l);
  Pair<V> unit = OnCircle<Cos, Sin>(l, z.re);
  Pair<V> w = TimesHyperbolic(l, unit.re, l.Neg(unit.im), z.im);
  auto known = l.Lt(l.Abs(z.re), infinity);
  V re = l.Select(l.Eq(l.Abs(z.im), infinity), infinity, w.re);
  V im = l.Select(l.Eq(z.im, K<0.0>(l)), z.im, w.im);
  return {l.Select(known, w.re, re), l.Select(known, w.im, im)};
}

// sinh x cosh x / (cos^2 y + sinh^2 x) + i sin y cos y / (the same).
template <class Cos, class Sin, class L, class V>
Pair<V> Tanh(L& l, Pair<V> z) {
  V zero = K<0.0>(l), infinity = K<kInfinity>(l);
  Pair<V> unit = OnCircle<Cos, Sin>(l, z.im);
  Pair<V> h = Hyperbolic(l, z.re, K<300.0>(l));
  V square = SquareOf(l, Pair<V>{unit.re, h.im});
  V re = l.Div(l.Mul(h.re, h.im), square), im = l.Div(l.Mul(unit.re, unit.im), square);
  auto far = l.Eq(l.Abs(z.re), infinity);
  re = l.Select(far, WithSign(l, K<1.0>(l), z.re), l.Select(l.Eq(z.re, zero), z.re, re));
  V edge = l.Select(far, WithSign(l, zero, z.im), im);
  im = l.Select(l.Lt(l.Abs(z.im), infinity), im, edge);
  return {re, l.Select(l.Eq(z.im, zero), z.im, im)};
}

// z / |z|, and zeros.
template <class L, class V>
Pair<V> Sign(L& l, Pair<V> z) {
  V zero = K<0.0>(l);
  V size = l.Sqrt(SquareOf(l, z));
  return SelectPair(l, l.Eq(size, zero), Pair<V>{zero, zero},
                    Pair<V>{l.Div(z.re, size), l.Div(z.im, size)});
}

// i z and -i z: cosh z = cos iz, sinh z = -i sin iz, tan z = -i tanh iz.
template <class L, class V>
Pair<V> TimesI(L& l, Pair<V> z) {
  return {l.Neg(z.im), z.re};
}
template <class L, class V>
Pair<V> OverI(L& l, Pair<V> z) {
  return {z.im, l.Neg(z.re)};
}

}  // namespace pairs
}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_COMPLEX_INL_H_
