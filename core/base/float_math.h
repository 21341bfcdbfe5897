// SPDX-License-Identifier: Apache-2.0
//
// Maximum and minimum as StableHLO has them: NaN if either is NaN, -0 below +0.
#ifndef WEBHLO_CORE_BASE_FLOAT_MATH_H_
#define WEBHLO_CORE_BASE_FLOAT_MATH_H_

#include <cmath>

namespace webhlo {

template <typename T>
T NanMaximum(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return a + b;
  if (a == b) return std::signbit(a) ? b : a;
  return a < b ? b : a;
}

template <typename T>
T NanMinimum(T a, T b) {
  return -NanMaximum(-a, -b);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_FLOAT_MATH_H_
