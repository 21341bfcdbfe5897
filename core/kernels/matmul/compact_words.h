// SPDX-License-Identifier: Apache-2.0
//
// How numbers of 16 and 8 bits lie in compact panels (core/kernels/matmul/compact.h): what loops
// decode with some instructions.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_COMPACT_WORDS_H_
#define WEBHLO_CORE_KERNELS_MATMUL_COMPACT_WORDS_H_

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/kernels/vector.h"

namespace webhlo {

using I32Tag = hn::FixedTag<int32_t, 4>;
using I16Tag = hn::FixedTag<int16_t, 8>;
using I32x4 = hn::Vec<I32Tag>;
using I16x8 = hn::Vec<I16Tag>;
inline constexpr I32Tag kI32{};
inline constexpr I16Tag kI16{};

HWY_INLINE hn::Vec<hn::FixedTag<int8_t, 8>> LoadEight(const uint8_t* p) {
  return hn::LoadU(hn::FixedTag<int8_t, 8>(), reinterpret_cast<const int8_t*>(p));
}

// The bits of the largest magnitude; those of a NaN are larger than all others.
inline uint32_t LargestBits(const float* x, int64_t count) {
  uint32_t largest = 0;
  int64_t i = 0;
  if (count >= 4) {
    I32x4 most = hn::Zero(kI32);
    const I32x4 magnitude = hn::Set(kI32, memory_constant<0x7fffffff>);
    for (; i + 4 <= count; i += 4) {
      most = hn::Max(most, hn::And(hn::BitCast(kI32, Load(x + i)), magnitude));
    }
    largest = static_cast<uint32_t>(hn::ReduceMax(kI32, most));
  }
  for (; i < count; ++i) largest = std::max(largest, std::bit_cast<uint32_t>(x[i]) & 0x7fffffff);
  return largest;
}

// Where the bytes of a column are among those of 16, as the words below have them.
constexpr int64_t ByteInWords(int64_t column) {
  return (column / 8 * 8 + column % 4 * 2 + column / 4 % 2) * 2;
}

// 16 columns in eight words each of which has column j and, in its upper half, column j + 4.
// Constants lie in memory (core/kernels/simd-inl.h).
struct Bfloat16Words {
  const I32x4 upper = hn::Set(kI32, memory_constant<static_cast<int32_t>(0xffff0000)>);

  HWY_INLINE void Load16(const uint8_t* p, F32x4* columns) const {
    WEBHLO_UNROLL for (int h = 0; h < 2; ++h) {
      const I32x4 words = hn::LoadU(kI32, reinterpret_cast<const int32_t*>(p + 16 * h));
      columns[2 * h] = hn::BitCast(kF32, hn::ShiftLeft<16>(words));
      columns[2 * h + 1] = hn::BitCast(kF32, hn::And(words, upper));
    }
  }
};

// Their bits, moved to where f32 has them, are numbers 2^112 times too small, exactly.
struct HalfWords {
  static constexpr float kUnit = 0x1p112f;
  const I32x4 upper = hn::Set(kI32, memory_constant<static_cast<int32_t>(0x8fffe000)>);
  const I32x4 lower = hn::Set(kI32, memory_constant<static_cast<int32_t>(0x8fffffff)>);
  const I32x4 shift = hn::Set(kI32, memory_constant<0x2000>);  // Times the lower half alone.

  HWY_INLINE void Load16(const uint8_t* p, F32x4* columns) const {
    WEBHLO_UNROLL for (int h = 0; h < 2; ++h) {
      const I32x4 words = hn::LoadU(kI32, reinterpret_cast<const int32_t*>(p + 16 * h));
      const I32x4 low =
          hn::WidenMulPairwiseAdd(kI32, hn::BitCast(kI16, words), hn::BitCast(kI16, shift));
      columns[2 * h] = hn::BitCast(kF32, hn::And(low, lower));
      columns[2 * h + 1] = hn::BitCast(kF32, hn::And(hn::ShiftRight<3>(words), upper));
    }
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_COMPACT_WORDS_H_
