// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.select_and_scatter: https://openxla.org/stablehlo/spec#select_and_scatter
// Padding is never selected; a window of padding alone scatters nothing.
#include "core/kernels/loop_kernel.h"
#include "core/kernels/pool_gradient.h"
#include "core/kernels/select_scatter.h"
#include "core/kernels/window.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/reducer.h"
#include "core/ops/region_function.h"

namespace webhlo {
namespace {

// A step looks at one whole window at least.
constexpr int64_t kMaxTaps = 1 << 20;

struct Attributes {
  std::span<const int64_t> window_dimensions;
  std::vector<int64_t> window_strides, padding;

  explicit Attributes(const OpView& op)
      : window_dimensions(op.Ints("window_dimensions")),
        window_strides(op.IntsOr("window_strides", window_dimensions.size(), 1)),
        padding(op.IntsOr("padding", 2 * window_dimensions.size(), 0)) {}

  WindowDimension Dimension(size_t d) const {
    return {.size = window_dimensions[d],
            .stride = window_strides[d],
            .padding_low = padding[2 * d],
            .padding_high = padding[2 * d + 1]};
  }
};

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  const TensorType& operand = op.operand(0);
  const TensorType& source = op.operand(1);
  const TensorType& init_value = op.operand(2);
  const Attributes attributes(op);
  const size_t rank = operand.dims.size();
  // C1
  RETURN_IF_ERROR(CheckElement(op, "source", source.element, operand.element, "C1"));
  // C3
  OP_CHECK(op, init_value.rank() == 0, "init_value has type ", ToString(init_value),
           ", expected a scalar");
  RETURN_IF_ERROR(CheckElement(op, "init_value", init_value.element, operand.element, "C3"));
  // C4-C8
  RETURN_IF_ERROR(CheckSize(op, "window_dimensions", attributes.window_dimensions, rank, "C4"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_dimensions", attributes.window_dimensions, 1, "C5"));
  RETURN_IF_ERROR(CheckSize(op, "window_strides", attributes.window_strides, rank, "C6"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_strides", attributes.window_strides, 1, "C7"));
  RETURN_IF_ERROR(CheckSize(op, "padding", attributes.padding, 2 * rank, "C8"));
  // C2
  std::vector<int64_t> num_windows;
  for (size_t d = 0; d < rank; ++d) {
    const std::optional<int64_t> windows = NumWindows(operand.dims[d], attributes.Dimension(d));
    OP_CHECK(op, windows.has_value(), "the padded size of dimension ", d, " overflows (C2)");
    num_windows.push_back(*windows);
  }
  RETURN_IF_ERROR(CheckShape(op, "source", source, num_windows, "C2"));
  // C9
  OP_CHECK(op, op.num_regions() == 2, "has ", op.num_regions(), " regions, expected 2");
  const Type scalar = TensorType(operand.element, {});
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, std::vector<Type>{scalar, scalar}, "C9"));
  RETURN_IF_ERROR(
      CheckRegionResults(op, 0, std::vector<Type>{TensorType(ElementType::kI1, {})}, "C9"));
  // C10
  const ElementType elements[] = {operand.element};
  ASSIGN_OR_RETURN(const std::vector<ElementType> scatter, CheckReducer(op, 1, elements, "C10"));
  // C11, C12
  return SetResult(op, results, 0, scatter[0], operand.dims);
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& operand = args.inputs[0];
  const TensorView& source = args.inputs[1];
  const TensorView& result = args.outputs[0];
  const Attributes attributes(args.op);
  const std::vector<int64_t> strides = RowMajorStrides(operand.dims());
  const TensorType& scalar = args.op.graph().tensor(args.op.region(0).arguments.begin);
  const TensorType predicate_type(ElementType::kI1, {});
  uint8_t keep = 0;
  const TensorView predicate(&predicate_type, &keep);
  const int64_t count = result.NumElements();
  for (int64_t i = 0; i < count; ++i) {
    ConvertScalar(args.inputs[2], 0, result, i);
    co_await args.budget.Spend(8);
  }

  Reducer scatter(args.op.graph(), args.op.region_id(1), args.regions);
  OffsetWalk window(std::vector<int64_t>(attributes.window_dimensions.begin(),
                                         attributes.window_dimensions.end()),
                    std::vector<int64_t>(attributes.window_dimensions.size(), 0));
  for (IndexIterator it(source.dims()); !it.done(); it.Next()) {
    int64_t selected = -1;
    for (int64_t k = 0; k < window.count(); ++k, window.Next()) {
      co_await args.budget.Spend(32);
      int64_t candidate = 0;
      for (size_t d = 0; d < strides.size() && candidate >= 0; ++d) {
        const int64_t element = WindowElement(attributes.Dimension(d), operand.dims()[d],
                                              it.index()[d], window.index()[d]);
        candidate = element < 0 ? -1 : candidate + element * strides[d];
      }
      if (candidate < 0) continue;
      if (selected < 0) {
        selected = candidate;
        continue;
      }
      const TensorView pair[] = {TensorView(&scalar, operand.at(selected)),
                                 TensorView(&scalar, operand.at(candidate))};
      co_await args.regions.Run(args.op.region_id(0), pair, std::span(&predicate, 1));
      if (!keep) selected = candidate;
    }
    if (selected < 0) continue;
    scatter.SetAccumulator(0, result, selected);
    scatter.SetValue(0, source, it.linear());
    co_await scatter.Step(args.budget);
    scatter.GetAccumulator(0, result, selected);
  }
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  const TensorType& operand = op.operand(0);
  if (op.operand(1).NumElements() == 0 || !TakesElementsOf(op, 1, 1)) return std::nullopt;
  int64_t taps = 1;
  for (int64_t size : op.Ints("window_dimensions")) {
    if (!CheckedMul(taps, size, &taps) || taps > kMaxTaps) return std::nullopt;
  }
  return KernelChoice{.sizes = StrCat(ToString(op.operand(1)), " into ", ToString(operand), " by ",
                                      Join(op.Ints("window_dimensions")))};
}

std::vector<WindowAxis> AxesOf(const OpView& op) {
  const Attributes attributes(op);
  std::vector<WindowAxis> axes;
  for (size_t d = 0; d < op.operand(0).dims.size(); ++d) {
    axes.push_back({attributes.Dimension(d), op.operand(0).dims[d], op.operand(1).dims[d]});
  }
  return axes;
}

// Whether of equal elements the first is selected, where the larger one is; else nothing.
std::optional<bool> KeepsEqual(const OpView& op) {
  const Graph& graph = op.graph();
  const Region& select = op.region(0);
  if (select.nodes.size != 1) return std::nullopt;
  const OpView compare(graph, graph.nodes[select.nodes.begin]);
  const ValueId a = select.arguments.begin;
  if (!compare.Is(ops::kCompare) || graph.results(select)[0] != compare.result_id(0) ||
      compare.operand_id(0) != a || compare.operand_id(1) != a + 1 ||
      compare.String("compare_type") == "TOTALORDER") {
    return std::nullopt;
  }
  const std::string_view direction = compare.String("comparison_direction");
  if (direction == "GE") return true;
  if (direction == "GT") return false;
  return std::nullopt;
}

// The gradient of a maximum.
std::optional<KernelChoice> ProposeGradient(const KernelRequest& request) {
  const OpView& op = request.op;
  if (op.operand(0).element != ElementType::kF32 || op.operand(0).rank() == 0 || !KeepsEqual(op) ||
      SimpleReduceBody(op.graph(), op.region_id(1)) != ops::kAdd ||
      !PoolGradient::CanRun(AxesOf(op))) {
    return std::nullopt;
  }
  return Propose(request);
}

Result<std::unique_ptr<Kernel>> MakeGradient(const KernelSite& site) {
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<PoolGradient>>(
      PoolGradient(AxesOf(site.op), *KeepsEqual(site.op))));
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site, RegionFunctions functions) {
  const OpView& op = site.op;
  SelectScatterSizes sizes{.axes = AxesOf(op),
                           .width = WidthOf(op.operand(0)),
                           .select_cost = RegionCost(op.graph(), op.region_id(0)),
                           .scatter_cost = RegionCost(op.graph(), op.region_id(1))};
  return MakeSelectScatter(std::move(sizes), std::move(functions[0]), std::move(functions[1]));
}

using Rows = RegionRows<Propose, Make>;

constexpr KernelRow kKernels[] = {
    {.name = "pool_gradient", .propose = ProposeGradient, .make = MakeGradient},
    {.name = "jit", .propose = Rows::ProposeJit, .make = Rows::MakeJit},
    {.name = "tiles", .propose = Rows::ProposeTiles, .make = Rows::MakeTiles},
};

constexpr OpDef kOps[] = {{.name = "stablehlo.select_and_scatter",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(select_and_scatter, kOps);

}  // namespace webhlo
