// SPDX-License-Identifier: Apache-2.0
//
// The k largest elements of each row, the largest first, and where they are. Equal ones come in the
// order of their indices.
#ifndef WEBHLO_CORE_KERNELS_TOP_K_H_
#define WEBHLO_CORE_KERNELS_TOP_K_H_

#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

// What the bits of elements mean; floats are in total order, NaN beyond infinity.
enum class Order : uint8_t { kSigned, kUnsigned, kFloat };

// Args (x, values, indices): rows x n elements of 1, 2, 4 or 8 bytes, rows x k of the same, and as
// many i32. 1 <= k <= n.
class TopK {
 public:
  TopK(int width, Order order, int64_t rows, int64_t n, int64_t k);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  template <typename T>
  void RunItems(void* const* args, int64_t begin, int64_t end) const;

  int width_;
  Order order_;
  int64_t n_, k_;
  int64_t parts_;  // Of a row.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_TOP_K_H_
