// SPDX-License-Identifier: Apache-2.0
//
// Special functions of doubles that C++ libraries lack, or have only in part: to some units in the
// last place, far below one of a float, wherever they do not cross zero.
#ifndef WEBHLO_CORE_BASE_SPECIAL_FUNCTIONS_H_
#define WEBHLO_CORE_BASE_SPECIAL_FUNCTIONS_H_

namespace webhlo {

// The logarithm of |gamma(x)|, without the global variable that std::lgamma writes.
double LogGamma(double x);

// The y with erf(y) = x; infinite at -1 and 1, NaN beyond.
double ErfInverse(double x);

// The derivative of log gamma(x); NaN at its poles.
double Digamma(double x);

// The sum of (q + k)^-s over k >= 0, for s > 1. Infinite at s = 1, NaN below. Where q < 0 the
// powers are real only if s is an integer, and else NaN, as are the poles of odd s (of even s:
// infinite).
double HurwitzZeta(double s, double q);

// The n-th derivative of digamma(x), for natural n; NaN for others.
double Polygamma(double n, double x);

// e^-|x| I1(x), I1 being the modified Bessel function of the first kind of order 1.
double BesselI1Scaled(double x);

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_SPECIAL_FUNCTIONS_H_
