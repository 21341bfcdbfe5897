// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reduce_window: https://openxla.org/stablehlo/spec#reduce_window
// Every step rounds to the body's type, also where the body is one well-known op: StableHLO's test
// data expects it of cumulative sums.
#include <cstring>

#include "core/base/sort.h"
#include "core/graph/layouts.h"
#include "core/graph/literals.h"
#include "core/kernels/loop_kernel.h"
#include "core/kernels/pool2d.h"
#include "core/kernels/running.h"
#include "core/kernels/window.h"
#include "core/kernels/window_fold.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/reducer.h"
#include "core/ops/region_function.h"

namespace webhlo {
namespace {

struct Attributes {
  std::vector<int64_t> window_dimensions, window_strides, base_dilations, window_dilations, padding;

  explicit Attributes(const OpView& op) {
    const auto dimensions = op.Ints("window_dimensions");
    const size_t rank = dimensions.size();
    window_dimensions.assign(dimensions.begin(), dimensions.end());
    window_strides = op.IntsOr("window_strides", rank, 1);
    base_dilations = op.IntsOr("base_dilations", rank, 1);
    window_dilations = op.IntsOr("window_dilations", rank, 1);
    padding = op.IntsOr("padding", 2 * rank, 0);
  }

  WindowDimension Dimension(size_t d) const {
    return {window_dimensions[d], window_strides[d], base_dilations[d],
            window_dilations[d],  padding[2 * d],    padding[2 * d + 1]};
  }
};

Status Infer(const OpView& op, std::span<Type> results) {
  const size_t n = op.num_results();
  // C1
  OP_CHECK(op, n > 0 && op.num_operands() == 2 * n, "has ", op.num_operands(), " operands and ", n,
           " results, expected N inputs, N init values and N results (C1)");
  RETURN_IF_ERROR(CheckTensors(op));
  const Attributes attributes(op);
  const TensorType& first = op.operand(0);
  const size_t rank = first.dims.size();
  std::vector<ElementType> elements;
  for (size_t i = 0; i < n; ++i) {
    const TensorType& input = op.operand(i);
    const TensorType& init_value = op.operand(n + i);
    // C2
    RETURN_IF_ERROR(CheckShape(op, StrCat("input ", i), input, first.dims, "C2"));
    // C3
    OP_CHECK(op, init_value.rank() == 0, "init value ", i, " has type ", ToString(init_value),
             ", expected a scalar");
    RETURN_IF_ERROR(
        CheckElement(op, StrCat("init value ", i), init_value.element, input.element, "C3"));
    elements.push_back(input.element);
  }
  // C4-C12
  RETURN_IF_ERROR(CheckSize(op, "window_dimensions", attributes.window_dimensions, rank, "C4"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_dimensions", attributes.window_dimensions, 1, "C5"));
  RETURN_IF_ERROR(CheckSize(op, "window_strides", attributes.window_strides, rank, "C6"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_strides", attributes.window_strides, 1, "C7"));
  RETURN_IF_ERROR(CheckSize(op, "base_dilations", attributes.base_dilations, rank, "C8"));
  RETURN_IF_ERROR(CheckAtLeast(op, "base_dilations", attributes.base_dilations, 1, "C9"));
  RETURN_IF_ERROR(CheckSize(op, "window_dilations", attributes.window_dilations, rank, "C10"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_dilations", attributes.window_dilations, 1, "C11"));
  RETURN_IF_ERROR(CheckSize(op, "padding", attributes.padding, 2 * rank, "C12"));
  // C13
  ASSIGN_OR_RETURN(const std::vector<ElementType> body, CheckReducer(op, 0, elements, "C13"));
  // C14-C16
  std::vector<int64_t> num_windows;
  for (size_t d = 0; d < rank; ++d) {
    const std::optional<int64_t> windows = NumWindows(first.dims[d], attributes.Dimension(d));
    OP_CHECK(op, windows.has_value(), "the padded size of dimension ", d, " overflows (C15)");
    num_windows.push_back(*windows);
  }
  for (size_t i = 0; i < n; ++i) RETURN_IF_ERROR(SetResult(op, results, i, body[i], num_windows));
  return OkStatus();
}

// The windows of one input, element by element.
class Windows {
 public:
  Windows(const OpView& op, std::span<const int64_t> dims)
      : dims_(dims.begin(), dims.end()), strides_(RowMajorStrides(dims)) {
    const Attributes attributes(op);
    for (size_t d = 0; d < dims_.size(); ++d) dimensions_.push_back(attributes.Dimension(d));
  }

  // The offset of the input element under `window_index` of the window at `result_index`, or -1
  // where padded_inputs holds an init value.
  int64_t Element(std::span<const int64_t> result_index,
                  std::span<const int64_t> window_index) const {
    int64_t offset = 0;
    for (size_t d = 0; d < dims_.size(); ++d) {
      const int64_t element =
          WindowElement(dimensions_[d], dims_[d], result_index[d], window_index[d]);
      if (element < 0) return -1;
      offset += element * strides_[d];
    }
    return offset;
  }

 private:
  std::vector<int64_t> dims_, strides_;
  std::vector<WindowDimension> dimensions_;
};

Task Reference(const ReferenceArgs& args) {
  const size_t n = args.outputs.size();
  const TensorView& first = args.inputs[0];
  const Windows windows(args.op, first.dims());
  const auto window_dimensions = args.op.Ints("window_dimensions");
  OffsetWalk window(std::vector<int64_t>(window_dimensions.begin(), window_dimensions.end()),
                    std::vector<int64_t>(window_dimensions.size(), 0));
  Reducer reducer(args.op.graph(), args.op.region_id(0), args.regions);
  for (IndexIterator it(args.outputs[0].dims()); !it.done(); it.Next()) {
    for (size_t k = 0; k < n; ++k) reducer.SetAccumulator(k, args.inputs[n + k], 0);
    for (int64_t j = 0; j < window.count(); ++j, window.Next()) {
      const int64_t element = windows.Element(it.index(), window.index());
      for (size_t k = 0; k < n; ++k) {
        const bool padding = element < 0;
        reducer.SetValue(k, args.inputs[padding ? n + k : k], padding ? 0 : element);
      }
      co_await reducer.Step(args.budget);
      co_await args.budget.Spend(32);
    }
    for (size_t k = 0; k < n; ++k) reducer.GetAccumulator(k, args.outputs[k], it.linear());
  }
}

// Of the windows of a pool: how many see an element, along a dimension.
constexpr int64_t kMaxOverlap = 16;

// The windows of pools, in the order in which dimensions lie in memory: batches, one to three
// dimensions that have windows, channels.
struct Pool {
  OpName name = {};
  ValueId input = kNone;  // In the target graph, dimensions where the operand's lie.
  Dims dims;              // Of the input, as the program orders them.
  std::vector<WindowDimension> windows;
  Permutation layout;
  std::vector<size_t> spatial;
  int64_t batch = 1, channels = 1;
};

// Windows of maxima or sums that begin with what changes nothing.
std::optional<OpName> PoolOf(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  const Rewriter& r = layouts.rewriter();
  const auto body = SimpleReduceBody(source, source.regions_of(node)[0]);
  const std::optional<double> init =
      SplatValue(layouts.rewriter().target(), r.Def(layouts.Of(source.operands(node)[1]).physical));
  if (body == ops::kMaximum && init == -std::numeric_limits<double>::infinity()) {
    return ops::kWebhloMaxPool2d;
  }
  if (body == ops::kAdd && init == 0.0) return ops::kWebhloSumPool2d;
  return std::nullopt;
}

// Where the operand is a pad of what changes nothing: takes what is padded, also between elements,
// as sums over windows have it in their gradients.
void TakePad(Layouts& layouts, const Permutation& places, Pool* pool) {
  const Graph& target = layouts.rewriter().target();
  const Node* def = layouts.rewriter().Def(pool->input);
  if (!IsOp(def, ops::kPad)) return;
  const OpView pad(target, *def);
  const double nothing =
      pool->name == ops::kWebhloMaxPool2d ? -std::numeric_limits<double>::infinity() : 0.0;
  if (SplatValue(target, layouts.rewriter().Def(pad.operand_id(1))) != nothing) return;
  const auto low = pad.Ints("edge_padding_low"), high = pad.Ints("edge_padding_high"),
             interior = pad.Ints("interior_padding");
  for (size_t d = 0; d < places.size(); ++d) {
    const size_t place = static_cast<size_t>(places[d]);
    if (low[place] < 0 || high[place] < 0 || pool->windows[d].base_dilation != 1 ||
        interior[place] >= kMaxBaseDilation) {
      return;
    }
  }
  for (size_t d = 0; d < places.size(); ++d) {
    const size_t place = static_cast<size_t>(places[d]);
    pool->windows[d].base_dilation = interior[place] + 1;
    pool->windows[d].padding_low += low[place];
    pool->windows[d].padding_high += high[place];
    pool->dims[d] = pad.operand(0).dims[place];
  }
  pool->input = pad.operand_id(0);
}

// Whether there is a pool, with the pad before it or without.
bool FindPool(Layouts& layouts, const Node& node, bool take_pad, Pool* found) {
  const Graph& source = layouts.source();
  const OpView view(source, node);
  const TensorType& type = view.operand(0);
  if (node.results.size != 1 || type.element != ElementType::kF32 || type.NumElements() == 0 ||
      view.result().NumElements() == 0) {
    return false;
  }
  const std::optional<OpName> name = PoolOf(layouts, node);
  if (!name) return false;
  const Attributes attributes(view);
  const size_t rank = type.dims.size();
  // Dimensions by where they lie.
  std::vector<size_t> order(rank);
  const Permutation& now = layouts.Of(view.operand_id(0)).permutation;
  const ValueId input = layouts.Of(view.operand_id(0)).physical;
  for (size_t d = 0; d < rank; ++d) order[static_cast<size_t>(now[d])] = d;
  Pool pool{
      .name = *name, .input = input, .dims = type.dims, .windows = {}, .layout = {}, .spatial = {}};
  for (size_t d = 0; d < rank; ++d) pool.windows.push_back(attributes.Dimension(d));
  if (take_pad) TakePad(layouts, now, &pool);
  std::vector<size_t> before, after;
  for (size_t d : order) {
    const WindowDimension& window = pool.windows[d];
    if (window.base_dilation > kMaxBaseDilation || window.padding_low < 0 ||
        window.padding_high < 0) {
      return false;
    }
    // Long windows that overlap are sums and maxima that run along, for other kernels.
    if (std::min(CeilDiv(window.size, window.stride), view.result().dims[d]) > kMaxOverlap) {
      return false;
    }
    const bool trivial = window.size == 1 && window.stride == 1 && window.base_dilation == 1 &&
                         window.padding_low == 0 && window.padding_high == 0;
    if (!trivial) {
      pool.spatial.push_back(d);
      before.insert(before.end(), after.begin(), after.end());
      after.clear();
    } else {
      (pool.spatial.empty() ? before : after).push_back(d);
    }
  }
  if (pool.spatial.empty() || pool.spatial.size() > 3) return false;
  // Vectors go along channels.
  if (after.empty() && !before.empty()) {
    after.push_back(before.back());
    before.pop_back();
  }
  pool.layout.resize(rank);
  int64_t at = 0;
  for (const auto* group : {&before, &pool.spatial, &after}) {
    for (size_t d : *group) {
      pool.layout[d] = at++;
      if (group == &before) pool.batch *= type.dims[d];
      if (group == &after) pool.channels *= type.dims[d];
    }
  }
  *found = std::move(pool);
  // In another layout the operand is as it is written.
  return found->input == input || found->layout == now;
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  Pool pool;
  if (!FindPool(layouts, node, true, &pool) && !FindPool(layouts, node, false, &pool)) {
    return layouts.KeepWritten(node);
  }
  const OpView view(layouts.source(), node);
  const Dims& dims = pool.dims;
  const TensorType& result = view.result();
  // Of dimensions of images of `channels` channels: windows over rows d and, if it is one, e.
  const auto emit = [&](ValueId x, std::vector<int64_t> images, size_t d,
                        std::optional<size_t> e) -> ValueId {
    const WindowDimension rows = pool.windows[d];
    const WindowDimension columns = e ? pool.windows[*e] : WindowDimension();
    x = layouts.Reshape(x, images);
    images[1] = result.dims[d];
    if (e) images[2] = result.dims[*e];
    return layouts.rewriter().Emit(
        pool.name, {x}, TensorType(ElementType::kF32, images),
        {{"window_dimensions", Attribute::Ints({rows.size, columns.size})},
         {"window_strides", Attribute::Ints({rows.stride, columns.stride})},
         {"base_dilations", Attribute::Ints({rows.base_dilation, columns.base_dilation})},
         {"window_dilations", Attribute::Ints({rows.window_dilation, columns.window_dilation})},
         {"padding", Attribute::Ints({rows.padding_low, rows.padding_high, columns.padding_low,
                                      columns.padding_high})}},
        layouts.rewriter().MapLocation(node.location));
  };
  ValueId x = pool.layout == layouts.Of(view.operand_id(0)).permutation
                  ? pool.input
                  : layouts.Get(view.operand_id(0), pool.layout);
  const std::vector<size_t>& s = pool.spatial;
  if (s.size() == 1) {
    x = emit(x, {pool.batch, dims[s[0]], 1, pool.channels}, s[0], std::nullopt);
  } else if (s.size() == 2) {
    x = emit(x, {pool.batch, dims[s[0]], dims[s[1]], pool.channels}, s[0], s[1]);
  } else {
    // A window over three dimensions is one over two of them, then one over the first.
    const int64_t depth = dims[s[0]];
    x = emit(x, {pool.batch * depth, dims[s[1]], dims[s[2]], pool.channels}, s[1], s[2]);
    x = emit(x, {pool.batch, depth, result.dims[s[1]] * result.dims[s[2]], pool.channels}, s[0],
             std::nullopt);
  }
  const ValueId value = view.result_id(0);
  layouts.Define(value, layouts.Reshape(x, ToPhysical(result.dims, pool.layout)), pool.layout);
  return OkStatus();
}

std::vector<WindowAxis> AxesOf(const OpView& op) {
  const Attributes attributes(op);
  std::vector<WindowAxis> axes;
  for (size_t d = 0; d < op.operand(0).dims.size(); ++d) {
    axes.push_back({attributes.Dimension(d), op.operand(0).dims[d], op.result().dims[d]});
  }
  if (axes.empty()) axes.emplace_back();
  return axes;
}

WindowFoldSizes SizesOf(const OpView& op) {
  WindowFoldSizes sizes{
      .axes = AxesOf(op), .widths = {}, .cost = RegionCost(op.graph(), op.region_id(0))};
  for (size_t k = 0; k < op.num_results(); ++k) sizes.widths.push_back(WidthOf(op.operand(k)));
  return sizes;
}

// Whether the initial values are literals that the computation makes of two of them.
bool KeepsInitialValues(const OpView& op) {
  const Graph& graph = op.graph();
  const size_t n = op.num_results();
  const std::unique_ptr<BatchFunction> function = MakeRegionTiles(graph, op.region_id(0));
  if (!function) return false;
  const GraphIndex index(graph);
  BatchBuffer values[BatchFunction::kMaxTensors], results[BatchFunction::kMaxTensors];
  void* args[3 * BatchFunction::kMaxTensors];
  for (size_t k = 0; k < n; ++k) {
    const DenseElements* literal = SplatElements(graph, index.Def(op.operand_id(n + k)));
    if (!literal) return false;
    std::memcpy(values[k].bytes, literal->bytes.data(), literal->bytes.size());
    args[k] = args[n + k] = values[k].bytes;
    args[2 * n + k] = results[k].bytes;
  }
  function->Run(args, 1);
  for (size_t k = 0; k < n; ++k) {
    const size_t width = static_cast<size_t>(WidthOf(op.operand(k)));
    if (std::memcmp(values[k].bytes, results[k].bytes, width) != 0) return false;
  }
  return true;
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  if (op.num_results() > BatchFunction::kMaxTensors || op.result().NumElements() == 0 ||
      !TakesElementsOf(op, 0, op.num_operands())) {
    return std::nullopt;
  }
  bool reverse = false;
  const bool running = RunningAxis(AxesOf(op), &reverse) >= 0 && KeepsInitialValues(op);
  return KernelChoice{.sizes = StrCat(running ? "running " : "", ToString(op.operand(0)), " by ",
                                      Join(op.Ints("window_dimensions"))),
                      .parameters = {running}};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site, RegionFunctions functions) {
  return site.choice.parameters.at(0) ? MakeRunningFold(SizesOf(site.op), std::move(functions[0]))
                                      : MakeWindowFold(SizesOf(site.op), std::move(functions[0]));
}

// Running results of a computation that has a name.
std::optional<KernelChoice> ProposeRunning(const KernelRequest& request) {
  const OpView& op = request.op;
  const std::optional<Reduction> reduction = SimpleReduction(op.graph(), op.region_id(0));
  if (!reduction || !Running::CanRun(*reduction, op.operand(0).element)) return std::nullopt;
  std::optional<KernelChoice> choice = Propose(request);
  if (!choice || !choice->parameters[0]) return std::nullopt;
  return choice;
}

Result<std::unique_ptr<Kernel>> MakeRunning(const KernelSite& site) {
  const OpView& op = site.op;
  bool reverse = false;
  const std::vector<WindowAxis> axes = AxesOf(op);
  const size_t axis = static_cast<size_t>(RunningAxis(axes, &reverse));
  int64_t outer = 1, inner = 1;
  for (size_t d = 0; d < axes.size(); ++d) {
    if (d != axis) (d < axis ? outer : inner) *= axes[d].size;
  }
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<Running>>(
      Running(*SimpleReduction(op.graph(), op.region_id(0)), op.operand(0).element, outer,
              axes[axis].size, inner, reverse)));
}

using Rows = RegionRows<Propose, Make>;

constexpr KernelRow kKernels[] = {
    {.name = "running", .propose = ProposeRunning, .make = MakeRunning},
    {.name = "jit", .propose = Rows::ProposeJit, .make = Rows::MakeJit},
    {.name = "tiles", .propose = Rows::ProposeTiles, .make = Rows::MakeTiles},
};

constexpr OpDef kOps[] = {{.name = "stablehlo.reduce_window",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(reduce_window, kOps);

}  // namespace webhlo
