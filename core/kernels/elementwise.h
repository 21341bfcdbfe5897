// SPDX-License-Identifier: Apache-2.0
//
// A TileFunction over a whole tensor, as a kernel.
#ifndef WEBHLO_CORE_KERNELS_ELEMENTWISE_H_
#define WEBHLO_CORE_KERNELS_ELEMENTWISE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/graph/op_def.h"
#include "core/kernels/kernel.h"

namespace webhlo {

// `tile` over `count` elements of (at most four) operands and a result of these byte widths.
// `cost`: what an element costs besides (core/kernels/parallel.h).
std::unique_ptr<Kernel> MakeTileKernel(TileFunction tile, std::vector<int> operand_widths,
                                       int result_width, int64_t count, int64_t cost);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_ELEMENTWISE_H_
