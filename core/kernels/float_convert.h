// SPDX-License-Identifier: Apache-2.0
//
// f16 and bf16 to f32 and back, rounding to nearest even; subnormals, infinities and NaN are kept.
#ifndef WEBHLO_CORE_KERNELS_FLOAT_CONVERT_H_
#define WEBHLO_CORE_KERNELS_FLOAT_CONVERT_H_

#include <bit>
#include <cstddef>
#include <cstdint>

namespace webhlo {

inline float HalfToFloat(uint16_t h) {
  const uint32_t magnitude = static_cast<uint32_t>(h & 0x7fff) << 13;
  // As bits the exponent is 112 too small; the product is exact, subnormals included.
  uint32_t bits = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
  if ((h & 0x7c00) == 0x7c00) bits = magnitude | 0x7f800000;
  return std::bit_cast<float>(bits | static_cast<uint32_t>(h & 0x8000) << 16);
}

inline uint16_t FloatToHalf(float f) {
  const uint32_t bits = std::bit_cast<uint32_t>(f);
  const uint32_t magnitude = bits & 0x7fffffff;
  // Normal results: round at bit 13, then move the exponent down by 112.
  uint32_t h = (magnitude + 0xfff + ((magnitude >> 13) & 1) - (112u << 23)) >> 13;
  if (magnitude < 0x38800000) {  // Below 2^-14: the sum with 1/2 has f16's smallest unit.
    h = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000;
  }
  if (magnitude >= 0x477ff000) h = 0x7c00;  // From 65520 on.
  if (magnitude > 0x7f800000) h = 0x7e00;
  return static_cast<uint16_t>(h | (bits >> 16 & 0x8000));
}

inline float Bfloat16ToFloat(uint16_t h) {
  return std::bit_cast<float>(static_cast<uint32_t>(h) << 16);
}

inline uint16_t FloatToBfloat16(float f) {
  const uint32_t bits = std::bit_cast<uint32_t>(f);
  uint32_t h = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  if ((bits & 0x7fffffff) > 0x7f800000) h = (bits >> 16) | 0x40;
  return static_cast<uint16_t>(h);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_FLOAT_CONVERT_H_
