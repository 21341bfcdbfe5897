// SPDX-License-Identifier: Apache-2.0
//
// The vectors of the hand-written kernels: four f32 lanes on every target, so that loops, tails and
// the order of sums are the same natively and in WebAssembly.
#ifndef WEBHLO_CORE_KERNELS_VECTOR_H_
#define WEBHLO_CORE_KERNELS_VECTOR_H_

#include "core/kernels/simd-inl.h"
#include "hwy/highway.h"

namespace webhlo {

// Forces a loop over registers open: left alone, LLVM may keep the accumulators in memory.
#if defined(__clang__)
#define WEBHLO_UNROLL _Pragma("clang loop unroll(full)")
#else
#define WEBHLO_UNROLL _Pragma("GCC unroll 64")
#endif

// Leaves a loop of few turns as it is: vectors of it would only be more code.
#if defined(__clang__)
#define WEBHLO_PLAIN_LOOP _Pragma("clang loop vectorize(disable) unroll(disable)")
#else
#define WEBHLO_PLAIN_LOOP
#endif

using F32Tag = hn::FixedTag<float, 4>;
using F32x4 = hn::Vec<F32Tag>;
inline constexpr F32Tag kF32{};

HWY_INLINE F32x4 Load(const float* p) { return hn::LoadU(kF32, p); }
HWY_INLINE F32x4 Splat(float x) { return hn::Set(kF32, x); }
HWY_INLINE void Store(F32x4 v, float* p) { hn::StoreU(v, kF32, p); }

// a * b + c, rounded once or twice, as is fast here.
HWY_INLINE F32x4 MulAdd(F32x4 a, F32x4 b, F32x4 c) { return Hwy<float>().MulAdd(a, b, c); }
// c - a * b, likewise.
HWY_INLINE F32x4 NegMulAdd(F32x4 a, F32x4 b, F32x4 c) { return Hwy<float>().NegMulAdd(a, b, c); }

// NaN if either is NaN; -0 is less than +0.
HWY_INLINE F32x4 Max(F32x4 a, F32x4 b) { return Hwy<float>().Max(a, b); }
HWY_INLINE F32x4 Min(F32x4 a, F32x4 b) { return Hwy<float>().Min(a, b); }

// Clamps `v`; a NaN stays.
HWY_INLINE F32x4 Clamped(F32x4 v, F32x4 min, F32x4 max) {
  const Hwy<float> l;
  return l.PMin(l.PMax(v, min), max);
}

// The first `count` lanes, or all.
template <typename V>
HWY_INLINE void StoreFirst(V v, hn::TFromV<V>* p, size_t count) {
  constexpr hn::DFromV<V> d{};
  if (count >= hn::Lanes(d)) {
    hn::StoreU(v, d, p);
  } else {
    alignas(16) hn::TFromV<V> lanes[hn::MaxLanes(d)];
    hn::Store(v, d, lanes);
    for (size_t i = 0; i < count; ++i) p[i] = lanes[i];
  }
}

// Lane j of vector i and lane i of vector j change places, in as many vectors as they have lanes:
// interleaving each with the one half of them behind it, as often as it takes to halve them away,
// transposes them.
template <typename V, int kSide>
HWY_INLINE void Transpose(V (&rows)[kSide]) {
  constexpr hn::DFromV<V> d{};
  static_assert(hn::MaxLanes(d) == kSide);
  V next[kSide];
  WEBHLO_UNROLL for (int stage = 1; stage < kSide; stage *= 2) {
    WEBHLO_UNROLL for (int i = 0; i < kSide / 2; ++i) {
      next[2 * i] = hn::InterleaveLower(d, rows[i], rows[i + kSide / 2]);
      next[2 * i + 1] = hn::InterleaveUpper(d, rows[i], rows[i + kSide / 2]);
    }
    WEBHLO_UNROLL for (int i = 0; i < kSide; ++i) rows[i] = next[i];
  }
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_VECTOR_H_
