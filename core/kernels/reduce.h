// SPDX-License-Identifier: Apache-2.0
//
// TensorReduction: folds any set of dimensions of a tensor with one of the usual operations.
//
// The order of operations depends on the shape only, never on the number of threads. Float sums run
// in many short chains: their error grows with the square root of the number of terms, not with it.
// max and min give NaN if any element is NaN, and take -0 for less than +0.
#ifndef WEBHLO_CORE_KERNELS_REDUCE_H_
#define WEBHLO_CORE_KERNELS_REDUCE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/graph/type.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {

enum class Reduction : uint8_t { kAdd, kMultiply, kMaximum, kMinimum, kAnd, kOr };

class TensorReduction {
 public:
  // Reduces `reduced` (any order) of a tensor of `sizes`. Null when there is none for the type:
  // floats below f32, quantized; complex but for sums; and/or of floats.
  static std::unique_ptr<TensorReduction> Create(Reduction op, ElementType type,
                                                 std::span<const int64_t> sizes,
                                                 std::span<const int64_t> reduced);

  size_t scratch_bytes() const { return scratch_bytes_; }

  const Pieces& pieces() const { return pieces_; }

  // `init`: one element, folded into each result. `scratch`: scratch_bytes(), 64-byte aligned.
  void Run(const void* input, const void* init, void* output, void* scratch, PieceRange pieces,
           ThreadPool& pool) const;

 private:
  // [outer, reduce, inner] to [outer, ceil(reduce / chunk), inner].
  struct Stage {
    int64_t outer, reduce, inner, chunk;
    int64_t chunks() const { return (reduce + chunk - 1) / chunk; }
    int64_t results() const { return outer * chunks() * inner; }
  };
  // Folds rows [begin, begin + rows) of one [reduce, inner] block, columns [0, columns).
  using Fold = void (*)(const void* input, int64_t rows, int64_t inner, int64_t columns,
                        void* output);
  // Folds each of some rows of `n` elements.
  using FoldRows = void (*)(const void* input, int64_t rows, int64_t n, void* output);
  using Finish = void (*)(const void* init, const void* input, void* output, int64_t count);

  TensorReduction() = default;
  void PlanStages(std::span<const int64_t> sizes, std::span<const int64_t> reduced);
  void PlanPieces();
  void RunStage(const Stage& stage, const uint8_t* input, uint8_t* output, int64_t begin,
                int64_t end) const;

  int width_ = 0;       // Of a part in bytes.
  int parts_ = 1;       // Of an element: a complex number has two, the innermost dimension.
  bool empty_ = false;  // Nothing to fold: all results are `init`.
  StridedCopier fill_;  // Of the results, when empty.
  int64_t results_ = 0;
  std::vector<Stage> stages_;
  Pieces pieces_;  // A loop for each stage, and one that folds `init` in; or the fill.
  size_t scratch_bytes_ = 0;
  Fold fold_ = nullptr;
  FoldRows fold_short_rows_ = nullptr;  // Null where rows are folded one by one.
  Finish finish_ = nullptr;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_REDUCE_H_
