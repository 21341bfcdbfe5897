// SPDX-License-Identifier: Apache-2.0
//
// A product with what it cannot do itself around it: a transposed lhs is copied to scratch first, a
// computed bias and the clamp of a computed rhs are applied afterwards.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_AROUND_H_
#define WEBHLO_CORE_KERNELS_MATMUL_AROUND_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/kernels/choice.h"
#include "core/kernels/clamp.h"
#include "core/kernels/kernel.h"

namespace webhlo {

struct MatmulAround {
  bool transpose_lhs = false;
  int64_t batch = 1, m = 0, k = 0, n = 0;
  bool has_bias_operand = false;
  bool bias_is_packed = false;
  bool finish = false;  // Bias (if there is one and it is not packed) and clamp.
  ClampRange clamp;

  // Of the transposed lhs, so that scratch behind it is aligned and may be read past the end of
  // lhs.
  size_t lhs_bytes() const {
    return transpose_lhs ? (static_cast<size_t>(batch * m * k) * 4 + 2 * 64) / 64 * 64 : 0;
  }
};
// What the choice of the product is with all that around it; the product itself when that is
// nothing.
KernelChoice AroundChoice(KernelChoice product, const MatmulAround& around);

std::unique_ptr<Kernel> MakeMatmulAround(std::unique_ptr<Kernel> product,
                                         const MatmulAround& around);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_AROUND_H_
