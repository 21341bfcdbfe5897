// SPDX-License-Identifier: Apache-2.0
#include "core/base/pi_over_two.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace webhlo {
namespace {

// By the remainder, from functions that need only know small numbers.
double SinOf(double x) {
  double y[2];
  const int quadrant = RemainderOfPiOverTwo(x, y) & 3;
  CHECK(std::abs(y[0]) <= 0.7853981633974484);
  const double value = quadrant & 1 ? std::cos(y[0]) - y[1] * std::sin(y[0])
                                    : std::sin(y[0]) + y[1] * std::cos(y[0]);
  return quadrant & 2 ? -value : value;
}

void CheckSin(double x) {
  CAPTURE(x);
  const double expected = std::sin(x);
  const double ulp = std::nextafter(std::abs(expected), 2.0) - std::abs(expected);
  CHECK(std::abs(SinOf(x) - expected) <= 1.5 * ulp);
}

TEST_CASE("pi over two: remainders of numbers of every size have the sines of the numbers") {
  std::mt19937_64 random(1);
  for (int exponent = -2; exponent < 1024; ++exponent) {
    for (int i = 0; i < 20; ++i) {
      const double mantissa = 1 + static_cast<double>(random() >> 11) * 0x1p-53;
      const double x = std::ldexp(mantissa, exponent);
      CheckSin(x);
      CheckSin(-x);
    }
  }
}

TEST_CASE("pi over two: next to its multiples, all bits of the remainder are right") {
  for (int n = 1; n < 100000; n += 7) CheckSin(n * 3.141592653589793);
  // The double that is nearest to a multiple (Muller et al., "Handbook of Floating-Point
  // Arithmetic", table of worst cases).
  const double worst = std::ldexp(6381956970095103.0, 797);
  double y[2];
  const int quadrant = RemainderOfPiOverTwo(worst, y);
  CHECK((quadrant & 1) == 1);
  CHECK(std::abs(y[0]) == std::abs(std::cos(worst)));
  CHECK(std::abs(y[0]) == doctest::Approx(4.68716592425462761e-19).epsilon(1e-15));
}

TEST_CASE("pi over two: zeros keep their sign, what is not finite has no remainder") {
  double y[2];
  CHECK(RemainderOfPiOverTwo(-0.0, y) == 0);
  CHECK(std::signbit(y[0]));
  CHECK(RemainderOfPiOverTwo(std::numeric_limits<double>::infinity(), y) == 0);
  CHECK(std::isnan(y[0]));
  RemainderOfPiOverTwo(std::numeric_limits<double>::quiet_NaN(), y);
  CHECK(std::isnan(y[0]));
}

}  // namespace
}  // namespace webhlo
