// SPDX-License-Identifier: Apache-2.0
//
// Encoding and decoding; compact_row.cc multiplies.
#include "core/kernels/matmul/compact.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/kernels/float_convert.h"
#include "core/kernels/matmul/compact_words.h"

namespace webhlo {
namespace {

constexpr int64_t kWidth = CompactShape::kWidth, kGroup = CompactShape::kGroup;
constexpr int kVectors = static_cast<int>(kWidth) / 4;

// The bits from which on a weight is too large: 65520 rounds to infinity; 2^96, so that a product
// of integers with its scale is always a number.
constexpr uint32_t kTooLargeForHalf = 0x477ff000, kTooLarge = 0x6f800000;

void ToWords(const uint16_t* columns, uint8_t* words) {
  for (int64_t c = 0; c < kWidth; ++c) {
    std::memcpy(words + ByteInWords(c), columns + c, 2);
  }
}

// The signed weight of the largest magnitude of each column.
F32x4 Extreme(const float* rows, int64_t count) {
  F32x4 extreme = hn::Zero(kF32);
  for (int64_t i = 0; i < count; ++i) {
    const F32x4 row = Load(rows + i * kWidth);
    extreme = hn::IfThenElse(hn::Gt(hn::Abs(row), hn::Abs(extreme)), row, extreme);
  }
  return extreme;
}

// The scales of 4 columns as bf16, of which none is 0 or subnormal: there its inverse is no number.
F32x4 RoundedScales(F32x4 exact, uint16_t* scales) {
  alignas(16) float lanes[4];
  hn::Store(exact, kF32, lanes);
  for (int c = 0; c < 4; ++c) {
    const float scale = std::copysign(std::max(std::abs(lanes[c]), 0x1p-126f), lanes[c]);
    scales[c] = FloatToBfloat16(scale);
    lanes[c] = Bfloat16ToFloat(scales[c]);
  }
  return hn::Load(kF32, lanes);
}

// Four columns of a group of `count` rows.
void EncodeInt8(const float* rows, int64_t count, int v, uint8_t* to, uint16_t* scales) {
  const F32x4 extreme = hn::Abs(Extreme(rows, count));
  const F32x4 inverse = hn::Div(Splat(1), RoundedScales(hn::Div(extreme, Splat(127)), scales));
  for (int64_t i = 0; i < count; i += 2) {
    I32x4 pair =
        hn::And(hn::NearestInt(hn::Mul(Load(rows + i * kWidth), inverse)), hn::Set(kI32, 0xff));
    if (i + 1 < count) {
      const F32x4 second = hn::Mul(Load(rows + (i + 1) * kWidth), inverse);
      pair = hn::Or(pair, hn::ShiftLeft<8>(hn::NearestInt(second)));
    }
    alignas(16) int32_t lanes[4];
    hn::Store(pair, kI32, lanes);
    for (int c = 0; c < 4; ++c) std::memcpy(to + i * kWidth + 8 * v + 2 * c, lanes + c, 2);
  }
}

void EncodeInt4(const float* rows, int64_t count, int v, uint8_t* to, uint16_t* scales) {
  const F32x4 exact = hn::Div(Extreme(rows, count), Splat(-8));
  const F32x4 inverse = hn::Div(Splat(1), RoundedScales(exact, scales));
  const auto nibbles = [&](int64_t i) {
    if (i >= count) return hn::Set(kI32, 8);
    const I32x4 q = hn::NearestInt(hn::Mul(Load(rows + i * kWidth), inverse));
    return hn::Add(hn::Min(q, hn::Set(kI32, 7)), hn::Set(kI32, 8));
  };
  for (int64_t quad = 0; quad < kGroup / 8; ++quad) {
    I32x4 word = hn::Zero(kI32);
    for (int64_t i = 3; i >= 0; --i) {
      const I32x4 low = nibbles(4 * quad + i), high = nibbles(kGroup / 2 + 4 * quad + i);
      word = hn::Or(hn::ShiftLeft<8>(word), hn::Or(low, hn::ShiftLeft<4>(high)));
    }
    hn::StoreU(word, kI32, reinterpret_cast<int32_t*>(to + (quad * kVectors + v) * 16));
  }
}

}  // namespace

bool EncodePanel(const CompactShape& s, const float* panel, uint8_t* to) {
  const bool is_half = s.precision == Precision::kF16;
  const float* rows = panel + kWidth;
  if (LargestBits(rows, s.k * kWidth) >= (is_half ? kTooLargeForHalf : kTooLarge)) return false;
  std::memcpy(to + s.bias_at(), panel, kWidth * sizeof(float));
  uint16_t columns[kWidth];
  if (!s.has_scales()) {
    for (int64_t i = 0; i < s.k; ++i, rows += kWidth, to += 2 * kWidth) {
      WEBHLO_PLAIN_LOOP for (int64_t c = 0; c < kWidth; ++c) {
        columns[c] = is_half ? FloatToHalf(rows[c]) : FloatToBfloat16(rows[c]);
      }
      ToWords(columns, to);
    }
    return true;
  }
  const auto encode = s.precision == Precision::kInt8 ? EncodeInt8 : EncodeInt4;
  for (int64_t g = 0; g < s.groups(); ++g, rows += kGroup * kWidth, to += s.group_bytes()) {
    const int64_t count = std::min(kGroup, s.k - g * kGroup);
    if (count < kGroup) std::memset(to, 0, static_cast<size_t>(s.group_bytes()));
    for (int v = 0; v < kVectors; ++v) encode(rows + 4 * v, count, v, to, columns + 4 * v);
    ToWords(columns, to + s.group_bytes() - 2 * kWidth);
  }
  return true;
}

void DecodeGroup(const CompactShape& s, const uint8_t* panel, int64_t group, float* rows) {
  const int64_t count = std::min(kGroup, s.k - group * kGroup);
  const uint8_t* from = panel + group * s.group_bytes();
  F32x4 v[kVectors];
  if (!s.has_scales()) {
    const bool is_half = s.precision == Precision::kF16;
    const HalfWords halves;
    const Bfloat16Words words;
    for (int64_t i = 0; i < count; ++i, from += 2 * kWidth, rows += kWidth) {
      if (is_half) {
        halves.Load16(from, v);
        WEBHLO_UNROLL for (F32x4& x : v) x = hn::Mul(x, Splat(HalfWords::kUnit));
      } else {
        words.Load16(from, v);
      }
      WEBHLO_UNROLL for (int c = 0; c < kVectors; ++c) Store(v[c], rows + 4 * c);
    }
    return;
  }
  Bfloat16Words().Load16(from + s.group_bytes() - 2 * kWidth, v);
  // Rows behind the matrix's last one are not written.
  const auto store = [&](int64_t i, int c, I32x4 q) {
    if (i < count) Store(hn::Mul(hn::ConvertTo(kF32, q), v[c]), rows + i * kWidth + 4 * c);
  };
  if (s.precision == Precision::kInt8) {
    for (int64_t i = 0; i < count; i += 2, from += 2 * kWidth) {
      WEBHLO_UNROLL for (int c = 0; c < kVectors; ++c) {
        const I32x4 pairs = hn::BitCast(kI32, hn::PromoteTo(kI16, LoadEight(from + 8 * c)));
        store(i, c, hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs)));
        store(i + 1, c, hn::ShiftRight<16>(pairs));
      }
    }
    return;
  }
  const I32x4 mask = hn::Set(kI32, memory_constant<0xf>), eight = hn::Set(kI32, 8);
  for (int64_t i = 0; i < std::min(count, kGroup / 2); i += 4) {
    WEBHLO_PLAIN_LOOP for (int c = 0; c < kVectors; ++c, from += 16) {
      const I32x4 word = hn::LoadU(kI32, reinterpret_cast<const int32_t*>(from));
      const auto nibble = [&](I32x4 shifted) { return hn::Sub(hn::And(shifted, mask), eight); };
      WEBHLO_PLAIN_LOOP for (int byte = 0; byte < 4; ++byte) {
        const I32x4 both = hn::ShiftRightSame(word, 8 * byte);
        store(i + byte, c, nibble(both));
        store(kGroup / 2 + i + byte, c, nibble(hn::ShiftRight<4>(both)));
      }
    }
  }
}

void DecodePanel(const CompactShape& s, const uint8_t* panel, float* to) {
  std::memcpy(to, panel + s.bias_at(), kWidth * sizeof(float));
  to += kWidth;
  for (int64_t g = 0; g < s.groups(); ++g) DecodeGroup(s, panel, g, to + g * kGroup * kWidth);
}

}  // namespace webhlo
