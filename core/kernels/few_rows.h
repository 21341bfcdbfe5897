// SPDX-License-Identifier: Apache-2.0
//
// Products of a few rows with a matrix that is not constant (attention of one token over its
// cache): packing the matrix would cost more than multiplying it, so it is read as it lies, once
// for every kFewRows rows.
#ifndef WEBHLO_CORE_KERNELS_FEW_ROWS_H_
#define WEBHLO_CORE_KERNELS_FEW_ROWS_H_

#include <cstdint>

#include "core/threads/thread_pool.h"

namespace webhlo {

inline constexpr int64_t kFewRows = 4;

// For each of `batch`: c [m, n] = a [m, k] * b, b being [k, n] or, when `transposed`, [n, k].
// All contiguous.
void MultiplyFewRows(int64_t batch, int64_t m, int64_t k, int64_t n, bool transposed,
                     const float* a, const float* b, float* c, ThreadPool& pool);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_FEW_ROWS_H_
