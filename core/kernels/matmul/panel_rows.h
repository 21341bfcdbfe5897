// SPDX-License-Identifier: Apache-2.0
//
// The loop that products with panels (core/kernels/matmul/panels.h) consist of.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_PANEL_ROWS_H_
#define WEBHLO_CORE_KERNELS_MATMUL_PANEL_ROWS_H_

#include <cstdint>

#include "core/kernels/vector.h"

namespace webhlo {

// sum[r] = rows[r] * panel: `depth` numbers of each row, and as many rows of the panel, which has
// no biases.
template <int kRows, int kVectors>
HWY_INLINE void MultiplyRows(const float* const* rows, int64_t depth, const float* panel,
                             F32x4 (&sum)[kRows][kVectors]) {
  WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(kF32);
  }
  for (int64_t k = 0; k < depth; ++k, panel += 4 * kVectors) {
    F32x4 w[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) w[v] = Load(panel + 4 * v);
    WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
      const F32x4 x = Splat(rows[r][k]);
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[r][v] = MulAdd(x, w[v], sum[r][v]);
    }
  }
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_PANEL_ROWS_H_
