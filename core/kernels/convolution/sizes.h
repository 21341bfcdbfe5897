// SPDX-License-Identifier: Apache-2.0
//
// Convolutions of NHWC images of f32 as their kernels see them. Each kernel
// has a Propose function, which answers nothing where it cannot compute these sizes, and a Make
// function for a choice of its own.
#ifndef WEBHLO_CORE_KERNELS_CONVOLUTION_SIZES_H_
#define WEBHLO_CORE_KERNELS_CONVOLUTION_SIZES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/status.h"
#include "core/kernels/choice.h"
#include "core/kernels/clamp.h"
#include "core/kernels/kernel.h"
#include "core/kernels/matmul/sizes.h"

namespace webhlo {

// Operands (input NHWC, filter OHWI with I per group, and a bias [O] if there is one), of which the
// last two are packed; result NHWC.
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
  size_t extras = 0;  // Operands behind these, which the kernel does not read.
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

// Whether any kernel takes these sizes: there is an output pixel, and all fits 32 bits.
bool AreValid(const Conv2dSizes& sizes);
double Flops(const Conv2dSizes& sizes);
// A filter of one element is a product of pixels; nothing for other filters.
std::optional<FullyConnectedSizes> AsProduct(const Conv2dSizes& sizes);

std::optional<KernelChoice> ProposeDepthwise(const Conv2dSizes& sizes);
std::unique_ptr<Kernel> MakeDepthwise(const Conv2dSizes& sizes);

// Where it is faster than the definition, for filters of 3x3.
std::optional<KernelChoice> ProposeWinograd(const Conv2dSizes& sizes);
// Whether it is known to be faster.
bool PrefersWinograd(const Conv2dSizes& sizes);
std::unique_ptr<Kernel> MakeWinograd(const Conv2dSizes& sizes);

// In tiles (core/kernels/matmul/tiles.h), as the products in core/kernels/matmul/sizes.h.
std::optional<KernelChoice> ProposeTiledConvolution(const Conv2dSizes& sizes, int num_threads);
bool TiledFinishesRows(const Conv2dSizes& sizes, const KernelChoice& choice);
std::unique_ptr<Kernel> MakeTiledConvolution(const Conv2dSizes& sizes, const KernelChoice& choice,
                                             std::unique_ptr<ElementwiseLoop> finish = nullptr);

std::optional<KernelChoice> ProposePatches(const Conv2dSizes& sizes, int num_threads);
std::unique_ptr<Kernel> MakePatches(const Conv2dSizes& sizes);

// "1x224x224x3 filter 3x3x32 strides 2x2 bias", and the bounds.
std::string Describe(const Conv2dSizes& sizes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CONVOLUTION_SIZES_H_
