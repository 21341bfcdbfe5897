// SPDX-License-Identifier: Apache-2.0
//
// The bounds that docs/accuracy.md states for the f32 functions, over floats spread evenly through
// all bit patterns: every exponent, both signs, NaN and infinities.
#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Bound {
  const char* name;
  double (*exact)(double);
  double ulps;
};

double Logistic(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
double Rsqrt(double x) { return 1 / std::sqrt(x); }

constexpr Bound kBounds[] = {
    {"cbrt", [](double x) { return std::cbrt(x); }, 0.51},
    {"cosine", [](double x) { return std::cos(x); }, 2.0},
    {"exponential", [](double x) { return std::exp(x); }, 1.0},
    {"exponential_minus_one", [](double x) { return std::expm1(x); }, 1.6},
    {"log", [](double x) { return std::log(x); }, 0.9},
    {"log_plus_one", [](double x) { return std::log1p(x); }, 0.9},
    {"logistic", &Logistic, 2.4},
    {"rsqrt", &Rsqrt, 1.5},
    {"sine", [](double x) { return std::sin(x); }, 2.0},
    {"tan", [](double x) { return std::tan(x); }, 0.51},
    {"tanh", [](double x) { return std::tanh(x); }, 1.6},
};

// Bit patterns step by a prime; a smaller one takes longer and finds little more.
constexpr uint64_t kStep = 4099;

// |y - exact| in units in the last place of a float at `exact`.
double Ulps(float y, double exact) {
  const double limit = 0x1.ffffffp+127;  // Rounds to infinity from here.
  if (std::isnan(exact) || std::isnan(y)) return std::isnan(exact) && std::isnan(y) ? 0 : INFINITY;
  if (std::fabs(exact) >= limit || std::isinf(y)) {
    if (std::isinf(y) && std::signbit(y) == std::signbit(exact) &&
        std::fabs(exact) > 0x1.fffff8p+127) {
      return 0;
    }
    return std::isinf(exact) || std::isinf(y) ? INFINITY : 1;
  }
  if (exact == 0) return y == 0 && std::signbit(y) == std::signbit(exact) ? 0 : INFINITY;
  const int exponent = std::max(std::ilogb(exact), -126);
  return std::fabs(y - exact) / std::ldexp(1.0, exponent - 23);
}

TEST_CASE("elementwise: functions keep the bounds of docs/accuracy.md") {
  constexpr int64_t kChunk = 4096;
  const TensorType type(ElementType::kF32, {kChunk});
  Tensor in(type), out(type);
  float* x = reinterpret_cast<float*>(in.buffer.data());
  const float* y = reinterpret_cast<const float*>(out.buffer.data());
  for (const Bound& bound : kBounds) {
    const TestGraph test = OneOp(StrCat("stablehlo.", bound.name), {type}, type);
    const TileFunction tile = test.op().node().op->elementwise->tile(test.op());
    double worst = 0;
    float worst_at = 0;
    for (uint64_t first = 0; first < (uint64_t{1} << 32); first += kStep * kChunk) {
      for (int64_t i = 0; i < kChunk; ++i) {
        x[i] =
            std::bit_cast<float>(static_cast<uint32_t>(first + kStep * static_cast<uint64_t>(i)));
      }
      const void* inputs[] = {x};
      tile(inputs, out.buffer.data(), kChunk);
      for (int64_t i = 0; i < kChunk; ++i) {
        const double ulps = Ulps(y[i], bound.exact(x[i]));
        if (ulps > worst) {
          worst = ulps;
          worst_at = x[i];
        }
      }
    }
    MESSAGE(std::string(bound.name) << ": " << worst << " ULP at " << worst_at);
    CHECK(worst <= bound.ulps);
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
