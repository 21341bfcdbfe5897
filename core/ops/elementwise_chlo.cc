// SPDX-License-Identifier: Apache-2.0
//
// The elementwise ops of CHLO that are no sugar:
// https://github.com/openxla/stablehlo/blob/main/docs/generated/chlo.md
// Inverse functions, special functions, the high half of a product. (sinh and cosh are with sine
// and cosine, in elementwise_math.cc.)
#include <cmath>
#include <complex>
#include <limits>

#include "core/base/special_functions.h"
#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLn2 = 0.69314718055994530942;
constexpr double kHalfPi = 1.57079632679489661923;

// log sqrt(a^2 + b^2) where one of them is large: neither square is made.
double LogAbs(double a, double b) {
  const double larger = std::fmax(a, b), smaller = std::fmin(a, b);
  if (std::isinf(larger)) return larger;
  return std::log(larger) + 0.5 * std::log1p(smaller / larger * (smaller / larger));
}

// What the inverse sines and cosines of z = x + iy have in common (Hull, Fairgrieve and Tang,
// "Implementing the complex arcsine and arccosine functions using exception handling", 1997), for
// x, y >= 0: w such that asin z = atan2(x, Re w) + i Im w and acos z = atan2(Re w, x) - i Im w.
Complex128 AsinAcosKernel(Complex128 z) {
  const double x = std::fabs(z.real()), y = std::fabs(z.imag());
  const double largest = std::fmax(x, y);
  if (std::isnan(x) || std::isnan(y)) return {kNan, std::isinf(largest) ? kInfinity : kNan};
  // There the 1 in the formulas vanishes beside z^2.
  if (largest > 1e9) return {y, kLn2 + LogAbs(x, y)};
  const double r = std::hypot(x + 1, y), s = std::hypot(x - 1, y);
  const double a = (r + s) / 2;
  // Sums of the distances from -1 and 1 with their projections: nothing cancels in them.
  const double far = r + (x + 1), near = s + std::fabs(x - 1);
  const double half = (a + x) / 2;
  // y^2 / near, where near is y^2 or more; a - 1 and its root, with a factor y taken out at x < 1.
  const double real =
      x <= 1 ? std::sqrt(half * (y * (y / far) + near)) : y * std::sqrt(half / far + half / near);
  double imag;
  if (a > 1.5) {
    imag = std::log(a + std::sqrt((a - 1) * (a + 1)));
  } else if (x < 1) {
    const double u = (1 / far + 1 / near) / 2;
    imag = std::log1p(y * (y * u) + y * std::sqrt(u * (a + 1)));
  } else {
    const double above = (y * (y / far) + near) / 2;
    imag = std::log1p(above + std::sqrt(above * (a + 1)));
  }
  return {real, imag};
}

struct AsinAcos : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo._asin_acos_kernel";
  static constexpr uint32_t kTypes = kComplex;
  static Complex128 Complex(Complex128 z) { return AsinAcosKernel(z); }
};

struct Acos : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.acos";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::acos(x); }
  static Complex128 Complex(Complex128 z) {
    const Complex128 w = AsinAcosKernel(z);
    return {std::atan2(w.real(), z.real()), std::copysign(w.imag(), -z.imag())};
  }
};

struct Acosh : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.acosh";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  // Far below -1 musl makes a number of differences that are all rounding.
  static double Real(double x) { return x < 1 ? kNan : std::acosh(x); }
  static Complex128 Complex(Complex128 z) {
    const Complex128 w = AsinAcosKernel(z);
    return {w.imag(), std::copysign(std::atan2(w.real(), z.real()), z.imag())};
  }
};

struct Asin : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.asin";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::asin(x); }
  static Complex128 Complex(Complex128 z) {
    const Complex128 w = AsinAcosKernel(z);
    return {std::atan2(z.real(), w.real()), std::copysign(w.imag(), z.imag())};
  }
};

// asinh z = -i asin iz
struct Asinh : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.asinh";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::asinh(x); }
  static Complex128 Complex(Complex128 z) {
    const Complex128 w = AsinAcosKernel(Complex128(z.imag(), z.real()));
    return {std::copysign(w.imag(), z.real()), std::atan2(z.imag(), w.real())};
  }
};

Complex128 Atanh1(Complex128 z) {
  const double x = std::fabs(z.real()), y = std::fabs(z.imag());
  const double largest = std::fmax(x, y);
  if (std::isinf(largest)) {
    return {std::copysign(0.0, z.real()), std::copysign(kHalfPi, z.imag())};
  }
  if (std::isnan(x) || std::isnan(y)) return {kNan, kNan};
  double real, imag;
  if (largest > 1e17) {
    // 1 / z and a quarter turn.
    const double ratio = std::fmin(x, y) / largest;
    real = x / largest / largest / (1 + ratio * ratio);
    imag = kHalfPi;
  } else {
    real = x == 1 && y < 1e-100 ? (kLn2 - std::log(y)) / 2
                                : std::log1p(4 * x / ((1 - x) * (1 - x) + y * y)) / 4;
    imag = std::atan2(2 * y, (1 - x) * (1 + x) - y * y) / 2;
  }
  return {std::copysign(real, z.real()), std::copysign(imag, z.imag())};
}

// atan z = -i atanh iz
struct Atan : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.atan";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::atan(x); }
  static Complex128 Complex(Complex128 z) {
    const Complex128 w = Atanh1(Complex128(z.imag(), z.real()));
    return {w.imag(), w.real()};
  }
};

struct Atanh : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.atanh";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::atanh(x); }
  static Complex128 Complex(Complex128 z) { return Atanh1(z); }
};

struct BesselI1e : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.bessel_i1e";
  static constexpr int kSteps = 8;
  static double Real(double x) { return BesselI1Scaled(x); }
};

struct Digamma1 : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.digamma";
  static constexpr int kSteps = 4;
  static double Real(double x) { return Digamma(x); }
};

struct Erf {
  static constexpr std::string_view kName = "chlo.erf";
  static constexpr uint32_t kTypes = kFloat;
  static constexpr uint32_t kVector = kFloat;
  static constexpr int kArity = 1;
  static constexpr float kUlps = 2.8f;
  static constexpr ElementCost kCost = ElementCost::kFunction;
  static double Real(double x) { return std::erf(x); }
  template <class L, class V>
  static V Vector(L& l, V x) {
    return math::Erf(l, x);
  }
};

struct Erfc {
  static constexpr std::string_view kName = "chlo.erfc";
  static constexpr uint32_t kTypes = kFloat;
  static constexpr uint32_t kVector = kFloat;
  static constexpr int kArity = 1;
  static constexpr float kUlps = 7;  // 6.13 at 8.41, where steps of 61 patterns do not look.
  static constexpr ElementCost kCost = ElementCost::kFunction;
  static double Real(double x) { return std::erfc(x); }
  template <class L, class V>
  static V Vector(L& l, V x) {
    return math::Erfc(l, x);
  }
};

struct ErfInv : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.erf_inv";
  static constexpr int kSteps = 8;
  static double Real(double x) { return ErfInverse(x); }
};

struct Lgamma : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.lgamma";
  static double Real(double x) { return LogGamma(x); }
};

struct Polygamma1 : LaneFunction<2> {
  static constexpr std::string_view kName = "chlo.polygamma";
  static constexpr int kSteps = 32;
  static double Real(double n, double x) { return Polygamma(n, x); }
};

struct Zeta : LaneFunction<2> {
  static constexpr std::string_view kName = "chlo.zeta";
  static constexpr int kSteps = 32;
  static double Real(double s, double q) { return HurwitzZeta(s, q); }
};

// The high half of the product of two numbers of 64 bits, of four products of their halves.
uint64_t HighHalf(uint64_t a, uint64_t b) {
  const uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
  return a1 * b1 + (middle >> 32) + (((middle & 0xffffffff) + a0 * b1) >> 32);
}

struct Mulhi {
  static constexpr std::string_view kName = "chlo.mulhi";
  static constexpr ElementCost kCost = ElementCost::kLanes;
  static constexpr uint32_t kTypes = kInteger;
  static constexpr uint32_t kVector = 0;
  static constexpr int kArity = 2;
  static constexpr bool kNarrow = false;
  template <class I>
  static I Integer(I a, I b, int bits) {
    if constexpr (sizeof(I) == 8) {
      if (bits == 64) {
        uint64_t high = HighHalf(static_cast<uint64_t>(a), static_cast<uint64_t>(b));
        if constexpr (std::is_signed_v<I>) {
          // A negative factor was read as 2^64 more.
          high -= (a < 0 ? static_cast<uint64_t>(b) : 0) + (b < 0 ? static_cast<uint64_t>(a) : 0);
        }
        return static_cast<I>(high);
      }
    }
    using Wide = std::conditional_t<std::is_signed_v<I>, int64_t, uint64_t>;
    return static_cast<I>((Wide{a} * Wide{b}) >> bits);
  }
};

constexpr OpDef kOps[] = {
    // Of complex numbers only, which have no tiles.
    {.name = AsinAcos::kName, .infer = &Infer<AsinAcos>, .elements = &Elements<AsinAcos>},
    Row<Acos>(),
    Row<Acosh>(),
    Row<Asin>(),
    Row<Asinh>(),
    Row<Atan>(),
    Row<Atanh>(),
    Row<BesselI1e>(),
    Row<Digamma1>(),
    Row<Erf>(),
    Row<ErfInv>(),
    Row<Erfc>(),
    Row<Lgamma>(),
    Row<Mulhi>(),
    Row<Polygamma1>(),
    Row<Zeta>(),
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_chlo, kOps);

}  // namespace webhlo
