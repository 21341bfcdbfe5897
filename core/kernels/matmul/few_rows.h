// SPDX-License-Identifier: Apache-2.0
//
// Products of a few rows with a matrix that is not constant (attention of one token over its
// cache): packing the matrix would cost more than multiplying it, so it is read as it lies, once
// for every kFewRows rows.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_FEW_ROWS_H_
#define WEBHLO_CORE_KERNELS_MATMUL_FEW_ROWS_H_

#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

inline constexpr int64_t kFewRows = 4;

// For each of `batch`: c [m, n] = a [m, k] * b, b being [k, n] or, when `transposed`, [n, k].
// All contiguous.
class FewRowsProduct {
 public:
  FewRowsProduct(int64_t batch, int64_t m, int64_t k, int64_t n, bool transposed);
  const Pieces& pieces() const { return pieces_; }
  void Run(const float* a, const float* b, float* c, PieceRange pieces, ThreadPool& pool) const;

 private:
  int64_t m_, k_, n_;
  bool transposed_;
  int64_t blocks_;  // Of the columns of c.
  // A loop for each part of k: the sums of the first one are stored, those of the others added.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_FEW_ROWS_H_
