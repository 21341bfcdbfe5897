// SPDX-License-Identifier: Apache-2.0
//
// Series whose terms have one sign, asymptotic ones where those are short, and reflections: short
// code, as these functions are rare.
#include "core/base/special_functions.h"

#include <math.h>  // lgamma_r is no member of std.

#include <cmath>
#include <limits>

namespace webhlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kPi = 3.14159265358979323846;
constexpr double kSqrtPi = 1.77245385090551602730;

// Bernoulli's numbers of index 2, 4, 6, ...
constexpr double kBernoulli[] = {
    1.0 / 6, -1.0 / 30,     1.0 / 42,      -1.0 / 30,       5.0 / 66,       -691.0 / 2730,
    7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330, 854513.0 / 138, -236364091.0 / 2730};

bool IsInteger(double x) { return x == std::floor(x); }

// q^s times the sum of (q + k)^-s over k >= 0, for q > 0 and s > 1: at least 1, so that nothing
// underflows. Terms until they vanish, or Euler and Maclaurin's formula is good for the rest.
double HurwitzSum(double s, double q) {
  // There (q + k)^-s / q^-s is e^(-ks / q), and 1 may be too small to be added to q.
  if (q > 0x1p40 && s + 10 > q) return -1 / std::expm1(-s / q);
  const auto power = [&](double a) { return std::pow(q / a, s); };
  double sum = 0, a = q;
  for (; a < s + 10; ++a) {
    const double term = power(a);
    sum += term;
    if (!(term > 1e-17 * sum)) return sum;
  }
  const double first = power(a);
  sum += first * (a / (s - 1) + 0.5);
  // B(2k) / (2k)! times s (s + 1) ... (s + 2k - 2) / a^(2k - 1)
  double factor = first * s / (2 * a);
  for (int k = 1; k <= 12; ++k) {
    sum += kBernoulli[k - 1] * factor;
    factor *= (s + 2 * k - 1) / a * ((s + 2 * k) / a) / ((2 * k + 1) * (2 * k + 2));
  }
  return sum;
}

// part(q) being a sum over positive q + k: the one for any q, by the two of its fraction, over all
// integers, without the part below q. `odd` is whether s is.
template <typename Part>
double AnySum(double q, bool odd, Part part) {
  if (q > 0) return part(q);
  const double floor = std::floor(q);
  const double below = part(floor + 1 - q) - part(1 - q);
  return part(q - floor) + (odd ? -below : below);
}

}  // namespace

double LogGamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

double ErfInverse(double x) {
  const double a = std::fabs(x);
  if (!(a < 1)) return a == 1 ? std::copysign(kInfinity, x) : kNan;
  if (a == 0) return x;
  // Winitzki's approximation, good to 0.2 %, and Halley's steps, each of which cubes that. What
  // they solve is erfc(y) = 1 - a where erf(y) has no digits left.
  const double log = std::log1p(-a * a);
  const double half = 2 / (kPi * 0.147) + log / 2;
  double y = std::sqrt(-log / 0.147 / (half + std::sqrt(half * half - log / 0.147)));
  if (a < 1e-8) y = a * (kSqrtPi / 2);
  for (int i = 0; i < 2; ++i) {
    const double error = a < 0.5 ? std::erf(y) - a : (1 - a) - std::erfc(y);
    const double step = error * (kSqrtPi / 2) * std::exp(y * y);
    y -= step / (1 + y * step);
  }
  return std::copysign(y, x);
}

double Digamma(double x) {
  if (x <= 0) {
    if (IsInteger(x)) return kNan;
    const double fraction = x - std::round(x);
    return Digamma(1 - x) - kPi / std::tan(kPi * fraction);
  }
  double sum = 0;
  for (; x < 10; ++x) sum -= 1 / x;
  // log x - 1 / 2x - sum of B(2k) / (2k x^(2k))
  const double inverse = 1 / (x * x);
  double series = 0;
  for (int k = 10; k >= 1; --k) series = (series + kBernoulli[k - 1] / (2 * k)) * inverse;
  return sum + (std::log(x) - 0.5 / x - series);
}

double HurwitzZeta(double s, double q) {
  if (std::isnan(s) || std::isnan(q) || s < 1) return kNan;
  if (s == 1) return kInfinity;
  const bool odd = std::fmod(s, 2) != 0;
  if (q <= 0 && !IsInteger(s)) return kNan;
  if (q <= 0 && IsInteger(q)) return odd ? kNan : kInfinity;
  if (q == kInfinity) return 0;
  return AnySum(q, odd, [&](double x) { return std::pow(x, -s) * HurwitzSum(s, x); });
}

double Polygamma(double n, double x) {
  if (n == 0) return Digamma(x);
  if (!(n > 0 && IsInteger(n)) || std::isnan(x)) return kNan;
  const bool odd = std::fmod(n, 2) != 0;
  if (x <= 0 && IsInteger(x)) return odd ? kInfinity : kNan;
  if (x == kInfinity) return 0;
  const double sum = AnySum(x, !odd, [&](double q) {
    // n! q^-(n + 1), by logarithms where the factors overflow.
    const double scale = n < 150 ? std::tgamma(n + 1) * std::pow(q, -n - 1) : 0;
    return HurwitzSum(n + 1, q) * (scale > 0 && scale < kInfinity
                                       ? scale
                                       : std::exp(LogGamma(n + 1) - (n + 1) * std::log(q)));
  });
  return odd ? sum : -sum;
}

double BesselI1Scaled(double x) {
  const double a = std::fabs(x);
  double sum = 1, term = 1;
  if (a < 30) {
    // a / 2 times the sum of (a^2 / 4)^k / (k! (k + 1)!)
    for (int k = 1; term > 1e-17 * sum; ++k) {
      term *= a * a / (4.0 * k * (k + 1));
      sum += term;
    }
    sum *= std::exp(-a) * a / 2;
  } else {
    // Hankel's expansion, over sqrt(2 pi a); its terms become smaller for longer than it takes.
    for (int k = 1; std::fabs(term) > 1e-17; ++k) {
      term *= ((2.0 * k - 1) * (2.0 * k - 1) - 4) / (8 * k * a);
      sum += term;
    }
    sum /= std::sqrt(2 * kPi) * std::sqrt(a);
  }
  return std::copysign(sum, x);
}

}  // namespace webhlo
