// SPDX-License-Identifier: Apache-2.0
//
// The heavy f32 kernels: products with constant and computed right-hand sides, and convolutions of
// NHWC images with constant filters. They are XNNPACK's operators but where own loops measure
// faster (one row, few rows times a computed matrix, depthwise filters) or take less memory
// (windows so large, or a computed matrix so narrow, that XNNPACK wants many times the operands).
//
// Factories take sizes, never graphs, and answer null where there is no such kernel (an empty
// tensor, an empty clamp range), so that the caller can take another. XNNPACK is
// told how many threads there will be when a kernel is made; small problems run on the caller
// alone. A clamp keeps NaN: where XNNPACK's would not, we clamp what it has computed, while that is
// in cache. Kernels that differ in the clamp share what they pack.
#ifndef WEBHLO_CORE_KERNELS_XNNPACK_H_
#define WEBHLO_CORE_KERNELS_XNNPACK_H_

#include <cstdint>
#include <limits>
#include <memory>

#include "core/base/status.h"
#include "core/kernels/kernel.h"

namespace webhlo {

struct ClampRange {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
};

// [m, k] * [k, n] + bias, the weights and the bias being constant. The kernel's operands are
// (input, weights) or (input, weights, bias), its one result is [m, n]. Packs weights and bias; the
// packed form does not depend on m and the clamp.
struct FullyConnectedSizes {
  int64_t m = 0;
  int64_t k = 0;
  int64_t n = 0;
  bool transposed_weights = false;  // [n, k] instead of [k, n].
  bool has_bias = false;
  ClampRange clamp = {};
};
Result<std::unique_ptr<Kernel>> MakeFullyConnected(const FullyConnectedSizes& sizes,
                                                   int num_threads);

// `batch` products [m, k] * [k, n], nothing constant. Operands (lhs, rhs), result [batch, m, n].
// Wants scratch.
struct BatchMatMulSizes {
  int64_t batch = 1;
  int64_t m = 0;
  int64_t k = 0;
  int64_t n = 0;
  bool transposed_rhs = false;  // [n, k] instead of [k, n].
};
Result<std::unique_ptr<Kernel>> MakeBatchMatMul(const BatchMatMulSizes& sizes, int num_threads);

// Operands (input NHWC, filter OHWI with I per group, and a bias [O] if there is one), the last two
// constant; result NHWC.
struct Conv2dSizes {
  int64_t batch = 1;
  int64_t height = 0, width = 0, channels = 0;
  int64_t output_channels = 0;
  int64_t filter_height = 1, filter_width = 1;
  int64_t stride_height = 1, stride_width = 1;
  int64_t dilation_height = 1, dilation_width = 1;
  int64_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
  int64_t groups = 1;
  bool has_bias = false;
  ClampRange clamp = {};

  int64_t output_height() const {
    return (height + pad_top + pad_bottom - (filter_height - 1) * dilation_height - 1) /
               stride_height +
           1;
  }
  int64_t output_width() const {
    return (width + pad_left + pad_right - (filter_width - 1) * dilation_width - 1) / stride_width +
           1;
  }
};
Result<std::unique_ptr<Kernel>> MakeConv2d(const Conv2dSizes& sizes, int num_threads);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_XNNPACK_H_
