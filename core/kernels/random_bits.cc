// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/random_bits.h"

#include <algorithm>
#include <cstring>

#include "core/base/math.h"
#include "core/kernels/copy_element.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

using U32Tag = hn::FixedTag<uint32_t, 4>;
using U32x4 = hn::Vec<U32Tag>;
constexpr U32Tag kU32{};

constexpr int64_t kLanes = 4;
// Blocks that are made before their words are put where they belong.
constexpr int64_t kBatch = 64;
constexpr int64_t kBlockCost = 32;

// Narrow elements take the low bytes of a word.
const uint8_t* BytesOf(const uint32_t* word) { return reinterpret_cast<const uint8_t*>(word); }

U32x4 SplatU32(uint32_t value) { return hn::Set(kU32, value); }

struct Counters {
  U32x4 low, high;
};
// Of the four blocks from `first` on.
Counters CountersFrom(uint64_t first) {
  const U32x4 start = SplatU32(static_cast<uint32_t>(first));
  const U32x4 low = hn::Add(start, hn::Iota(kU32, 0));
  const U32x4 carry = hn::VecFromMask(kU32, hn::Lt(low, start));  // All ones: minus one.
  return {low, hn::Sub(SplatU32(static_cast<uint32_t>(first >> 32)), carry)};
}

template <int kBy>
HWY_INLINE U32x4 Rotated(U32x4 v) {
  return hn::Or(hn::ShiftLeft<kBy>(v), hn::ShiftRight<32 - kBy>(v));
}

template <int kA, int kB, int kC, int kD>
HWY_INLINE void FourRounds(U32x4& x0, U32x4& x1) {
  x0 = hn::Add(x0, x1);
  x1 = hn::Xor(Rotated<kA>(x1), x0);
  x0 = hn::Add(x0, x1);
  x1 = hn::Xor(Rotated<kB>(x1), x0);
  x0 = hn::Add(x0, x1);
  x1 = hn::Xor(Rotated<kC>(x1), x0);
  x0 = hn::Add(x0, x1);
  x1 = hn::Xor(Rotated<kD>(x1), x0);
}

// Two words of each of four blocks, from counter `first` on.
void Threefry(uint64_t key, uint64_t first, uint32_t* words) {
  const uint32_t low = static_cast<uint32_t>(key), high = static_cast<uint32_t>(key >> 32);
  const uint32_t keys[3] = {low, high, 0x1BD11BDA ^ low ^ high};
  const Counters counters = CountersFrom(first);
  U32x4 x0 = hn::Add(counters.low, SplatU32(keys[0]));
  U32x4 x1 = hn::Add(counters.high, SplatU32(keys[1]));
  for (uint32_t round = 0; round < 5; ++round) {
    if (round % 2 == 0) {
      FourRounds<13, 15, 26, 6>(x0, x1);
    } else {
      FourRounds<17, 29, 16, 24>(x0, x1);
    }
    x0 = hn::Add(x0, SplatU32(keys[(round + 1) % 3]));
    x1 = hn::Add(x1, SplatU32(keys[(round + 2) % 3] + round + 1));
  }
  hn::StoreInterleaved2(x0, x1, kU32, words);
}

// Both halves of the products with a number.
HWY_INLINE void Multiply(U32x4 v, uint32_t by, U32x4* low, U32x4* high) {
  const U32x4 factor = SplatU32(by);
  const U32x4 even = hn::BitCast(kU32, hn::MulEven(v, factor));
  const U32x4 odd = hn::BitCast(kU32, hn::MulOdd(v, factor));
  *low = hn::InterleaveEven(kU32, even, odd);
  *high = hn::InterleaveOdd(kU32, even, odd);
}

// Four words of each of four blocks, from the counter (high, first) on.
void Philox(uint64_t key, uint64_t first, uint64_t high, uint32_t* words) {
  const Counters counters = CountersFrom(first);
  U32x4 c0 = counters.low, c1 = counters.high;
  // Blocks behind the last counter of 64 bits have the next upper half.
  alignas(16) uint32_t upper[2][kLanes];
  for (uint64_t i = 0; i < kLanes; ++i) {
    const uint64_t half = high + (first + i < first ? 1 : 0);
    upper[0][i] = static_cast<uint32_t>(half);
    upper[1][i] = static_cast<uint32_t>(half >> 32);
  }
  U32x4 c2 = hn::Load(kU32, upper[0]), c3 = hn::Load(kU32, upper[1]);
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    U32x4 low0, high0, low1, high1;
    Multiply(c0, 0xD2511F53, &low0, &high0);
    Multiply(c2, 0xCD9E8D57, &low1, &high1);
    c0 = hn::Xor3(high1, c1, SplatU32(k0));
    c1 = low1;
    c2 = hn::Xor3(high0, c3, SplatU32(k1));
    c3 = low0;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  hn::StoreInterleaved4(c0, c1, c2, c3, kU32, words);
}

}  // namespace

RandomBits::RandomBits(const RandomBitsSizes& sizes)
    : s_(sizes),
      half_(CeilDiv(s_.split, int64_t{2})),
      in_order_(!s_.threefry || s_.width == 8 || (s_.stride == 1 && s_.split % 2 == 0)),
      each_((s_.threefry ? 2 : 4) / (s_.width == 8 ? 2 : 1)),
      blocks_(in_order_ ? CeilDiv(s_.count, each_) : s_.count / s_.split * half_),
      pieces_(CeilDiv(blocks_, kBatch), kBatch * kBlockCost) {}

void RandomBits::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  const uint64_t* const state = static_cast<const uint64_t*>(args[0]);
  const uint64_t key = state[0], counter = state[1], upper = state[s_.state == 3 ? 2 : 0];
  if (pieces.begin == 0) {
    uint64_t* const next = static_cast<uint64_t*>(args[1]);
    next[0] = key;
    next[1] = counter + static_cast<uint64_t>(blocks_);
    if (s_.state == 3) next[2] = upper + (next[1] < counter ? 1 : 0);
  }
  uint8_t* const elements = static_cast<uint8_t*>(args[2]);
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    for (int64_t batch = begin; batch < end; ++batch) {
      const int64_t from = batch * kBatch, until = std::min(from + kBatch, blocks_);
      alignas(16) uint32_t words[kBatch * 4];
      for (int64_t block = from; block < until; block += kLanes) {
        const uint64_t first = counter + static_cast<uint64_t>(block);
        if (s_.threefry) {
          Threefry(key, first, words + (block - from) * 2);
        } else {
          Philox(key, first, upper + (first < counter ? 1 : 0), words + (block - from) * 4);
        }
      }
      Place(words, elements, from, until);
    }
  });
}

// Puts the words of blocks [begin, end) where they belong.
void RandomBits::Place(const uint32_t* words, uint8_t* elements, int64_t begin, int64_t end) const {
  if (in_order_) {
    const int64_t first = begin * each_, last = std::min(end * each_, s_.count);
    if (s_.width >= 4) {
      std::memcpy(elements + first * s_.width, words,
                  static_cast<size_t>((last - first) * s_.width));
      return;
    }
    for (int64_t i = first; i < last; ++i) {
      CopyElement(s_.width, BytesOf(words++), elements + i * s_.width);
    }
    return;
  }
  int64_t row = begin / s_.stride, column = begin % s_.stride;
  int64_t outer = row / half_, pair = row % half_;
  for (int64_t block = begin; block < end; ++block, words += 2) {
    const int64_t at = (outer * s_.split + 2 * pair) * s_.stride + column;
    CopyElement(s_.width, BytesOf(words), elements + at * s_.width);
    if (2 * pair + 1 < s_.split) {
      CopyElement(s_.width, BytesOf(words + 1), elements + (at + s_.stride) * s_.width);
    }
    if (++column < s_.stride) continue;
    column = 0;
    if (++pair < half_) continue;
    pair = 0;
    ++outer;
  }
}

}  // namespace webhlo
