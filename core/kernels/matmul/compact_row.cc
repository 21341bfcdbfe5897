// SPDX-License-Identifier: Apache-2.0
//
// A row times compact panels. Sums of integers are exact within a group, so they do not depend on
// how a machine takes them.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/kernels/matmul/compact.h"
#include "core/kernels/matmul/compact_words.h"

namespace webhlo {
namespace {

constexpr size_t kWidth = CompactShape::kWidth, kGroup = CompactShape::kGroup;
constexpr int kVectors = static_cast<int>(kWidth) / 4;

// What a prepared row begins with.
struct Head {
  float unit;      // Of the sums, where rows are floats.
  uint32_t plain;  // Whether it has a number that is not finite.
};

constexpr uint32_t kInfinity = 0x7f800000;

// sums += group, whose columns' sums of integers these are.
HWY_INLINE void AddGroup(const I32x4* integers, float scale, const uint8_t* scales,
                         const Bfloat16Words& words, F32x4* sums) {
  F32x4 columns[kVectors];
  words.Load16(scales, columns);
  const F32x4 row = Splat(scale);
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
    sums[v] = MulAdd(hn::Mul(hn::ConvertTo(kF32, integers[v]), columns[v]), row, sums[v]);
  }
}

HWY_INLINE I32x4 FourBytes(const void* p) {
  int32_t bytes;
  std::memcpy(&bytes, p, sizeof(bytes));
  return hn::Set(kI32, bytes);
}

void Int8Panel(size_t groups, const int16_t* x, const float* scales, const uint8_t* w,
               F32x4* result) {
  const Bfloat16Words words;
  F32x4 sums[kVectors];
  WEBHLO_UNROLL for (F32x4& sum : sums) sum = hn::Zero(kF32);
  for (size_t g = 0; g < groups; ++g, w += 2 * kWidth) {
    I32x4 integers[kVectors];
    WEBHLO_UNROLL for (I32x4& sum : integers) sum = hn::Zero(kI32);
    for (size_t i = 0; i < kGroup; i += 8, x += 8, w += 8 * kWidth) {
      WEBHLO_UNROLL for (size_t p = 0; p < 4; ++p) {
        const I16x8 pair = hn::BitCast(kI16, FourBytes(x + 2 * p));
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
          const I16x8 weights = hn::PromoteTo(kI16, LoadEight(w + 2 * kWidth * p + 8 * v));
          integers[v] = hn::Add(integers[v], hn::WidenMulPairwiseAdd(kI32, weights, pair));
        }
      }
    }
    AddGroup(integers, scales[g], w, words, sums);
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) result[v] = sums[v];
}

// Products of weights, bytes 0..15, and x, bytes too; of two neighbours their sum.
HWY_INLINE I16x8 PairsOfProducts(I32x4 weights, I32x4 x) {
#if defined(__wasm_relaxed_simd__)
  return I16x8{wasm_i16x8_relaxed_dot_i8x16_i7x16(x.raw, weights.raw)};
#else
  return hn::SatWidenMulPairwiseAdd(kI16, hn::BitCast(hn::FixedTag<uint8_t, 16>(), weights),
                                    hn::BitCast(hn::FixedTag<int8_t, 16>(), x));
#endif
}

void Int4Panel(size_t groups, const int8_t* x, const float* scales, const int32_t* starts,
               const uint8_t* w, F32x4* result) {
  const Bfloat16Words words;
  const I32x4 nibbles = hn::Set(kI32, memory_constant<0x0f0f0f0f>);
  const I16x8 ones = hn::BitCast(kI16, hn::Set(kI32, memory_constant<0x00010001>));
  F32x4 sums[kVectors];
  WEBHLO_UNROLL for (F32x4& sum : sums) sum = hn::Zero(kF32);
  for (size_t g = 0; g < groups; ++g, x += kGroup, w += 2 * kWidth) {
    // 16 products of 15 and 127 at most: 16 bits hold their sum.
    I16x8 pairs[kVectors];
    WEBHLO_UNROLL for (size_t i = 0; i < kGroup / 2; i += 4, w += 4 * kWidth) {
      const I32x4 first = FourBytes(x + i), second = FourBytes(x + kGroup / 2 + i);
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        const I32x4 both = hn::LoadU(kI32, reinterpret_cast<const int32_t*>(w + 16 * v));
        const I16x8 low = PairsOfProducts(hn::And(both, nibbles), first);
        const I16x8 high = PairsOfProducts(hn::And(hn::ShiftRight<4>(both), nibbles), second);
        pairs[v] = i == 0 ? hn::Add(low, high) : hn::Add(pairs[v], hn::Add(low, high));
      }
    }
    I32x4 integers[kVectors];
    const I32x4 start = hn::Set(kI32, starts[g]);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      integers[v] = hn::Add(start, hn::WidenMulPairwiseAdd(kI32, pairs[v], ones));
    }
    AddGroup(integers, scales[g], w, words, sums);
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) result[v] = sums[v];
}

template <typename Words>
void FloatPanel(size_t k, const float* x, const uint8_t* w, F32x4* result) {
  const Words words;
  F32x4 even[kVectors], odd[kVectors], columns[kVectors];
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) even[v] = odd[v] = hn::Zero(kF32);
  size_t i = 0;
  for (; i + 2 <= k; i += 2, w += 4 * kWidth) {
    words.Load16(w, columns);
    const F32x4 first = Splat(x[i]), second = Splat(x[i + 1]);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) even[v] = MulAdd(first, columns[v], even[v]);
    words.Load16(w + 2 * kWidth, columns);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) odd[v] = MulAdd(second, columns[v], odd[v]);
  }
  if (i < k) {
    words.Load16(w, columns);
    const F32x4 last = Splat(x[i]);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) even[v] = MulAdd(last, columns[v], even[v]);
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) result[v] = hn::Add(even[v], odd[v]);
}

// A group of x as integers; answers their sum.
template <typename T>
int32_t Quantize(const float* x, float inverse, T* to) {
  const F32x4 factor = Splat(inverse);
  I32x4 sum = hn::Zero(kI32);
  for (size_t i = 0; i < kGroup; i += 4) {
    const I32x4 q = hn::NearestInt(hn::Mul(Load(x + i), factor));
    sum = hn::Add(sum, q);
    hn::StoreU(hn::DemoteTo(hn::FixedTag<T, 4>(), q), hn::FixedTag<T, 4>(), to + i);
  }
  return hn::ReduceSum(kI32, sum);
}

}  // namespace

CompactRow::CompactRow(const CompactShape& shape) : shape_(shape) {
  const bool is_int4 = shape.precision == Precision::kInt4;
  scales_at_ = 64;
  starts_at_ = scales_at_ + (shape.has_scales() ? 4 * shape.groups() : 0);
  data_at_ = RoundUp<int64_t>(starts_at_ + (is_int4 ? 4 * shape.groups() : 0), 64);
  const int64_t data =
      shape.has_scales() ? RoundUp(shape.k, CompactShape::kGroup) * (is_int4 ? 1 : 2) : shape.k * 4;
  bytes_ = RoundUp<int64_t>(data_at_ + data, 64);
}

void CompactRow::Prepare(const float* x, uint8_t* row) const {
  Head* head = reinterpret_cast<Head*>(row);
  *head = {.unit = 1, .plain = false};
  float* floats = reinterpret_cast<float*>(row + data_at_);
  if (shape_.precision == Precision::kBf16) {
    std::copy_n(x, shape_.k, floats);
    return;
  }
  if (shape_.precision == Precision::kF16) {
    const uint32_t largest = LargestBits(x, shape_.k);
    head->plain = largest >= kInfinity;
    if (head->plain) return;
    // With x at about 2^110 products are far from where f32 ends, on both sides.
    const int power = std::clamp(110 + 127 - static_cast<int>(largest >> 23), -15, 127);
    const float factor = std::ldexp(1.0f, power);
    head->unit = std::ldexp(1.0f, 112 - power);
    for (int64_t i = 0; i < shape_.k; ++i) floats[i] = x[i] * factor;
    return;
  }
  const bool is_int4 = shape_.precision == Precision::kInt4;
  float* scales = reinterpret_cast<float*>(row + scales_at_);
  int32_t* starts = reinterpret_cast<int32_t*>(row + starts_at_);
  uint8_t* to = row + data_at_;
  const float most = is_int4 ? 127 : 32767;
  for (int64_t g = 0; g < shape_.groups(); ++g, x += kGroup) {
    float last[kGroup] = {};
    const int64_t left = shape_.k - g * CompactShape::kGroup;
    const float* from = x;
    if (left < CompactShape::kGroup) {
      std::copy_n(x, left, last);
      from = last;
    }
    const uint32_t largest = LargestBits(from, kGroup);
    head->plain = largest >= kInfinity;
    if (head->plain) return;
    // A subnormal scale's inverse is no number.
    scales[g] = std::max(std::bit_cast<float>(largest) / most, 0x1p-126f);
    if (is_int4) {
      // Nibbles are 8 more than the weights.
      starts[g] = -8 * Quantize(from, 1 / scales[g], reinterpret_cast<int8_t*>(to));
      to += kGroup;
    } else {
      Quantize(from, 1 / scales[g], reinterpret_cast<int16_t*>(to));
      to += 2 * kGroup;
    }
  }
}

bool CompactRow::IsPlain(const uint8_t* row) {
  return reinterpret_cast<const Head*>(row)->plain != 0;
}

void CompactRow::Multiply(const uint8_t* row, const uint8_t* panel, float* result) const {
  F32x4 sums[kVectors];
  const uint8_t* data = row + data_at_;
  const float* scales = reinterpret_cast<const float*>(row + scales_at_);
  const size_t groups = static_cast<size_t>(shape_.groups()), k = static_cast<size_t>(shape_.k);
  switch (shape_.precision) {
    case Precision::kInt8:
      Int8Panel(groups, reinterpret_cast<const int16_t*>(data), scales, panel, sums);
      break;
    case Precision::kInt4:
      Int4Panel(groups, reinterpret_cast<const int8_t*>(data), scales,
                reinterpret_cast<const int32_t*>(row + starts_at_), panel, sums);
      break;
    case Precision::kF16:
      FloatPanel<HalfWords>(k, reinterpret_cast<const float*>(data), panel, sums);
      break;
    default:
      FloatPanel<Bfloat16Words>(k, reinterpret_cast<const float*>(data), panel, sums);
  }
  const F32x4 unit = Splat(reinterpret_cast<const Head*>(row)->unit);
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) Store(hn::Mul(sums[v], unit), result + 4 * v);
}

}  // namespace webhlo
