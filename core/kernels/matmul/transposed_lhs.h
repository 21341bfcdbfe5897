// SPDX-License-Identifier: Apache-2.0
//
// A product whose lhs lies transposed: it is copied to scratch first.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_TRANSPOSED_LHS_H_
#define WEBHLO_CORE_KERNELS_MATMUL_TRANSPOSED_LHS_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/kernels/choice.h"
#include "core/kernels/kernel.h"

namespace webhlo {

struct TransposedLhs {
  int64_t batch = 1, m = 0, k = 0;
  size_t num_operands = 2;  // At most kMaxOperands.

  static constexpr size_t kMaxOperands = 64;
  // Of the copy, so that scratch behind it is aligned and may be read past the end of lhs.
  size_t bytes() const { return (static_cast<size_t>(batch * m * k) * 4 + 2 * 64) / 64 * 64; }
};

// What the choice of the product is with the copy before it.
KernelChoice WithTransposedLhs(KernelChoice product, const TransposedLhs& lhs);
std::unique_ptr<Kernel> MakeTransposedLhs(std::unique_ptr<Kernel> product,
                                          const TransposedLhs& lhs);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_TRANSPOSED_LHS_H_
