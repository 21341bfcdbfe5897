// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/epilogue.h"

#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {

void AddBiasAndClamp(int64_t rows, int64_t n, const float* bias, float min, float max, float* y,
                     ThreadPool& pool) {
  ParallelRanges(pool, rows, n * 8, [&](int64_t begin, int64_t end) {
    const F32x4 low = Splat(min), high = Splat(max);
    for (float* row = y + begin * n; row != y + end * n; row += n) {
      int64_t i = 0;
      for (; i + 4 <= n; i += 4) {
        F32x4 v = Load(row + i);
        if (bias != nullptr) v = hn::Add(v, Load(bias + i));
        Store(Clamped(v, low, high), row + i);
      }
      for (; i < n; ++i) {
        const float v = bias != nullptr ? row[i] + bias[i] : row[i];
        row[i] = v < min ? min : max < v ? max : v;
      }
    }
  });
}

void ClampAll(int64_t count, float min, float max, float* y) {
  const F32x4 low = Splat(min), high = Splat(max);
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) Store(Clamped(Load(y + i), low, high), y + i);
  for (; i < count; ++i) y[i] = y[i] < min ? min : max < y[i] ? max : y[i];
}

}  // namespace webhlo
