// SPDX-License-Identifier: Apache-2.0
//
// Hwy<T>: the vector vocabulary over Highway.
//
// Vector code of elementwise ops (core/kernels/math-inl.h and the `Vector` members of core/ops/) is
// written once, as templates over a vocabulary `l` and its values. There are two: Hwy<T> computes
// on vectors of T now; jit::Speaker (core/jit/speaker.h) records what WebAssembly will. Both have
// the members below with the same meaning, so a tile and a JIT function do the same operations.
//
// Every operation rounds once as IEEE 754 says, but MulAdd and NegMulAdd: they round once or twice,
// as is fast here (relaxed SIMD: the engine's choice; else twice). Code that uses them must be
// accurate both ways, and only functions may: an `add` of a `multiply` rounds each.
#ifndef WEBHLO_CORE_KERNELS_SIMD_INL_H_
#define WEBHLO_CORE_KERNELS_SIMD_INL_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/jit/lane_function.h"
#include "hwy/highway.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

namespace webhlo {

namespace hn = hwy::HWY_NAMESPACE;

// A constant that the compiler must load from memory. V8 builds a literal vector anew at each use
// inside a loop, which halves the speed of a polynomial; a load costs nothing.
template <auto kValue>
inline auto memory_constant = kValue;

template <class T>
struct Hwy {
  using D = hn::ScalableTag<T>;
  using DI = hn::RebindToSigned<D>;
  using V = hn::Vec<D>;
  using I = hn::Vec<DI>;
  using M = hn::Mask<D>;
  using TI = hn::TFromD<DI>;

  static constexpr D d{};
  static constexpr DI di{};

  // Constants: floats, and integers of T's width.
  template <auto kValue>
  HWY_INLINE V Float() const {
    return hn::Set(d, memory_constant<static_cast<T>(kValue)>);
  }
  template <auto kValue>
  HWY_INLINE I Int() const {
    return hn::Set(di, memory_constant<static_cast<TI>(kValue)>);
  }

  HWY_INLINE V Add(V a, V b) const { return hn::Add(a, b); }
  HWY_INLINE V Sub(V a, V b) const { return hn::Sub(a, b); }
  HWY_INLINE V Mul(V a, V b) const { return hn::Mul(a, b); }
  HWY_INLINE V Div(V a, V b) const { return hn::Div(a, b); }
  HWY_INLINE V Neg(V a) const { return hn::Neg(a); }
  HWY_INLINE V Abs(V a) const { return hn::Abs(a); }
  HWY_INLINE V Sqrt(V a) const { return hn::Sqrt(a); }
  HWY_INLINE V Floor(V a) const { return Signed(hn::Floor(a), a); }
  HWY_INLINE V Ceil(V a) const { return Signed(hn::Ceil(a), a); }
  HWY_INLINE V Trunc(V a) const { return Signed(hn::Trunc(a), a); }
  HWY_INLINE V Nearest(V a) const { return Signed(hn::Round(a), a); }  // Ties to even.
  // b < a ? b : a and a < b ? b : a: a NaN in `a` stays, one in `b` does not.
  // One instruction in WebAssembly, which Clang does not find by itself.
  HWY_INLINE V PMin(V a, V b) const {
#if defined(__wasm_simd128__)
    if constexpr (std::is_same_v<T, float>) return V{wasm_f32x4_pmin(a.raw, b.raw)};
    if constexpr (std::is_same_v<T, double>) return V{wasm_f64x2_pmin(a.raw, b.raw)};
#endif
    return hn::IfThenElse(hn::Lt(b, a), b, a);
  }
  HWY_INLINE V PMax(V a, V b) const {
#if defined(__wasm_simd128__)
    if constexpr (std::is_same_v<T, float>) return V{wasm_f32x4_pmax(a.raw, b.raw)};
    if constexpr (std::is_same_v<T, double>) return V{wasm_f64x2_pmax(a.raw, b.raw)};
#endif
    return hn::IfThenElse(hn::Lt(a, b), b, a);
  }

  // NaN if either is NaN; -0 is less than +0. The fast, asymmetric minima see the operands in both
  // orders: equal results stay; zeros of different sign, and NaN with a number, are or-ed.
  HWY_INLINE V Min(V a, V b) const {
    if constexpr (std::is_integral_v<T>) return hn::Min(a, b);
    return Or(PMin(a, b), PMin(b, a));
  }
  // Here zeros are and-ed to +0; that would spoil a NaN, which is put back.
  HWY_INLINE V Max(V a, V b) const {
    if constexpr (std::is_integral_v<T>) return hn::Max(a, b);
    const V p = PMax(a, b);
    const V q = PMax(b, a);
    const V sum = Add(p, q);
    return Or(And(p, q), MaskBits(Ne(sum, sum)));
  }

  // a * b + c and c - a * b.
  HWY_INLINE V MulAdd(V a, V b, V c) const {
#if defined(__wasm_relaxed_simd__)
    if constexpr (sizeof(T) == 4) return V{wasm_f32x4_relaxed_madd(a.raw, b.raw, c.raw)};
    if constexpr (sizeof(T) == 8) return V{wasm_f64x2_relaxed_madd(a.raw, b.raw, c.raw)};
#else
    return hn::Add(hn::Mul(a, b), c);
#endif
  }
  HWY_INLINE V NegMulAdd(V a, V b, V c) const {
#if defined(__wasm_relaxed_simd__)
    if constexpr (sizeof(T) == 4) return V{wasm_f32x4_relaxed_nmadd(a.raw, b.raw, c.raw)};
    if constexpr (sizeof(T) == 8) return V{wasm_f64x2_relaxed_nmadd(a.raw, b.raw, c.raw)};
#else
    return hn::Sub(c, hn::Mul(a, b));
#endif
  }

  // Bit patterns.
  HWY_INLINE I Bits(V a) const { return hn::BitCast(di, a); }
  HWY_INLINE V FromBits(I a) const { return hn::BitCast(d, a); }
  HWY_INLINE V And(V a, V b) const { return hn::And(a, b); }
  HWY_INLINE V Or(V a, V b) const { return hn::Or(a, b); }
  HWY_INLINE V Xor(V a, V b) const { return hn::Xor(a, b); }
  HWY_INLINE I AddInt(I a, I b) const { return hn::Add(a, b); }
  HWY_INLINE I SubInt(I a, I b) const { return hn::Sub(a, b); }
  HWY_INLINE I AndInt(I a, I b) const { return hn::And(a, b); }
  template <int kBits>
  HWY_INLINE I ShiftLeft(I a) const {
    return hn::ShiftLeft<kBits>(a);
  }
  template <int kBits>
  HWY_INLINE I ShiftRight(I a) const {  // Arithmetic.
    return hn::ShiftRight<kBits>(a);
  }
  HWY_INLINE V IntToFloat(I a) const { return hn::ConvertTo(d, a); }

  HWY_INLINE M Eq(V a, V b) const { return hn::Eq(a, b); }
  HWY_INLINE M Ne(V a, V b) const { return hn::Ne(a, b); }
  HWY_INLINE M Lt(V a, V b) const { return hn::Lt(a, b); }
  HWY_INLINE M Le(V a, V b) const { return hn::Le(a, b); }
  HWY_INLINE M NotLt(V a, V b) const { return hn::Not(hn::Lt(a, b)); }  // True for NaN.
  // Lanes whose integer is negative.
  HWY_INLINE M SignMask(I a) const {
    return hn::MaskFromVec(hn::BitCast(d, hn::BroadcastSignBit(a)));
  }
  // All ones where the mask is set.
  HWY_INLINE V MaskBits(M m) const { return hn::VecFromMask(d, m); }
  HWY_INLINE V Select(M m, V a, V b) const { return hn::IfThenElse(m, a, b); }

  // `value`, but the op's lane function (core/jit/lane_function.h) of v in the (rare) lanes of the
  // mask.
  template <class Op>
  HWY_INLINE V FixLanes(M rare, V value, V v) const {
    if (HWY_LIKELY(hn::AllFalse(d, rare))) return value;
    constexpr size_t kLanes = HWY_MAX_LANES_D(D);
    HWY_ALIGN T lanes[kLanes];
    hn::Store(v, d, lanes);
    for (T& lane : lanes) lane = CallOnLane<Op>(lane);
    return hn::IfThenElse(rare, hn::Load(d, lanes), value);
  }

 private:
  // A rounding has its operand's sign, zeros too. Highway's own, where the machine has no such
  // instruction, give +0 for -0.
  static HWY_INLINE V Signed(V rounded, V a) {
#if defined(__wasm_simd128__)
    (void)a;
    return rounded;
#else
    return hn::CopySign(rounded, a);
#endif
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SIMD_INL_H_
