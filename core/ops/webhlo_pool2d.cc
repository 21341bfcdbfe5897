// SPDX-License-Identifier: Apache-2.0
//
// webhlo.max_pool2d and webhlo.sum_pool2d(input NHWC) -> NHWC: the reduce_windows that networks
// use. Attributes: window_dimensions, window_strides, window_dilations, padding (top, bottom, left,
// right). Padding counts as -infinity for the maximum and as 0 for the sum.
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
  return Windows2d(op, window_dimensions[0], window_dimensions[1], "window_dilations");
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
  if (!IsF32(op)) return std::nullopt;
  const auto window = op.Ints("window_dimensions");
  const std::vector<int64_t> strides = op.IntsOr("window_strides", 2, 1);
  const std::vector<int64_t> dilations = op.IntsOr("window_dilations", 2, 1);
  const std::vector<int64_t> padding = op.IntsOr("padding", 4, 0);
  const std::vector<int64_t>& in = op.operand(0).dims;
  // Far beyond any image, and safe to calculate with.
  constexpr int64_t kFar = int64_t{1} << 30;
  for (int64_t size : {window[0], window[1], strides[0], strides[1], dilations[0], dilations[1],
                       padding[0], padding[2], -padding[0], -padding[2], in[1], in[2]}) {
    if (size > kFar) return std::nullopt;
  }
  if (window[0] * window[1] > kMaxWindow) return std::nullopt;
  return KernelChoice{.sizes =
                          StrCat(ToString(op.operand(0)), " window ", window[0], "x", window[1])};
}

template <Pool2d::Op kOp>
Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  const auto window = op.Ints("window_dimensions");
  const std::vector<int64_t> strides = op.IntsOr("window_strides", 2, 1);
  const std::vector<int64_t> dilations = op.IntsOr("window_dilations", 2, 1);
  const std::vector<int64_t> padding = op.IntsOr("padding", 4, 0);
  const std::vector<int64_t>&in = op.operand(0).dims, &out = op.result().dims;
  const Pool2dSizes sizes = {.batch = in[0],
                             .height = in[1],
                             .width = in[2],
                             .channels = in[3],
                             .output_height = out[1],
                             .output_width = out[2],
                             .window_height = window[0],
                             .window_width = window[1],
                             .stride_height = strides[0],
                             .stride_width = strides[1],
                             .dilation_height = dilations[0],
                             .dilation_width = dilations[1],
                             .pad_top = padding[0],
                             .pad_left = padding[2]};
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
