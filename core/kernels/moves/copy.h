// SPDX-License-Identifier: Apache-2.0
//
// Copies of whole buffers, and large splats.
#ifndef WEBHLO_CORE_KERNELS_MOVES_COPY_H_
#define WEBHLO_CORE_KERNELS_MOVES_COPY_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/kernels/kernel.h"

namespace webhlo {

// Operand: `bytes` bytes; result: the same.
std::unique_ptr<Kernel> MakeCopyKernel(int64_t bytes);
// No operand; result: `count` times the element whose bytes are given (1, 2, 4, 8 or 16).
std::unique_ptr<Kernel> MakeFillKernel(std::vector<uint8_t> element, int64_t count);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_COPY_H_
