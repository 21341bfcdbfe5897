// SPDX-License-Identifier: Apache-2.0
#include "core/jit/helpers.h"

#include <bit>
#include <cmath>
#include <vector>

namespace webhlo {
namespace {

float Sine(float x) { return static_cast<float>(std::sin(static_cast<double>(x))); }
float Cosine(float x) { return static_cast<float>(std::cos(static_cast<double>(x))); }
float Tan(float x) { return static_cast<float>(std::tan(static_cast<double>(x))); }
float Cbrt(float x) { return static_cast<float>(std::cbrt(static_cast<double>(x))); }
float Power(float x, float y) {
  return static_cast<float>(std::pow(static_cast<double>(x), static_cast<double>(y)));
}
float Atan2(float y, float x) {
  return static_cast<float>(std::atan2(static_cast<double>(y), static_cast<double>(x)));
}
float Remainder(float x, float y) { return std::fmod(x, y); }

template <int32_t (*kFunction)(int32_t, int32_t)>
int32_t Signed(int32_t a, int32_t b) {
  return kFunction(a, b);
}
template <uint32_t (*kFunction)(uint32_t, uint32_t)>
int32_t Unsigned(int32_t a, int32_t b) {
  return static_cast<int32_t>(kFunction(static_cast<uint32_t>(a), static_cast<uint32_t>(b)));
}
// Amounts are unsigned; from the width on nothing but the sign is left.
uint32_t ShiftLeft(uint32_t a, uint32_t b) { return b < 32 ? a << b : 0; }
uint32_t ShiftRightLogical(uint32_t a, uint32_t b) { return b < 32 ? a >> b : 0; }
uint32_t ShiftRightArithmetic(uint32_t a, uint32_t b) {
  return static_cast<uint32_t>(static_cast<int32_t>(a) >> (b < 32 ? b : 31));
}
int32_t CountLeadingZeros(int32_t a) { return std::countl_zero(static_cast<uint32_t>(a)); }

}  // namespace

const FloatFunction kSineFunction = {"sine", Sine};
const FloatFunction kCosineFunction = {"cosine", Cosine};
const FloatFunction kTanFunction = {"tan", Tan};
const FloatFunction kCbrtFunction = {"cbrt", Cbrt};
const FloatFunction2 kPowerFunction = {"power", Power};
const FloatFunction2 kAtan2Function = {"atan2", Atan2};
const FloatFunction2 kRemainderFunction = {"remainder", Remainder};
const IntFunction2 kDivideS32 = {"divide_s32", Signed<IntegerDivide<int32_t>>};
const IntFunction2 kDivideU32 = {"divide_u32", Unsigned<IntegerDivide<uint32_t>>};
const IntFunction2 kRemainderS32 = {"remainder_s32", Signed<IntegerRemainder<int32_t>>};
const IntFunction2 kRemainderU32 = {"remainder_u32", Unsigned<IntegerRemainder<uint32_t>>};
const IntFunction2 kPowerS32 = {"power_s32", Signed<IntegerPower<int32_t>>};
const IntFunction2 kPowerU32 = {"power_u32", Unsigned<IntegerPower<uint32_t>>};
const IntFunction2 kShiftLeft32 = {"shift_left", Unsigned<ShiftLeft>};
const IntFunction2 kShiftRightArithmetic32 = {"shift_right_arithmetic",
                                              Unsigned<ShiftRightArithmetic>};
const IntFunction2 kShiftRightLogical32 = {"shift_right_logical", Unsigned<ShiftRightLogical>};
const IntFunction kCountLeadingZeros32 = {"count_leading_zeros", CountLeadingZeros};

std::span<const jit::Helper> jit::AllHelpers() {
  // Never destroyed, as the functions are not.
  static const std::vector<Helper>& helpers = *new std::vector<Helper>{
      HelperOf(kSineFunction),
      HelperOf(kCosineFunction),
      HelperOf(kTanFunction),
      HelperOf(kCbrtFunction),
      HelperOf(kPowerFunction),
      HelperOf(kAtan2Function),
      HelperOf(kRemainderFunction),
      HelperOf(kDivideS32),
      HelperOf(kDivideU32),
      HelperOf(kRemainderS32),
      HelperOf(kRemainderU32),
      HelperOf(kPowerS32),
      HelperOf(kPowerU32),
      HelperOf(kShiftLeft32),
      HelperOf(kShiftRightArithmetic32),
      HelperOf(kShiftRightLogical32),
      HelperOf(kCountLeadingZeros32),
  };
  return helpers;
}

}  // namespace webhlo
