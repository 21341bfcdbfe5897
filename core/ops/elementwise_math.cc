// SPDX-License-Identifier: Apache-2.0
//
// Roundings and functions: https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of
// the same names. docs/accuracy.md has the bounds of the vector forms.
#include <cmath>
#include <complex>
#include <limits>

#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

// A float op of one operand that rounds once.
#define WEBHLO_ROUNDING(Name, op_name, real, vector)   \
  struct Name {                                        \
    static constexpr std::string_view kName = op_name; \
    static constexpr uint32_t kTypes = kFloat;         \
    static constexpr uint32_t kVector = kFloat;        \
    static constexpr int kArity = 1;                   \
    static double Real(double x) { return real; }      \
    template <class L, class V>                        \
    static V Vector(L& l, V x) {                       \
      return vector;                                   \
    }                                                  \
  }

WEBHLO_ROUNDING(Ceil, "stablehlo.ceil", std::ceil(x), l.Ceil(x));
WEBHLO_ROUNDING(Floor, "stablehlo.floor", std::floor(x), l.Floor(x));
WEBHLO_ROUNDING(RoundNearestAfz, "stablehlo.round_nearest_afz", std::round(x),
                math::RoundAwayFromZero(l, x));
WEBHLO_ROUNDING(RoundNearestEven, "stablehlo.round_nearest_even", std::nearbyint(x), l.Nearest(x));
#undef WEBHLO_ROUNDING

#define WEBHLO_PAIRS(pairs)                    \
  static constexpr bool kPairsOfFloats = true; \
  template <class L, class V>                  \
  static Pair<V> Pairs(L& l, Pair<V> z) {      \
    return pairs;                              \
  }

// A function of one float or complex operand: `function` for the reference, `vector` of x for f32,
// `vector64` of x for f64, `pairs` of z for complex numbers of f32.
#define WEBHLO_FUNCTION_OF_F32(Name, op_name, ulps, cost, function, vector, pairs, ...) \
  struct Name {                                                                         \
    static constexpr std::string_view kName = op_name;                                  \
    static constexpr uint32_t kTypes = kFloat | kComplex;                               \
    static constexpr uint32_t kVector = kFloat;                                         \
    static constexpr int kArity = 1;                                                    \
    static constexpr float kUlps = ulps;                                                \
    static constexpr ElementCost kCost = ElementCost::cost;                             \
    static double Real(double z) { return function(z); }                                \
    static Complex128 Complex(Complex128 z) { return function(z); }                     \
    template <class L, class V>                                                         \
    static V Vector(L& l, V x) {                                                        \
      return vector;                                                                    \
    }                                                                                   \
    WEBHLO_PAIRS(pairs)                                                                 \
    __VA_ARGS__                                                                         \
  }
#define WEBHLO_FUNCTION(Name, op_name, ulps, cost, function, vector, vector64, pairs) \
  WEBHLO_FUNCTION_OF_F32(                                                             \
      Name, op_name, ulps, cost, function, vector, pairs,                             \
      template <class L, class V> static V Vector64(L& l, V x) { return vector64; })

double Logistic1(double x) {
  // Neither form loses small results.
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
double Exponential1(double x) { return std::exp(x); }

// Of complex numbers with infinite and NaN parts the functions have the values that C99 gives them
// (Annex G); where it leaves a sign open, any.

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// v * factor, where a zero v stays zero.
double Times(double v, double factor) { return v * (v == 0 ? std::copysign(1, factor) : factor); }
// v e^x, even where e^x alone overflows. A zero stays what it is.
double TimesExp(double v, double x) {
  if (v == 0) return v;
  const double whole = std::exp(x), half = std::exp(x / 2);
  return std::isinf(whole) ? Times(Times(v, half), half) : Times(v, whole);
}
// e^x (cos y + i sin y). With an infinite y the result is NaN, as in StableHLO's own tests, even
// where e^x is 0 or infinite (C99 disagrees).
Complex128 Exponential1(Complex128 z) {
  const double x = z.real(), y = z.imag();
  if (std::isnan(y) && std::isinf(x)) return x < 0 ? Complex128(0, 0) : z;
  return {TimesExp(std::cos(y), x), TimesExp(std::sin(y), x)};
}
Complex128 Logistic1(Complex128 z) {
  // Whatever the angle of an infinite e^-z is, or of one that is zero.
  if (std::isinf(z.real()) && !std::isfinite(z.imag())) return {z.real() < 0 ? 0.0 : 1.0, 0};
  return 1.0 / (1.0 + Exponential1(-z));
}
double Sqrt1(double x) { return std::sqrt(x); }
// By halves of |z| + |x|, scaled by a power of four so that nothing overflows: C++ libraries differ
// in the last bits of theirs.
Complex128 Sqrt1(Complex128 z) {
  const double x = z.real(), y = z.imag();
  const double largest = std::fmax(std::fabs(x), std::fabs(y));
  if (!std::isfinite(x) || !std::isfinite(y) || largest == 0) return std::sqrt(z);
  const int exponent = std::ilogb(largest) / 2;
  const double a = std::fabs(std::scalbn(x, -2 * exponent));
  const double b = std::scalbn(y, -2 * exponent);
  const double t = std::scalbn(std::sqrt((a + std::hypot(a, b)) / 2), exponent);
  const double other = std::fabs(y) / (2 * t);  // Of y itself: b may have lost it.
  return {x >= 0 ? t : other, std::copysign(x >= 0 ? other : t, y)};
}
double Rsqrt1(double x) { return 1 / std::sqrt(x); }
Complex128 Rsqrt1(Complex128 z) {
  if (std::isinf(z.real()) || std::isinf(z.imag())) return {0, 0};
  const Complex128 root = Sqrt1(z);
  const double size = std::hypot(root.real(), root.imag());
  const double real = size == 0 ? kInfinity : root.real() / size / size;
  return {real, (0 - root.imag()) / size / size};
}
Complex128 ExpMinusOne1(Complex128 z) {
  if (!std::isfinite(z.real())) return Exponential1(z) - 1.0;
  // e^z - 1 = expm1(x) cos y - 2 sin^2(y / 2) + i e^x sin y, without the cancellation near zero.
  const double s = std::sin(z.imag() / 2);
  return {std::expm1(z.real()) * std::cos(z.imag()) - 2 * s * s,
          TimesExp(std::sin(z.imag()), z.real())};
}
double ExpMinusOne1(double x) { return std::expm1(x); }
double Log1(double x) { return std::log(x); }
// log |z| without |z|, which may overflow, and whose rounding counts where it is almost 1.
Complex128 Log1(Complex128 z) {
  const double x = std::fabs(z.real()), y = std::fabs(z.imag());
  const double a = std::fmax(x, y), b = std::fmin(x, y);
  const double angle = std::arg(z);
  if (std::isinf(a)) return {a, angle};  // Even beside a NaN.
  if (std::isnan(x + y)) return {kNan, kNan};
  if (a == 0) return {-kInfinity, angle};
  if (a > 0.5 && a < 2) return {0.5 * std::log1p((a - 1) * (a + 1) + b * b), angle};
  return {std::log(a) + 0.5 * std::log1p(b / a * (b / a)), angle};
}
Complex128 LogPlusOne1(Complex128 z) {
  // |1 + z|^2 - 1 = x (2 + x) + y^2.
  const double x = z.real(), y = z.imag();
  if (std::fabs(x) < 0.5 && std::fabs(y) < 2) {
    return {0.5 * std::log1p(x * (2 + x) + y * y), std::atan2(y, 1 + x)};
  }
  return Log1(1.0 + z);
}
double LogPlusOne1(double x) { return std::log1p(x); }
double Cbrt1(double x) { return std::cbrt(x); }
// |z| scaled by 8^-k into the middle of the range, and k: no power of it overflows.
double ScaledAbs(Complex128 z, int* k) {
  const double largest = std::fmax(std::fabs(z.real()), std::fabs(z.imag()));
  *k = largest > 0 && std::isfinite(z.real()) && std::isfinite(z.imag()) ? std::ilogb(largest) / 3
                                                                         : 0;
  return std::hypot(std::scalbn(z.real(), -3 * *k), std::scalbn(z.imag(), -3 * *k));
}
Complex128 Cbrt1(Complex128 z) {
  if (z == Complex128(0, 0)) return z;
  int k;
  const double root = std::cbrt(ScaledAbs(z, &k)), angle = std::arg(z) / 3;
  return {std::scalbn(Times(std::cos(angle), root), k),
          std::scalbn(Times(std::sin(angle), root), k)};
}
// a cosh y + i b sinh y, which is sine and cosine by parts, even where cosh y alone overflows.
Complex128 TimesCosh(double a, double b, double y) {
  if (std::fabs(y) < 700) return {a * std::cosh(y), b * std::sinh(y)};
  const double half = std::exp(std::fabs(y) / 2);
  return {Times(Times(a, half), half / 2), Times(Times(b, half), std::copysign(half / 2, y))};
}
double Sine1(double x) { return std::sin(x); }
Complex128 Sine1(Complex128 z) {
  const double x = z.real(), y = z.imag();
  if (!std::isfinite(x) && (y == 0 || std::isinf(y))) return {kNan, y};
  return TimesCosh(std::sin(x), std::cos(x), y);
}
double Cosine1(double x) { return std::cos(x); }
Complex128 Cosine1(Complex128 z) {
  const double x = z.real(), y = z.imag();
  if (!std::isfinite(x) && y == 0) return {kNan, y};
  if (!std::isfinite(x) && std::isinf(y)) return {kInfinity, kNan};
  return TimesCosh(std::cos(x), -std::sin(x), y);
}
double Tanh1(double x) { return std::tanh(x); }
// By tan y and sinh x, which do not cancel near the poles (Kahan, "Branch cuts", 1987).
Complex128 Tanh1(Complex128 z) {
  const double x = z.real(), y = z.imag();
  if (std::isnan(x)) return {x, y == 0 ? y : kNan};
  if (std::fabs(x) >= 20) {
    const double one = std::copysign(1.0, x);
    if (std::isfinite(y)) return {one, 4 * std::sin(y) * std::cos(y) * std::exp(-2 * std::fabs(x))};
    return std::isinf(x) ? Complex128(one, std::copysign(0.0, y)) : Complex128(kNan, kNan);
  }
  if (x == 0 && !std::isfinite(y)) return {x, kNan};
  const double t = std::tan(y), s = std::sinh(x);
  const double b = 1 + t * t, d = 1 + b * s * s;
  return {b * std::sqrt(1 + s * s) * s / d, t / d};
}
double Tan1(double x) { return std::tan(x); }
Complex128 Tan1(Complex128 z) {
  const Complex128 w = Tanh1(Complex128(-z.imag(), z.real()));
  return {w.imag(), -w.real()};
}

struct Cosine;
struct Sine;

WEBHLO_FUNCTION_OF_F32(Cosine, "stablehlo.cosine", 2.0f, kFunction, Cosine1,
                       (math::SineOfShifted<1, Cosine>(l, x)), (pairs::Cosine<Cosine, Sine>(l, z)));
WEBHLO_FUNCTION(Exponential, "stablehlo.exponential", 1.0f, kFunction, Exponential1,
                math::Exp(l, x), math::Exp64(l, x), (pairs::Exp<Cosine, Sine>(l, z)));
WEBHLO_FUNCTION(ExponentialMinusOne, "stablehlo.exponential_minus_one", 1.6f, kFunction,
                ExpMinusOne1, math::ExpMinusOne(l, x), math::ExpMinusOne64(l, x),
                (pairs::ExpMinusOne<Cosine, Sine>(l, z)));
WEBHLO_FUNCTION(Log, "stablehlo.log", 0.9f, kFunction, Log1, math::Log(l, x), math::Log64(l, x),
                pairs::Log(l, z));
WEBHLO_FUNCTION(LogPlusOne, "stablehlo.log_plus_one", 0.9f, kFunction, LogPlusOne1,
                math::LogPlusOne(l, x), math::LogPlusOne64(l, x), pairs::LogPlusOne(l, z));
WEBHLO_FUNCTION(Logistic, "stablehlo.logistic", 2.4f, kFunction, Logistic1, math::Logistic(l, x),
                math::Logistic64(l, x), (pairs::Logistic<Cosine, Sine>(l, z)));
WEBHLO_FUNCTION(Rsqrt, "stablehlo.rsqrt", 1.5f, kFunction, Rsqrt1,
                l.Div(math::K<1.0f>(l), l.Sqrt(x)), l.Div(math::K<1.0>(l), l.Sqrt(x)),
                pairs::Rsqrt(l, z));
WEBHLO_FUNCTION_OF_F32(Sine, "stablehlo.sine", 2.0f, kFunction, Sine1,
                       (math::SineOfShifted<0, Sine>(l, x)), (pairs::Sine<Cosine, Sine>(l, z)));
WEBHLO_FUNCTION_OF_F32(Sqrt, "stablehlo.sqrt", 0.5f, kFunction, Sqrt1, l.Sqrt(x),
                       pairs::Sqrt(l, z));
WEBHLO_FUNCTION(Tanh, "stablehlo.tanh", 1.6f, kFunction, Tanh1, math::Tanh(l, x),
                math::Tanh64(l, x), (pairs::Tanh<Cosine, Sine>(l, z)));
#undef WEBHLO_FUNCTION
#undef WEBHLO_FUNCTION_OF_F32

struct Cbrt : LaneFunction<1> {
  static constexpr std::string_view kName = "stablehlo.cbrt";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double z) { return Cbrt1(z); }
  static Complex128 Complex(Complex128 z) { return Cbrt1(z); }
};

struct Tan : LaneFunction<1> {
  static constexpr std::string_view kName = "stablehlo.tan";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double z) { return Tan1(z); }
  static Complex128 Complex(Complex128 z) { return Tan1(z); }
  WEBHLO_PAIRS((pairs::OverI(l, pairs::Tanh<Cosine, Sine>(l, pairs::TimesI(l, z)))))
};

// cosh z = cos iz and sinh z = -i sin iz
struct Cosh : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.cosh";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::cosh(x); }
  static Complex128 Complex(Complex128 z) { return Cosine1(Complex128(-z.imag(), z.real())); }
  WEBHLO_PAIRS((pairs::Cosine<Cosine, Sine>(l, pairs::TimesI(l, z))))
};

struct Sinh : LaneFunction<1> {
  static constexpr std::string_view kName = "chlo.sinh";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double x) { return std::sinh(x); }
  static Complex128 Complex(Complex128 z) {
    const Complex128 w = Sine1(Complex128(-z.imag(), z.real()));
    return {w.imag(), -w.real()};
  }
  WEBHLO_PAIRS((pairs::OverI(l, pairs::Sine<Cosine, Sine>(l, pairs::TimesI(l, z)))))
};

#undef WEBHLO_PAIRS

struct Atan2 : LaneFunction<2> {
  static constexpr std::string_view kName = "stablehlo.atan2";
  static constexpr uint32_t kTypes = kFloat | kComplex;
  static double Real(double y, double x) { return std::atan2(y, x); }
  template <class L, class V>
  static V Wide(L& l, V y, V x) {
    return math::AngleOfFloats(l, y, x);
  }
  static Complex128 Complex(Complex128 y, Complex128 x) {
    // -i log((x + i y) / sqrt(x^2 + y^2))
    const Complex128 i(0, 1);
    return -i * std::log((x + i * y) / std::sqrt(x * x + y * y));
  }
};

// Wraps; a negative exponent gives 1 / a^|b| rounded towards zero.
template <class I>
constexpr I IntegerPower(I a, I b) {
  using U = std::make_unsigned_t<I>;
  if constexpr (std::is_signed_v<I>) {
    if (b < 0) {
      if (a == 1) return 1;
      if (a == -1) return (b & 1) ? -1 : 1;
      return 0;
    }
  }
  uint64_t base = static_cast<U>(a), result = 1;
  for (U n = static_cast<U>(b); n != 0; n = static_cast<U>(n >> 1)) {
    if (n & 1) result *= base;
    base *= base;
  }
  return static_cast<I>(result);
}

struct Power : LaneFunction<2> {
  static constexpr std::string_view kName = "stablehlo.power";
  static constexpr uint32_t kTypes = kInteger | kFloat | kComplex;
  template <class I>
  static I Integer(I a, I b, int) {
    return IntegerPower(a, b);
  }
  static double Real(double x, double y) { return std::pow(x, y); }
  template <class L, class V>
  static V Wide(L& l, V x, V y) {
    return math::PowerOfFloats(l, x, y);
  }
  static Complex128 Complex(Complex128 x, Complex128 y) {
    return y == 0.0 ? 1.0 : std::pow(x, y);  // Whatever x is, as of floats.
  }
};

constexpr OpDef kOps[] = {
    Row<Atan2>(),
    Row<Cbrt>(),
    Row<Ceil>(),
    Row<Cosh>(),
    Row<Cosine>(),
    Row<Exponential>(),
    Row<ExponentialMinusOne>(),
    Row<Floor>(),
    Row<Log>(),
    Row<LogPlusOne>(),
    Row<Logistic>(),
    Row<Power>(),
    Row<RoundNearestAfz>(),
    Row<RoundNearestEven>(),
    Row<Rsqrt>(),
    Row<Sine>(),
    Row<Sinh>(),
    Row<Sqrt>(),
    Row<Tan>(),
    Row<Tanh>(),
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_math, kOps);

}  // namespace webhlo
