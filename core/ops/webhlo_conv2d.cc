// SPDX-License-Identifier: Apache-2.0
//
// webhlo.conv2d(input NHWC, filter OHWI, extras...) -> NHWC: a 2-D convolution in the layout that
// kernels want. The filter is [output features, KH, KW, input features / feature_group_count].
// Attributes: window_strides, padding (top, bottom, left, right), rhs_dilation and
// feature_group_count. It may have an epilogue (core/ops/epilogue.h), to which the extras belong.
#include "core/kernels/choice.h"
#include "core/kernels/convolution/sizes.h"
#include "core/kernels/epilogue.h"
#include "core/ops/epilogue.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckProductOperands(op));
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
  ASSIGN_OR_RETURN(const std::vector<WindowDimension> windows,
                   Windows2d(op, filter.dims[1], filter.dims[2], "rhs_dilation"));
  const std::optional<int64_t> height = NumWindows(input.dims[1], windows[0]);
  const std::optional<int64_t> width = NumWindows(input.dims[2], windows[1]);
  OP_CHECK(op, height && width, "the padded size overflows");
  std::vector<int64_t> dims = {input.dims[0], *height, *width, filter.dims[0]};
  RETURN_IF_ERROR(CheckEpilogue(op, TensorType(input.element, dims)));
  return SetResult(op, results, 0, input.element, std::move(dims));
}

constexpr int64_t kPiece = 4096;

double AddProducts(double sum, const TensorView& a, int64_t a_at, const TensorView& b, int64_t b_at,
                   int64_t count) {
  for (int64_t i = 0; i < count; ++i) sum += a.F64(a_at + i) * b.F64(b_at + i);
  return sum;
}

Task Convolve(const ReferenceArgs& args, const TensorView& result) {
  const TensorView& input = args.inputs[0];
  const TensorView& filter = args.inputs[1];
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
    double sum = 0.0;
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
    result.SetF64(it.linear(), sum);
    co_await args.budget.Spend(32);
  }
}

// By the definition, whatever a kernel makes of it, and without those of an epilogue.
double Flops(const OpView& op) {
  const TensorType& filter = op.operand(1);
  const int64_t taps = filter.NumElements() / std::max<int64_t>(1, filter.dims[0]);
  return 2.0 * static_cast<double>(taps) * static_cast<double>(op.result().NumElements());
}

Conv2dSizes SizesOf(const OpView& op, const Epilogue& epilogue) {
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
          .has_bias = epilogue.has_bias,
          .extras = op.num_operands() - (epilogue.has_bias ? 3 : 2),
          .clamp = epilogue.clamp};
}

// A convolution as its kernels see it.
struct Convolution {
  Epilogue epilogue;
  Conv2dSizes sizes;
  std::optional<FullyConnectedSizes> product;  // What it also is.

  Convolution(const OpView& op, bool constant_bias)
      : epilogue(TakeEpilogue(op, constant_bias)),
        sizes(SizesOf(op, epilogue)),
        product(AsProduct(sizes)) {}
  explicit Convolution(const KernelSite& site) : Convolution(site.op, site.choice.Packs(2)) {}
};

// Nothing where the types or the filter are not what kernels take. One that is computed at run time
// has no bias packed with it.
std::optional<Convolution> ConvolutionFor(const KernelRequest& request,
                                          bool constant_filter = true) {
  const bool is_constant = IsConstant(request, 1);
  if (!IsF32(request.op) || request.op.result().NumElements() == 0 ||
      (constant_filter && !is_constant)) {
    return std::nullopt;
  }
  return Convolution(request.op, is_constant && IsConstant(request, 2));
}

// A kernel but for what it leaves of the epilogue.
using ProposeFunction = std::optional<KernelChoice> (*)(const Convolution& convolution,
                                                        int num_threads);
using MakeFunction = Result<std::unique_ptr<Kernel>> (*)(const Convolution& convolution,
                                                         const KernelChoice& choice);

std::optional<KernelChoice> ProposeWithRest(const KernelRequest& request, ProposeFunction propose,
                                            bool constant_filter) {
  const std::optional<Convolution> convolution = ConvolutionFor(request, constant_filter);
  if (!convolution) return std::nullopt;
  std::optional<KernelChoice> choice = propose(*convolution, request.num_threads);
  if (!choice) return choice;
  if (!IsConstant(request, 1)) {
    choice->pack_key.clear();
    choice->packed_operands = 0;
  }
  return ProposeRest(*choice, request, convolution->epilogue);
}

// The choice by itself has `parameters`.
Result<std::unique_ptr<Kernel>> MakeWithRest(const KernelSite& site, MakeFunction make,
                                             size_t parameters) {
  const Convolution convolution(site);
  ASSIGN_OR_RETURN(std::unique_ptr<ElementwiseLoop> rest,
                   MakeRest(site, convolution.epilogue, parameters));
  ASSIGN_OR_RETURN(std::unique_ptr<Kernel> kernel, make(convolution, site.choice));
  if (!site.choice.Packs(1)) {
    ASSIGN_OR_RETURN(kernel, MakePackEachRun(std::move(kernel), site.op.num_operands()));
  }
  return MakeThen(std::move(kernel), std::move(rest));
}

template <ProposeFunction kPropose, bool kConstantFilter = true>
std::optional<KernelChoice> Propose(const KernelRequest& request) {
  return ProposeWithRest(request, kPropose, kConstantFilter);
}
template <MakeFunction kMake, size_t kParameters = 0>
Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return MakeWithRest(site, kMake, kParameters);
}

// In tiles it runs the loop over what it leaves itself, on some pixels at a time.
bool FinishesPixels(const Convolution& convolution, const KernelChoice& choice, int64_t unit) {
  const int64_t n = convolution.sizes.output_channels;
  return convolution.product ? FinishesRows(*convolution.product, n, choice, unit)
                             : FinishesRows(convolution.sizes, n, choice, unit);
}

std::optional<KernelChoice> ProposeTiledOf(const KernelRequest& request, bool product) {
  const std::optional<Convolution> convolution = ConvolutionFor(request);
  if (!convolution || convolution->product.has_value() != product) return std::nullopt;
  const std::optional<KernelChoice> choice =
      product ? ProposeTiled(*convolution->product, request.num_threads)
              : ProposeTiledConvolution(convolution->sizes, request.num_threads);
  if (!choice) return choice;
  const std::optional<ElementwiseRegion>& rest = convolution->epilogue.rest;
  return ProposeRest(*choice, request, convolution->epilogue,
                     rest && FinishesPixels(*convolution, *choice, LoopUnit(*rest)));
}

Result<std::unique_ptr<Kernel>> MakeTiledOf(const KernelSite& site) {
  const Convolution convolution(site);
  ASSIGN_OR_RETURN(std::unique_ptr<ElementwiseLoop> rest, MakeRest(site, convolution.epilogue, 1));
  std::unique_ptr<ElementwiseLoop> finish;
  if (rest && FinishesPixels(convolution, site.choice, rest->unit())) finish = std::move(rest);
  std::unique_ptr<Kernel> kernel =
      convolution.product ? MakeTiled(*convolution.product, site.choice, std::move(finish))
                          : MakeTiledConvolution(convolution.sizes, site.choice, std::move(finish));
  return MakeThen(std::move(kernel), std::move(rest));
}

// Its filters are five times as large as they were.
std::optional<KernelChoice> ProposeTransformed(const KernelRequest& request) {
  if (request.save_memory) return std::nullopt;
  const auto propose = [](const Convolution& c, int) { return ProposeWinograd(c.sizes); };
  return ProposeWithRest(request, propose, true);
}

constexpr KernelRow kKernels[] = {
    {.name = "matmul.rows",
     .propose = Propose<[](const Convolution& c, int) {
       return c.product ? ProposeRows(*c.product) : std::nullopt;
     }>,
     .make = Make<[](const Convolution& c, const KernelChoice&) -> Result<std::unique_ptr<Kernel>> {
       return MakeRows(*c.product);
     }>,
     .prefers =
         [](const KernelRequest& request) {
           const std::optional<Convolution> convolution = ConvolutionFor(request);
           return convolution && convolution->product && PrefersRows(*convolution->product);
         }},
    {.name = "matmul.tiled",
     .propose = [](const KernelRequest& request) { return ProposeTiledOf(request, true); },
     .make = MakeTiledOf},
    {.name = "xnnpack.fully_connected",
     .propose = Propose<[](const Convolution& c, int num_threads) {
       return c.product ? ProposeXnnFullyConnected(*c.product, num_threads) : std::nullopt;
     }>,
     .make = Make<[](const Convolution& c, const KernelChoice& choice) {
       return MakeXnnFullyConnected(*c.product, choice);
     },
                  1>},
    {.name = "depthwise",
     .propose = Propose<[](const Convolution& c, int) { return ProposeDepthwise(c.sizes); }, false>,
     .make = Make<[](const Convolution& c, const KernelChoice&) -> Result<std::unique_ptr<Kernel>> {
       return MakeDepthwise(c.sizes);
     }>},
    {.name = "winograd",
     .propose = ProposeTransformed,
     .make = Make<[](const Convolution& c, const KernelChoice&) -> Result<std::unique_ptr<Kernel>> {
       return MakeWinograd(c.sizes);
     }>,
     .prefers =
         [](const KernelRequest& request) {
           const std::optional<Convolution> convolution = ConvolutionFor(request);
           return convolution && PrefersWinograd(convolution->sizes);
         }},
    {.name = "convolution.tiled",
     .propose = [](const KernelRequest& request) { return ProposeTiledOf(request, false); },
     .make = MakeTiledOf},
    {.name = "convolution.patches",
     .propose = Propose<[](const Convolution& c, int num_threads) {
       return ProposePatches(c.sizes, num_threads);
     },
                        false>,
     .make = Make<[](const Convolution& c, const KernelChoice&) -> Result<std::unique_ptr<Kernel>> {
       return MakePatches(c.sizes);
     }>},
};

constexpr OpDef kOps[] = {{.name = "webhlo.conv2d",
                           .infer = Infer,
                           .reference = ReferenceWithEpilogue<Convolve>,
                           .kernels = kKernels,
                           .flops = Flops}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_conv2d, kOps);

}  // namespace webhlo
