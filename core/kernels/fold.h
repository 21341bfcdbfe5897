// SPDX-License-Identifier: Apache-2.0
//
// Fold: a reduction by a function of the JIT's (jit::EmitFold), of several operands at once. Each
// result begins with its initial value and takes its elements in ascending order, one after the
// other, as the reference does: a computation may be anything, so no other order gives the same.
#ifndef WEBHLO_CORE_KERNELS_FOLD_H_
#define WEBHLO_CORE_KERNELS_FOLD_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/kernels/kernel.h"

namespace webhlo {

// Strided loops from outermost to innermost, at least one; neighbours that walk memory as one are
// one.
struct StridedLoops {
  std::vector<int64_t> sizes, strides;

  void Add(int64_t size, int64_t stride);
  int64_t count() const;
  // Where index i, in the loops' order, lies.
  int64_t OffsetOf(int64_t i) const;
};

// A row-major tensor's loops over what a reduction keeps and over what it folds.
struct FoldLoops {
  StridedLoops kept, folded;

  FoldLoops(std::span<const int64_t> sizes, std::span<const int64_t> reduced);
};

// All operands have the loops' shape. `widths`: bytes of an element, by operand; `cost`: what the
// computation costs besides memory (core/kernels/parallel.h).
using FoldFunction = void (*)(void* const* args, const void* constants, uint32_t begin,
                              uint32_t end);
inline constexpr size_t kMaxFolds = 16;  // Operands.
std::unique_ptr<Kernel> MakeFoldKernel(FoldLoops loops, std::vector<int> widths, int64_t cost,
                                       FoldFunction function, const void* constants);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_FOLD_H_
