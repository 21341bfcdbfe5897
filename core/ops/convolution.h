// SPDX-License-Identifier: Apache-2.0
//
// The attributes of stablehlo.convolution, parsed: for its Infer and Reference, and for the passes
// that bring convolutions into the form that kernels want.
#ifndef WEBHLO_CORE_OPS_CONVOLUTION_H_
#define WEBHLO_CORE_OPS_CONVOLUTION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/graph/op_def.h"
#include "core/kernels/window.h"

namespace webhlo {

struct ConvolutionAttributes {
  int64_t input_batch_dimension, input_feature_dimension;
  std::span<const int64_t> input_spatial_dimensions;
  int64_t kernel_input_feature_dimension, kernel_output_feature_dimension;
  std::span<const int64_t> kernel_spatial_dimensions;
  int64_t output_batch_dimension, output_feature_dimension;
  std::span<const int64_t> output_spatial_dimensions;
  std::vector<int64_t> window_strides, padding, lhs_dilation, rhs_dilation, window_reversal;
  int64_t feature_group_count, batch_group_count;

  explicit ConvolutionAttributes(const OpView& op)
      : input_batch_dimension(op.Int("input_batch_dimension")),
        input_feature_dimension(op.Int("input_feature_dimension")),
        input_spatial_dimensions(op.Ints("input_spatial_dimensions")),
        kernel_input_feature_dimension(op.Int("kernel_input_feature_dimension")),
        kernel_output_feature_dimension(op.Int("kernel_output_feature_dimension")),
        kernel_spatial_dimensions(op.Ints("kernel_spatial_dimensions")),
        output_batch_dimension(op.Int("output_batch_dimension")),
        output_feature_dimension(op.Int("output_feature_dimension")),
        output_spatial_dimensions(op.Ints("output_spatial_dimensions")),
        feature_group_count(op.Int("feature_group_count", 1)),
        batch_group_count(op.Int("batch_group_count", 1)) {
    const size_t spatial = input_spatial_dimensions.size();
    window_strides = op.IntsOr("window_strides", spatial, 1);
    padding = op.IntsOr("padding", 2 * spatial, 0);
    lhs_dilation = op.IntsOr("lhs_dilation", spatial, 1);
    rhs_dilation = op.IntsOr("rhs_dilation", spatial, 1);
    window_reversal = op.IntsOr("window_reversal", spatial, 0);
  }

  // Spatial dimension `i` of a convolution whose kernel has `size` elements there.
  WindowDimension Window(size_t i, int64_t size) const {
    return {size,           window_strides[i], lhs_dilation[i], rhs_dilation[i],
            padding[2 * i], padding[2 * i + 1]};
  }
};

// Floats of which convolutions are computed in f32.
inline bool IsSmallFloat(ElementType element) {
  return element == ElementType::kF32 || element == ElementType::kF16 ||
         element == ElementType::kBF16;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_CONVOLUTION_H_
