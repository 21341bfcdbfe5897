// SPDX-License-Identifier: Apache-2.0
//
// What follows a matrix product that could not do it itself: y[row, n] = clamp(y[row, n] +
// bias[n]).
#ifndef WEBHLO_CORE_KERNELS_EPILOGUE_H_
#define WEBHLO_CORE_KERNELS_EPILOGUE_H_

#include <cstdint>

namespace webhlo {

// Elements [first, last) of one row. `bias` may be null. A NaN stays, and -0 is less than +0.
void AddBiasAndClamp(int64_t first, int64_t last, const float* bias, float min, float max,
                     float* y);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_EPILOGUE_H_
