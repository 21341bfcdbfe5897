// SPDX-License-Identifier: Apache-2.0
//
// Random bits of counter-based generators (core/ops/rng_bit_generator.cc has their sources), four
// blocks at once.
#ifndef WEBHLO_CORE_KERNELS_RANDOM_BITS_H_
#define WEBHLO_CORE_KERNELS_RANDOM_BITS_H_

#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

struct RandomBitsSizes {
  bool threefry;         // Or Philox.
  int64_t state;         // u64s: key, counter and, of three, the counter's upper half.
  int64_t count, width;  // Elements and their bytes.
  // Threefry's blocks give two neighbours along a dimension of `split` elements that lie `stride`
  // apart. Not for elements of 8 bytes, each of which is a block.
  int64_t split, stride;
};

// Args (state, its successor, elements).
class RandomBits {
 public:
  explicit RandomBits(const RandomBitsSizes& sizes);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  void Place(const uint32_t* words, uint8_t* elements, int64_t begin, int64_t end) const;

  const RandomBitsSizes s_;
  const int64_t half_;   // Pairs of a split dimension, the last of which may be of one.
  const bool in_order_;  // Words are elements as they come, so many of each block.
  const int64_t each_;
  const int64_t blocks_;
  const Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_RANDOM_BITS_H_
