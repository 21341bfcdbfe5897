// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/epilogue.h"

#include "core/base/float_math.h"
#include "core/kernels/vector.h"

namespace webhlo {

void AddBiasAndClamp(int64_t first, int64_t last, const float* bias, float min, float max,
                     float* y) {
  const F32x4 low = Splat(min), high = Splat(max);
  int64_t i = first;
  for (; i + 4 <= last; i += 4) {
    F32x4 v = Load(y + i);
    if (bias != nullptr) v = hn::Add(v, Load(bias + i));
    Store(Min(Max(v, low), high), y + i);
  }
  for (; i < last; ++i) {
    const float v = bias != nullptr ? y[i] + bias[i] : y[i];
    y[i] = NanMinimum(NanMaximum(v, min), max);
  }
}

}  // namespace webhlo
