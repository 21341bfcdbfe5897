// SPDX-License-Identifier: Apache-2.0
//
// What WebHLO's own ops share. They are made by passes, of floating-point tensors; kernels exist
// for f32 only, references take any float type and accumulate in f64.
#ifndef WEBHLO_CORE_OPS_WEBHLO_UTIL_H_
#define WEBHLO_CORE_OPS_WEBHLO_UTIL_H_

#include <cmath>
#include <limits>
#include <optional>

#include "core/base/math.h"
#include "core/kernels/clamp.h"
#include "core/kernels/window.h"
#include "core/ops/infer_util.h"
#include "core/ops/reducer.h"

namespace webhlo {

// The first operands and the result have one floating-point element type.
inline Status CheckOneFloatType(const OpView& op, size_t operands) {
  const ElementType element = op.result().element;
  OP_CHECK(op, IsFloat(element), "result has type ", ToString(op.result()),
           ", expected floating-point elements");
  for (size_t i = 0; i < operands; ++i) {
    OP_CHECK(op, op.operand(i).element == element, "operand ", i, " has type ",
             ToString(op.operand(i)), ", the result has type ", ToString(op.result()));
  }
  return OkStatus();
}

// The optional bounds that a result is clamped to: clamp_min, clamp_max.
struct ClampAttributes {
  double min, max;

  explicit ClampAttributes(const OpView& op)
      : min(op.Float("clamp_min", -std::numeric_limits<double>::infinity())),
        max(op.Float("clamp_max", std::numeric_limits<double>::infinity())) {}

  double Apply(double x) const { return NanMinimum(NanMaximum(x, min), max); }
};

inline bool IsConstant(const KernelRequest& request, size_t operand) {
  return HasBit(request.constant_operands, operand);
}

// The products' first two operands. (Those of an epilogue may be of any type.)
inline Status CheckProductOperands(const OpView& op) {
  OP_CHECK(op, op.num_operands() >= 2, "has ", op.num_operands(), " operands, expected 2 or more");
  RETURN_IF_ERROR(CheckTensors(op, op.num_operands()));
  return CheckOneFloatType(op, 2);
}

// The first operand and the result are of the type that kernels exist for.
inline bool IsF32(const OpView& op) {
  return op.operand(0).element == ElementType::kF32 && op.result().element == ElementType::kF32;
}

// The two spatial windows of conv2d and the pools: attributes window_strides, `dilations` and
// padding (top, bottom, left, right), all of which may be absent.
inline Result<std::vector<WindowDimension>> Windows2d(const OpView& op, int64_t height,
                                                      int64_t width, std::string_view dilations) {
  const std::vector<int64_t> strides = op.IntsOr("window_strides", 2, 1);
  const std::vector<int64_t> dilation = op.IntsOr(dilations, 2, 1);
  const std::vector<int64_t> padding = op.IntsOr("padding", 4, 0);
  RETURN_IF_ERROR(CheckSize(op, "window_strides", strides, 2, "2-D"));
  RETURN_IF_ERROR(CheckSize(op, dilations, dilation, 2, "2-D"));
  RETURN_IF_ERROR(CheckSize(op, "padding", padding, 4, "2-D"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_strides", strides, 1, "2-D"));
  RETURN_IF_ERROR(CheckAtLeast(op, dilations, dilation, 1, "2-D"));
  std::vector<WindowDimension> windows(2);
  for (size_t i = 0; i < 2; ++i) {
    windows[i] = {.size = i == 0 ? height : width,
                  .stride = strides[i],
                  .window_dilation = dilation[i],
                  .padding_low = padding[2 * i],
                  .padding_high = padding[2 * i + 1]};
  }
  return windows;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_WEBHLO_UTIL_H_
