// SPDX-License-Identifier: Apache-2.0
//
// webhlo.conv2d(input NHWC, filter OHWI, bias[O]?) -> NHWC: a 2-D convolution in the layout that
// kernels want. The filter is [output features, KH, KW, input features / feature_group_count].
// Attributes: window_strides, padding (top, bottom, left, right), rhs_dilation,
// feature_group_count, and the bounds clamp_min and clamp_max.
#include "core/kernels/choice.h"
#include "core/kernels/convolution/sizes.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  OP_CHECK(op, op.num_operands() == 2 || op.num_operands() == 3, "has ", op.num_operands(),
           " operands, expected input, filter and perhaps bias");
  RETURN_IF_ERROR(CheckTensors(op, op.num_operands()));
  RETURN_IF_ERROR(CheckOneFloatType(op));
  const TensorType& input = op.operand(0);
  const TensorType& filter = op.operand(1);
  OP_CHECK(op, input.rank() == 4 && filter.rank() == 4, "input has rank ", input.rank(),
           ", filter has rank ", filter.rank(), ", expected 4");
  const int64_t groups = op.Int("feature_group_count", 1);
  OP_CHECK(op,
           groups > 0 && input.dims[3] % groups == 0 && filter.dims[0] % groups == 0 &&
               filter.dims[3] == input.dims[3] / groups,
           "input has ", input.dims[3], " features, filter makes ", filter.dims[0], " of ",
           filter.dims[3], ", feature_group_count is ", groups);
  if (op.num_operands() == 3) {
    RETURN_IF_ERROR(CheckShape(op, "bias", op.operand(2), std::vector<int64_t>{filter.dims[0]},
                               "output features"));
  }
  ASSIGN_OR_RETURN(const std::vector<WindowDimension> windows,
                   Windows2d(op, filter.dims[1], filter.dims[2], "rhs_dilation"));
  const std::optional<int64_t> height = NumWindows(input.dims[1], windows[0]);
  const std::optional<int64_t> width = NumWindows(input.dims[2], windows[1]);
  OP_CHECK(op, height && width, "the padded size overflows");
  return SetResult(op, results, 0, input.element, {input.dims[0], *height, *width, filter.dims[0]});
}

constexpr int64_t kPiece = 4096;

double AddProducts(double sum, const TensorView& a, int64_t a_at, const TensorView& b, int64_t b_at,
                   int64_t count) {
  for (int64_t i = 0; i < count; ++i) sum += a.F64(a_at + i) * b.F64(b_at + i);
  return sum;
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& input = args.inputs[0];
  const TensorView& filter = args.inputs[1];
  const TensorView& result = args.outputs[0];
  const ClampAttributes clamp(args.op);
  const Result<std::vector<WindowDimension>> windows =
      Windows2d(args.op, filter.dims()[1], filter.dims()[2], "rhs_dilation");
  co_await windows.status();
  const int64_t groups = args.op.Int("feature_group_count", 1);
  const int64_t outputs = filter.dims()[0], kh = filter.dims()[1], kw = filter.dims()[2],
                inputs = filter.dims()[3];
  const int64_t height = input.dims()[1], width = input.dims()[2], features = input.dims()[3];
  for (IndexIterator it(result.dims()); !it.done(); it.Next()) {
    const int64_t o = it.index()[3];
    const int64_t first_feature = o / (outputs / groups) * inputs;
    double sum = args.inputs.size() == 3 ? args.inputs[2].F64(o) : 0.0;
    for (int64_t y = 0; y < kh; ++y) {
      const int64_t row = WindowElement((*windows)[0], height, it.index()[1], y);
      if (row < 0) continue;
      for (int64_t x = 0; x < kw; ++x) {
        const int64_t column = WindowElement((*windows)[1], width, it.index()[2], x);
        if (column < 0) continue;
        const int64_t from =
            ((it.index()[0] * height + row) * width + column) * features + first_feature;
        const int64_t weights = ((o * kh + y) * kw + x) * inputs;
        for (int64_t i = 0; i < inputs; i += kPiece) {
          const int64_t count = std::min(kPiece, inputs - i);
          sum = AddProducts(sum, input, from + i, filter, weights + i, count);
          co_await args.budget.Spend(16 + count * 8);
        }
      }
    }
    result.SetF64(it.linear(), clamp.Apply(sum));
    co_await args.budget.Spend(32);
  }
}

Conv2dSizes SizesOf(const OpView& op) {
  const std::vector<int64_t>&in = op.operand(0).dims, &filter = op.operand(1).dims;
  const std::vector<int64_t> strides = op.IntsOr("window_strides", 2, 1);
  const std::vector<int64_t> dilations = op.IntsOr("rhs_dilation", 2, 1);
  const std::vector<int64_t> padding = op.IntsOr("padding", 4, 0);
  return {.batch = in[0],
          .height = in[1],
          .width = in[2],
          .channels = in[3],
          .output_channels = filter[0],
          .filter_height = filter[1],
          .filter_width = filter[2],
          .stride_height = strides[0],
          .stride_width = strides[1],
          .dilation_height = dilations[0],
          .dilation_width = dilations[1],
          .pad_top = padding[0],
          .pad_bottom = padding[1],
          .pad_left = padding[2],
          .pad_right = padding[3],
          .groups = op.Int("feature_group_count", 1),
          .has_bias = op.num_operands() == 3,
          .clamp = ClampOf(op)};
}

// Nothing where the types or the filter are not what kernels take.
std::optional<Conv2dSizes> SizesFor(const KernelRequest& request) {
  const OpView& op = request.op;
  if (!IsF32(op) || op.result().NumElements() == 0 || !IsConstant(request, 1) ||
      (op.num_operands() == 3 && !IsConstant(request, 2))) {
    return std::nullopt;
  }
  return SizesOf(op);
}

std::optional<FullyConnectedSizes> ProductFor(const KernelRequest& request) {
  const std::optional<Conv2dSizes> sizes = SizesFor(request);
  return sizes ? AsProduct(*sizes) : std::nullopt;
}

constexpr KernelRow kKernels[] = {
    {.name = "matmul.rows",
     .propose = [](const KernelRequest& request) -> std::optional<KernelChoice> {
       const std::optional<FullyConnectedSizes> product = ProductFor(request);
       return product ? ProposeRows(*product) : std::nullopt;
     },
     .make = [](const KernelSite& site) -> Result<std::unique_ptr<Kernel>> {
       return MakeRows(*AsProduct(SizesOf(site.op)));
     },
     .prefers =
         [](const KernelRequest& request) {
           const std::optional<FullyConnectedSizes> product = ProductFor(request);
           return product && PrefersRows(*product);
         }},
    {.name = "xnnpack.fully_connected",
     .propose = [](const KernelRequest& request) -> std::optional<KernelChoice> {
       const std::optional<FullyConnectedSizes> product = ProductFor(request);
       return product ? ProposeXnnFullyConnected(*product, request.num_threads) : std::nullopt;
     },
     .make =
         [](const KernelSite& site) {
           return MakeXnnFullyConnected(*AsProduct(SizesOf(site.op)), site.choice);
         }},
    {.name = "depthwise",
     .propose = [](const KernelRequest& request) -> std::optional<KernelChoice> {
       const std::optional<Conv2dSizes> sizes = SizesFor(request);
       return sizes ? ProposeDepthwise(*sizes) : std::nullopt;
     },
     .make = [](const KernelSite& site) -> Result<std::unique_ptr<Kernel>> {
       return MakeDepthwise(SizesOf(site.op));
     }},
    {.name = "xnnpack.convolution",
     .propose = [](const KernelRequest& request) -> std::optional<KernelChoice> {
       const std::optional<Conv2dSizes> sizes = SizesFor(request);
       return sizes ? ProposeXnnConvolution(*sizes, request.num_threads) : std::nullopt;
     },
     .make =
         [](const KernelSite& site) { return MakeXnnConvolution(SizesOf(site.op), site.choice); }},
    {.name = "convolution.patches",
     .propose = [](const KernelRequest& request) -> std::optional<KernelChoice> {
       const std::optional<Conv2dSizes> sizes = SizesFor(request);
       return sizes ? ProposePatches(*sizes, request.num_threads) : std::nullopt;
     },
     .make = [](const KernelSite& site) -> Result<std::unique_ptr<Kernel>> {
       return MakePatches(SizesOf(site.op));
     }},
};

constexpr OpDef kOps[] = {
    {.name = "webhlo.conv2d", .infer = Infer, .reference = Reference, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_conv2d, kOps);

}  // namespace webhlo
