// SPDX-License-Identifier: Apache-2.0
//
// Softmax over the rows of an f32 matrix: exp(x - max) / sum(exp(x - max)).
#ifndef WEBHLO_CORE_KERNELS_SOFTMAX_H_
#define WEBHLO_CORE_KERNELS_SOFTMAX_H_

#include <cstdint>

#include "core/threads/thread_pool.h"

namespace webhlo {

// `output` may be `input`. Terms below 2^-126 count as about that; a row of -infinity gives NaN.
void Softmax(int64_t rows, int64_t columns, const float* input, float* output, ThreadPool& pool);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SOFTMAX_H_
