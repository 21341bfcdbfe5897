// SPDX-License-Identifier: Apache-2.0
//
// The reference of matrix products: webhlo.matmul, and both of webhlo.attention.
#ifndef WEBHLO_CORE_OPS_MATMUL_H_
#define WEBHLO_CORE_OPS_MATMUL_H_

#include <algorithm>
#include <cstdint>

#include "core/graph/op_def.h"

namespace webhlo {

// Sizes and strides within one matrix of each operand: lhs [B..., M, K], or [B..., K, M] when it is
// transposed; rhs [B..., K, N] or [B..., N, K], or without a batch.
struct Matmul {
  int64_t m, n, k;
  int64_t lhs_m, lhs_k, rhs_k, rhs_n;
  bool one_rhs;  // The same rhs for all of the batch.

  Matmul(const TensorType& lhs, bool transpose_lhs, const TensorType& rhs, bool transpose_rhs) {
    const size_t l = lhs.dims.size() - 2, r = rhs.dims.size() - 2;
    m = lhs.dims[l + (transpose_lhs ? 1 : 0)];
    k = lhs.dims[l + (transpose_lhs ? 0 : 1)];
    n = rhs.dims[r + (transpose_rhs ? 0 : 1)];
    lhs_m = transpose_lhs ? 1 : k;
    lhs_k = transpose_lhs ? m : 1;
    rhs_k = transpose_rhs ? 1 : n;
    rhs_n = transpose_rhs ? k : 1;
    one_rhs = r == 0;
  }
};

inline double AddProducts(double sum, const TensorView& lhs, int64_t lhs_at, int64_t lhs_step,
                          const TensorView& rhs, int64_t rhs_at, int64_t rhs_step, int64_t count) {
  for (int64_t k = 0; k < count; ++k) {
    sum += lhs.F64(lhs_at + k * lhs_step) * rhs.F64(rhs_at + k * rhs_step);
  }
  return sum;
}

inline Task MultiplyMatrices(Matmul matmul, TensorView lhs, TensorView rhs, TensorView result,
                             Budget& budget) {
  constexpr int64_t kPiece = 4096;
  if (result.NumElements() == 0) co_return;
  const int64_t batch = result.NumElements() / (matmul.m * matmul.n);
  int64_t at = 0;
  for (int64_t b = 0; b < batch; ++b) {
    const int64_t lhs_start = b * matmul.m * matmul.k;
    const int64_t rhs_start = matmul.one_rhs ? 0 : b * matmul.k * matmul.n;
    for (int64_t m = 0; m < matmul.m; ++m) {
      for (int64_t n = 0; n < matmul.n; ++n) {
        double sum = 0.0;
        for (int64_t k = 0; k < matmul.k; k += kPiece) {
          const int64_t count = std::min(kPiece, matmul.k - k);
          sum = AddProducts(sum, lhs, lhs_start + m * matmul.lhs_m + k * matmul.lhs_k, matmul.lhs_k,
                            rhs, rhs_start + k * matmul.rhs_k + n * matmul.rhs_n, matmul.rhs_k,
                            count);
          co_await budget.Spend(count * 8);
        }
        result.SetF64(at++, sum);
        co_await budget.Spend(16);
      }
    }
  }
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_MATMUL_H_
