// SPDX-License-Identifier: Apache-2.0
//
// Payne and Hanek, "Radian Reduction for Trigonometric Functions" (SIGNUM Newsletter 18, 1983), on
// 192 bits of 2/pi; and for arguments as they usually are, Cody and Waite's: pi/2 in three parts.
#include "core/base/pi_over_two.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace webhlo {
namespace {

// The first bits of 2/pi behind the point: all that a double can reach.
constexpr uint64_t kTwoOverPi[] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};

constexpr double kPiOverTwo[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
// The first two have 33 bits, so that products with numbers below 2^20 are exact.
constexpr double kParts[] = {0x1.921fb54400000p+0, 0x1.0b4611a600000p-34, 0x1.3198a2e037073p-69};

// 64 bits of 2/pi, from the one at `bit` on; before the point there are none.
uint64_t BitsAt(int bit) {
  const auto word = [](int i) { return i < 0 ? 0 : kTwoOverPi[i]; };
  const int i = bit >> 6, shift = bit & 63;
  return shift == 0 ? word(i) : word(i) << shift | word(i + 1) >> (64 - shift);
}

struct Product {
  uint64_t high, low;
};
// `a` has up to 53 bits.
Product Multiply(uint64_t a, uint64_t b) {
  const uint64_t a1 = a >> 32, a0 = a & 0xffffffff, b1 = b >> 32, b0 = b & 0xffffffff;
  const uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32);
  const uint64_t other = a0 * b1 + (middle & 0xffffffff);
  return {a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (low & 0xffffffff)};
}

double PowerOfTwo(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

// Of a number, 26 of its bits.
double Upper(double x) {
  return std::bit_cast<double>(std::bit_cast<uint64_t>(x) & 0xfffffffff8000000);
}

int ExponentOf(double x) { return static_cast<int>(std::bit_cast<uint64_t>(x) >> 52 & 0x7ff); }

// Of any x of at least pi/4: the product of its 53 bits with those of 2/pi that do not make
// multiples of 4 of them.
int ReduceLarge(double x, double* remainder) {
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  const uint64_t mantissa = (bits & 0xfffffffffffff) | 0x10000000000000;
  const int begin = ExponentOf(x) - 1075 - 2;
  const Product p0 = Multiply(mantissa, BitsAt(begin + 128));
  const Product p1 = Multiply(mantissa, BitsAt(begin + 64));
  const uint64_t r1 = p1.low + p0.high;
  const uint64_t r2 = mantissa * BitsAt(begin) + p1.high + (r1 < p1.low);
  int quadrant = static_cast<int>(r2 >> 62);
  uint64_t f2 = r2 << 2 | r1 >> 62, f1 = r1 << 2 | p0.low >> 62, f0 = p0.low << 2;
  // To the nearest.
  const bool negative = (f2 >> 63) != 0;
  if (negative) {
    ++quadrant;
    f0 = -f0;
    f1 = ~f1 + (f0 == 0);
    f2 = ~f2 + (f0 == 0 && f1 == 0);
  }
  int zeros = 0;
  for (; f2 == 0 && zeros < 128; zeros += 64) {
    f2 = f1;
    f1 = f0;
    f0 = 0;
  }
  if (f2 == 0) return remainder[0] = remainder[1] = 0, quadrant;
  if (const int shift = std::countl_zero(f2); shift > 0) {
    f2 = f2 << shift | f1 >> (64 - shift);
    f1 = f1 << shift | f0 >> (64 - shift);
    zeros += shift;
  }
  double high = static_cast<double>(f2 >> 11) * PowerOfTwo(-53 - zeros);
  double low = static_cast<double>((f2 & 0x7ff) << 42 | f1 >> 22) * PowerOfTwo(-106 - zeros);
  if (negative != (x < 0)) {
    high = -high;
    low = -low;
  }
  // Times pi/2. The products of halves are exact.
  const double product = high * kPiOverTwo[0];
  const double a1 = Upper(high), a0 = high - a1;
  const double b1 = Upper(kPiOverTwo[0]), b0 = kPiOverTwo[0] - b1;
  const double rounded_away = a0 * b0 - (((product - a1 * b1) - a0 * b1) - a1 * b0);
  const double rest = rounded_away + (high * kPiOverTwo[1] + low * kPiOverTwo[0]);
  remainder[0] = product + rest;
  remainder[1] = rest - (remainder[0] - product);
  return x < 0 ? -quadrant : quadrant;
}

}  // namespace

int RemainderOfPiOverTwo(double x, double* remainder) {
  if (!std::isfinite(x)) return remainder[0] = remainder[1] = x - x, 0;
  if (std::abs(x) < 0x1p20) {
    constexpr double kRound = 0x1.8p52;
    const double n = (x * 0x1.45f306dc9c883p-1 + kRound) - kRound;
    const double first = x - n * kParts[0], part = n * kParts[1];
    const double second = first - part;
    const double rest = n * kParts[2] - ((first - second) - part);
    remainder[0] = second - rest;
    remainder[1] = (second - remainder[0]) - rest;
    // Not close to a multiple, where more than these bits of pi would show.
    if (ExponentOf(x) - ExponentOf(remainder[0]) <= 40) return static_cast<int>(n);
  }
  if (x == 0) return remainder[0] = x, remainder[1] = 0, 0;
  return ReduceLarge(x, remainder);
}

}  // namespace webhlo
