// SPDX-License-Identifier: Apache-2.0
//
// Cholesky factors and triangular systems of f32 matrices.
#ifndef WEBHLO_CORE_KERNELS_TRIANGULAR_H_
#define WEBHLO_CORE_KERNELS_TRIANGULAR_H_

#include <cstdint>
#include <memory>

#include "core/kernels/kernel.h"

namespace webhlo {

// `batch` matrices of n x n, of which one triangle is read.
struct CholeskySizes {
  int64_t batch, n;
  bool lower;
};

// Args (a, result).
std::unique_ptr<Kernel> MakeCholesky(const CholeskySizes& sizes);

// op(a) x = b or x op(a) = b for `batch` matrices of n x n. Where x is on the right of op(a) there
// are `vectors` columns of b, else as many rows.
struct TriangularSizes {
  int64_t batch, n, vectors;
  bool left_side, lower, unit_diagonal, transpose;

  // A matrix that is not read as it lies is turned first.
  bool turned() const { return transpose == left_side; }
  uint64_t ScratchBytes() const;
};

// Args (a, b, result, scratch).
std::unique_ptr<Kernel> MakeTriangularSolve(const TriangularSizes& sizes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_TRIANGULAR_H_
