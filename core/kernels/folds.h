// SPDX-License-Identifier: Apache-2.0
//
// The operations that tensors are folded with, on scalars and on vectors.
#ifndef WEBHLO_CORE_KERNELS_FOLDS_H_
#define WEBHLO_CORE_KERNELS_FOLDS_H_

#include <cstdint>
#include <type_traits>

#include "core/base/float_math.h"
#include "core/kernels/vector.h"

namespace webhlo {

template <typename T>
using Wrapping = std::conditional_t<std::is_integral_v<T>,
                                    std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>, T>;

struct FoldAdd {
  template <typename T>
  static T Scalar(T a, T b) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
  }
  template <typename V>
  static V Vector(V a, V b) {
    return hn::Add(a, b);
  }
};

struct FoldMultiply {
  template <typename T>
  static T Scalar(T a, T b) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
  }
  template <typename V>
  static V Vector(V a, V b) {
    return hn::Mul(a, b);
  }
};

struct FoldMax {
  template <typename T>
  static T Scalar(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return NanMaximum(a, b);
    } else {
      return a < b ? b : a;
    }
  }
  template <typename V>
  static V Vector(V a, V b) {
    return Hwy<hn::TFromV<V>>().Max(a, b);
  }
  // Of floats, none of which is NaN: but for the sign of a zero, which is right unless the
  // maximum is `kDoubtful`.
  template <typename V>
  static V Fast(V a, V b) {
    return Hwy<hn::TFromV<V>>().PMax(a, b);
  }
  template <typename T>
  static constexpr T kDoubtful = T{-0.0};
};

struct FoldMin {
  template <typename T>
  static T Scalar(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return NanMinimum(a, b);
    } else {
      return b < a ? b : a;
    }
  }
  template <typename V>
  static V Vector(V a, V b) {
    return Hwy<hn::TFromV<V>>().Min(a, b);
  }
  template <typename V>
  static V Fast(V a, V b) {
    return Hwy<hn::TFromV<V>>().PMin(a, b);
  }
  template <typename T>
  static constexpr T kDoubtful = T{0};
};

// Whether what has been folded the fast way, of elements with that sum, may be wrong: where there
// is a NaN or infinities of both signs, which the sum shows, or a zero whose sign is unsure.
template <typename Fold, typename V>
HWY_INLINE hn::Mask<hn::DFromV<V>> InDoubt(V folded, V sum) {
  constexpr hn::DFromV<V> d{};
  constexpr hn::RebindToUnsigned<hn::DFromV<V>> bits{};
  const auto doubtful = hn::BitCast(bits, hn::Set(d, Fold::template kDoubtful<hn::TFromV<V>>));
  return hn::Or(hn::Ne(sum, sum), hn::RebindMask(d, hn::Eq(hn::BitCast(bits, folded), doubtful)));
}

struct FoldAnd {
  template <typename T>
  static T Scalar(T a, T b) {
    return static_cast<T>(a & b);
  }
  template <typename V>
  static V Vector(V a, V b) {
    return hn::And(a, b);
  }
};

struct FoldOr {
  template <typename T>
  static T Scalar(T a, T b) {
    return static_cast<T>(a | b);
  }
  template <typename V>
  static V Vector(V a, V b) {
    return hn::Or(a, b);
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_FOLDS_H_
