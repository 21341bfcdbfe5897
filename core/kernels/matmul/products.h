// SPDX-License-Identifier: Apache-2.0
//
// Products of matrices of other types than f32: f64, complex numbers, and integers, whose sums
// wrap.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_PRODUCTS_H_
#define WEBHLO_CORE_KERNELS_MATMUL_PRODUCTS_H_

#include <cstdint>
#include <vector>

#include "core/graph/type.h"
#include "core/kernels/parallel.h"

namespace webhlo {

// result[b, m, n] is the sum over k of lhs[b, m, k] rhs[b, k, n]. Each of b, m, k, n stands for
// some dimensions of the operand, wherever they lie.
struct ProductSizes {
  struct Group {
    std::vector<int64_t> dims, strides;
    int64_t size() const;
    int64_t OffsetOf(int64_t index) const;
  };
  ElementType lhs, rhs, result;
  Group lhs_b, lhs_m, lhs_k, rhs_b, rhs_k, rhs_n;

  // f64 and complex of the same; integers of 8 to 32 bits of such that are no wider; i64 and ui64
  // of such.
  bool HasKernel() const;
};

// Args (lhs, rhs, result).
class Products {
 public:
  explicit Products(ProductSizes sizes);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  template <typename Sums>
  void RunItem(void* const* args, int64_t item) const;

  ProductSizes s_;
  int64_t m_, k_, n_;
  int64_t rows_, columns_;  // Of an item.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_PRODUCTS_H_
