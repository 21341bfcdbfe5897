// SPDX-License-Identifier: Apache-2.0
//
// webhlo.max_pool2d and webhlo.sum_pool2d(input NHWC) -> NHWC: the reduce_windows that networks
// use. Attributes: window_dimensions, window_strides, base_dilations, window_dilations, padding
// (top, bottom, left, right). Padding, and what is between dilated elements, counts as -infinity
// for the maximum and as 0 for the sum.
#include "core/base/strings.h"
#include "core/kernels/choice.h"
#include "core/kernels/loop_kernel.h"
#include "core/kernels/pool2d.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

Result<std::vector<WindowDimension>> Windows(const OpView& op) {
  const auto window_dimensions = op.Ints("window_dimensions");
  RETURN_IF_ERROR(CheckSize(op, "window_dimensions", window_dimensions, 2, "2-D"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_dimensions", window_dimensions, 1, "2-D"));
  const std::vector<int64_t> base_dilations = op.IntsOr("base_dilations", 2, 1);
  RETURN_IF_ERROR(CheckSize(op, "base_dilations", base_dilations, 2, "2-D"));
  RETURN_IF_ERROR(CheckAtLeast(op, "base_dilations", base_dilations, 1, "2-D"));
  ASSIGN_OR_RETURN(std::vector<WindowDimension> windows,
                   Windows2d(op, window_dimensions[0], window_dimensions[1], "window_dilations"));
  for (size_t i = 0; i < 2; ++i) windows[i].base_dilation = base_dilations[i];
  return windows;
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckOneFloatType(op, 1));
  const TensorType& input = op.operand(0);
  OP_CHECK(op, input.rank() == 4, "input has rank ", input.rank(), ", expected 4");
  ASSIGN_OR_RETURN(const std::vector<WindowDimension> windows, Windows(op));
  const std::optional<int64_t> height = NumWindows(input.dims[1], windows[0]);
  const std::optional<int64_t> width = NumWindows(input.dims[2], windows[1]);
  OP_CHECK(op, height && width, "the padded size overflows");
  return SetResult(op, results, 0, input.element, {input.dims[0], *height, *width, input.dims[3]});
}

Task Pool(const ReferenceArgs& args, double init, Reduction reduction) {
  const TensorView& input = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const Result<std::vector<WindowDimension>> windows = Windows(args.op);
  co_await windows.status();
  const WindowDimension &rows = (*windows)[0], &columns = (*windows)[1];
  const int64_t height = input.dims()[1], width = input.dims()[2], features = input.dims()[3];
  for (IndexIterator it(result.dims()); !it.done(); it.Next()) {
    double accumulator = init;
    for (int64_t y = 0; y < rows.size; ++y) {
      co_await args.budget.Spend(8);
      const int64_t row = WindowElement(rows, height, it.index()[1], y);
      if (row < 0) continue;
      for (int64_t x = 0; x < columns.size; ++x) {
        co_await args.budget.Spend(24);
        const int64_t column = WindowElement(columns, width, it.index()[2], x);
        if (column < 0) continue;
        const int64_t at =
            ((it.index()[0] * height + row) * width + column) * features + it.index()[3];
        accumulator = Combine(reduction, accumulator, input.F64(at));
      }
    }
    result.SetF64(it.linear(), accumulator);
    co_await args.budget.Spend(32);
  }
}

Task MaxPool(const ReferenceArgs& args) {
  return Pool(args, -std::numeric_limits<double>::infinity(), Reduction::kMaximum);
}

Task SumPool(const ReferenceArgs& args) { return Pool(args, 0.0, Reduction::kAdd); }

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  const Result<std::vector<WindowDimension>> windows = Windows(op);
  if (!IsF32(op) || !windows.ok()) return std::nullopt;
  // Far beyond any image, and safe to calculate with.
  constexpr int64_t kFar = int64_t{1} << 30;
  for (size_t i = 0; i < 2; ++i) {
    const WindowDimension& w = (*windows)[i];
    for (int64_t size : {w.size, w.stride, w.window_dilation, w.padding_low, -w.padding_low,
                         op.operand(0).dims[i + 1]}) {
      if (size > kFar) return std::nullopt;
    }
    if (w.base_dilation > kMaxBaseDilation) return std::nullopt;
  }
  const int64_t height = (*windows)[0].size, width = (*windows)[1].size;
  if (height * width > kMaxWindow) return std::nullopt;
  return KernelChoice{.sizes = StrCat(ToString(op.operand(0)), " window ", height, "x", width)};
}

template <Pool2d::Op kOp>
Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  ASSIGN_OR_RETURN(const std::vector<WindowDimension> windows, Windows(op));
  const std::vector<int64_t>&in = op.operand(0).dims, &out = op.result().dims;
  const Pool2dSizes sizes = {.batch = in[0],
                             .channels = in[3],
                             .rows = {windows[0], in[1], out[1]},
                             .columns = {windows[1], in[2], out[2]}};
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<Pool2d>>(Pool2d(kOp, sizes)));
}

constexpr KernelRow kMaxKernels[] = {
    {.name = "max_pool2d", .propose = Propose, .make = Make<Pool2d::Op::kMax>}};
constexpr KernelRow kSumKernels[] = {
    {.name = "sum_pool2d", .propose = Propose, .make = Make<Pool2d::Op::kSum>}};

constexpr OpDef kOps[] = {
    {.name = "webhlo.max_pool2d", .infer = Infer, .reference = MaxPool, .kernels = kMaxKernels},
    {.name = "webhlo.sum_pool2d", .infer = Infer, .reference = SumPool, .kernels = kSumKernels},
};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_pool2d, kOps);

}  // namespace webhlo
