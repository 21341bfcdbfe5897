// SPDX-License-Identifier: Apache-2.0
//
// A product with what it cannot do itself around it: a transposed lhs is copied to scratch first, a
// computed bias and the clamp of a computed rhs are applied afterwards.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_AROUND_H_
#define WEBHLO_CORE_KERNELS_MATMUL_AROUND_H_

#include <cstdint>
#include <memory>

#include "core/kernels/kernel.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {

struct MatmulAround {
  bool transpose_lhs = false;
  int64_t batch = 1, m = 0, k = 0, n = 0;
  bool has_bias_operand = false;
  bool bias_is_packed = false;
  bool finish = false;  // Bias (if there is one and it is not packed) and clamp.
  ClampRange clamp;
};

std::unique_ptr<Kernel> MakeMatmulAround(std::unique_ptr<Kernel> product,
                                         const MatmulAround& around);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_AROUND_H_
