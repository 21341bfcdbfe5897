// SPDX-License-Identifier: Apache-2.0
//
// Pooling over NHWC images of f32: the maximum (padding is -infinity, NaN stays) or the sum
// (padding is 0) of each window.
#ifndef WEBHLO_CORE_KERNELS_POOL2D_H_
#define WEBHLO_CORE_KERNELS_POOL2D_H_

#include <cstdint>

#include "core/threads/thread_pool.h"

namespace webhlo {

struct Pool2dSizes {
  int64_t batch = 1;
  int64_t height = 0, width = 0, channels = 0;
  int64_t output_height = 0, output_width = 0;
  int64_t window_height = 1, window_width = 1;
  int64_t stride_height = 1, stride_width = 1;
  int64_t dilation_height = 1, dilation_width = 1;
  int64_t pad_top = 0, pad_left = 0;  // May be negative.
};

void MaxPool2d(const Pool2dSizes& sizes, const float* input, float* output, ThreadPool& pool);
void SumPool2d(const Pool2dSizes& sizes, const float* input, float* output, ThreadPool& pool);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_POOL2D_H_
