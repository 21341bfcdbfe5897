// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.scatter: https://openxla.org/stablehlo/spec#scatter
// Updates are applied one after another, in the order of the update index. A window that does not
// lie wholly within the operand is dropped as a whole, as XLA does (the specification drops single
// elements).
#include "core/kernels/moves/scatter.h"

#include "core/ops/gather_dims.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/reducer.h"
#include "core/ops/region_function.h"
#include "core/ops/start_indices.h"

namespace webhlo {
namespace {

constexpr GatherDims::Names kNames = {"update_window_dims", "inserted_window_dims",
                                      "input_batching_dims", "scatter_indices_batching_dims",
                                      "scatter_dims_to_operand_dims"};

Status Infer(const OpView& op, std::span<Type> results) {
  const size_t n = op.num_results();
  // C5
  OP_CHECK(op, n > 0 && op.num_operands() == 2 * n + 1, "has ", op.num_operands(), " operands and ",
           n,
           " results, expected N inputs, the indices, N updates and N results"
           " (C5)");
  RETURN_IF_ERROR(CheckTensors(op));
  const TensorType& input = op.operand(0);
  const TensorType& scatter_indices = op.operand(n);
  const TensorType& update = op.operand(n + 1);
  const GatherDims dims(op, kNames);
  OP_CHECK(op, IsInteger(scatter_indices.element), "scatter_indices have type ",
           ToString(scatter_indices), ", expected integers");
  std::vector<ElementType> elements;
  for (size_t i = 0; i < n; ++i) {
    // C1
    RETURN_IF_ERROR(CheckShape(op, StrCat("input ", i), op.operand(i), input.dims, "C1"));
    // C3
    RETURN_IF_ERROR(CheckShape(op, StrCat("update ", i), op.operand(n + 1 + i), update.dims, "C3"));
    // C6
    RETURN_IF_ERROR(CheckElement(op, StrCat("update ", i), op.operand(n + 1 + i).element,
                                 op.operand(i).element, "C6"));
    elements.push_back(op.operand(i).element);
  }
  // C2
  OP_CHECK(op,
           input.dims.size() == dims.offset_dims.size() + dims.collapsed_slice_dims.size() +
                                    dims.operand_batching_dims.size(),
           "inputs have rank ", input.rank(),
           ", update_window_dims, inserted_window_dims and "
           "input_batching_dims have ",
           dims.offset_dims.size(), ", ", dims.collapsed_slice_dims.size(), " and ",
           dims.operand_batching_dims.size(), " entries (C2)");
  // C7, C8
  RETURN_IF_ERROR(CheckUnique(op, "update_window_dims", dims.offset_dims, "C7"));
  RETURN_IF_ERROR(CheckSorted(op, "update_window_dims", dims.offset_dims, "C7"));
  RETURN_IF_ERROR(CheckRange(op, "update_window_dims", dims.offset_dims, update.rank(), "C8"));
  // C9-C13
  RETURN_IF_ERROR(CheckUnique(op, "inserted_window_dims and input_batching_dims",
                              Concat(dims.collapsed_slice_dims, dims.operand_batching_dims), "C9"));
  RETURN_IF_ERROR(CheckSorted(op, "inserted_window_dims", dims.collapsed_slice_dims, "C10"));
  RETURN_IF_ERROR(
      CheckRange(op, "inserted_window_dims", dims.collapsed_slice_dims, input.rank(), "C11"));
  RETURN_IF_ERROR(CheckSorted(op, "input_batching_dims", dims.operand_batching_dims, "C12"));
  RETURN_IF_ERROR(
      CheckRange(op, "input_batching_dims", dims.operand_batching_dims, input.rank(), "C13"));
  // C22
  RETURN_IF_ERROR(CheckRange(op, "index_vector_dim", dims.index_vector_dim,
                             int64_t{scatter_indices.rank()} + 1, "C22"));
  // C14-C17
  RETURN_IF_ERROR(
      CheckUnique(op, "scatter_indices_batching_dims", dims.start_indices_batching_dims, "C14"));
  RETURN_IF_ERROR(CheckRange(op, "scatter_indices_batching_dims", dims.start_indices_batching_dims,
                             scatter_indices.rank(), "C15"));
  OP_CHECK(op, !Contains(dims.start_indices_batching_dims, dims.index_vector_dim),
           "scatter_indices_batching_dims ", Brackets(dims.start_indices_batching_dims),
           " has index_vector_dim ", dims.index_vector_dim, " (C16)");
  RETURN_IF_ERROR(CheckSize(op, "scatter_indices_batching_dims", dims.start_indices_batching_dims,
                            dims.operand_batching_dims.size(), "C17"));
  // C18
  for (size_t i = 0; i < dims.operand_batching_dims.size(); ++i) {
    const size_t d = static_cast<size_t>(dims.operand_batching_dims[i]);
    const size_t d_start = static_cast<size_t>(dims.start_indices_batching_dims[i]);
    OP_CHECK(op, input.dims[d] == scatter_indices.dims[d_start], "input batching dim ", d, " is ",
             input.dims[d], ", scatter_indices dim ", d_start, " is ",
             scatter_indices.dims[d_start], " (C18)");
  }
  // C19
  const int64_t index_size = dims.index_vector_dim < scatter_indices.rank()
                                 ? scatter_indices.dims[static_cast<size_t>(dims.index_vector_dim)]
                                 : 1;
  OP_CHECK(op, static_cast<int64_t>(dims.start_index_map.size()) == index_size,
           "scatter_dims_to_operand_dims ", Brackets(dims.start_index_map), " has ",
           dims.start_index_map.size(), " entries, an index vector has ", index_size, " (C19)");
  // C20, C21
  RETURN_IF_ERROR(CheckUnique(op, "scatter_dims_to_operand_dims and input_batching_dims",
                              Concat(dims.start_index_map, dims.operand_batching_dims), "C20"));
  RETURN_IF_ERROR(
      CheckRange(op, "scatter_dims_to_operand_dims", dims.start_index_map, input.rank(), "C21"));
  // C4
  const std::vector<int64_t> update_scatter_dim_sizes = dims.BatchSizes(scatter_indices.dims);
  OP_CHECK(op, update.dims.size() == update_scatter_dim_sizes.size() + dims.offset_dims.size(),
           "updates have rank ", update.rank(), ", expected ", update_scatter_dim_sizes.size(),
           " scatter and ", dims.offset_dims.size(), " window dimensions (C4)");
  std::vector<int64_t> update_window_dim_sizes;
  size_t window = 0;
  for (size_t d = 0; d < input.dims.size(); ++d) {
    if (dims.IsDroppedFromWindow(static_cast<int64_t>(d))) continue;
    const size_t update_dim = static_cast<size_t>(dims.offset_dims[window++]);
    OP_CHECK(op, update.dims[update_dim] <= input.dims[d], "update window dim ", update_dim, " is ",
             update.dims[update_dim], ", input dim ", d, " is ", input.dims[d], " (C4)");
    update_window_dim_sizes.push_back(update.dims[update_dim]);
  }
  RETURN_IF_ERROR(CheckShape(op, "updates", update,
                             dims.Combine(update_scatter_dim_sizes, update_window_dim_sizes),
                             "C4"));
  // C23
  ASSIGN_OR_RETURN(const std::vector<ElementType> body, CheckReducer(op, 0, elements, "C23"));
  // C24, C25
  for (size_t i = 0; i < n; ++i) RETURN_IF_ERROR(SetResult(op, results, i, body[i], input.dims));
  return OkStatus();
}

Task Reference(const ReferenceArgs& args) {
  const size_t n = args.outputs.size();
  const TensorView& scatter_indices = args.inputs[n];
  const std::span<const TensorView> updates = args.inputs.subspan(n + 1);
  for (size_t k = 0; k < n; ++k) {
    const int64_t count = args.inputs[k].NumElements();
    for (int64_t i = 0; i < count; ++i) {
      ConvertScalar(args.inputs[k], i, args.outputs[k], i);
      co_await args.budget.Spend(8);
    }
  }
  if (updates[0].NumElements() == 0) co_return;
  const TensorView& input = args.inputs[0];
  const GatherDims dims(args.op, kNames);
  WindowStarts windows(dims, input, scatter_indices, updates[0].dims());
  // The window in all dimensions of the operand, size 1 where it is inserted.
  std::vector<int64_t> full_window_dims;
  size_t next = 0;
  for (int64_t d = 0; d < input.rank(); ++d) {
    full_window_dims.push_back(dims.IsDroppedFromWindow(d) ? 1 : windows.window_dims()[next++]);
  }
  const auto to_vector = [](std::span<const int64_t> values) {
    return std::vector<int64_t>(values.begin(), values.end());
  };
  OffsetWalk from(to_vector(windows.window_dims()), to_vector(windows.window_strides()));
  OffsetWalk to(to_vector(windows.window_dims()), to_vector(windows.window_operand_strides()));
  Reducer reducer(args.op.graph(), args.op.region_id(0), args.regions);
  OffsetWalk& batches = windows.batches();
  for (int64_t i = 0; i < batches.count(); ++i, batches.Next()) {
    const std::span<const int64_t> full_start_index = windows.Start();
    bool in_bounds = true;
    for (size_t d = 0; d < full_window_dims.size(); ++d) {
      in_bounds &=
          full_start_index[d] >= 0 && full_start_index[d] <= input.dims()[d] - full_window_dims[d];
    }
    co_await args.budget.Spend(64);
    if (!in_bounds) continue;
    const int64_t start = windows.OperandOffset(full_start_index);
    for (int64_t j = 0; j < from.count(); ++j, from.Next(), to.Next()) {
      const int64_t result_index = start + to.offset();
      for (size_t k = 0; k < n; ++k) {
        reducer.SetAccumulator(k, args.outputs[k], result_index);
        reducer.SetValue(k, updates[k], batches.offset() + from.offset());
      }
      co_await reducer.Step(args.budget);
      for (size_t k = 0; k < n; ++k) reducer.GetAccumulator(k, args.outputs[k], result_index);
      co_await args.budget.Spend(16);
    }
  }
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  const size_t n = op.num_results();
  if (n > BatchFunction::kMaxTensors || op.operand(0).NumElements() == 0 ||
      op.operand(n + 1).NumElements() == 0 || !TakesElementsOf(op, 0, n)) {
    return std::nullopt;
  }
  return KernelChoice{
      .sizes = StrCat(ToString(op.operand(n + 1)), " into ", ToString(op.operand(0))),
      .parameters = {},
      .in_place_operand = n == 1 ? 0 : KernelChoice::kNotInPlace};
}

// The window in all dimensions of the operand, size 1 where it is inserted.
std::vector<int64_t> WindowSizes(const OpView& op, const GatherDims& dims) {
  const TensorType& update = op.operand(op.num_results() + 1);
  std::vector<int64_t> sizes(op.operand(0).dims.size(), 1);
  size_t next = 0;
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (dims.IsDroppedFromWindow(static_cast<int64_t>(d))) continue;
    sizes[d] = update.dims[static_cast<size_t>(dims.offset_dims[next++])];
  }
  return sizes;
}

ScatterSizes SizesOf(const OpView& op) {
  const size_t n = op.num_results();
  const GatherDims dims(op, kNames);
  const TensorType& operand = op.operand(0);
  const TensorType& update = op.operand(n + 1);
  const std::vector<int64_t> sizes = WindowSizes(op, dims);
  ScatterSizes scatter{.count = operand.NumElements(),
                       .widths = {},
                       .window = dims.WindowOf(operand.dims, update.dims, sizes),
                       .places = dims.PlacesOf(operand.dims, op.operand(n), update.dims, sizes),
                       .cost = RegionCost(op.graph(), op.region_id(0))};
  for (size_t k = 0; k < n; ++k) scatter.widths.push_back(WidthOf(op.operand(k)));
  return scatter;
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site, RegionFunctions functions) {
  return MakeScatter(SizesOf(site.op), functions.empty() ? nullptr : std::move(functions[0]));
}

// Updates that replace what is there.
std::optional<KernelChoice> ProposeReplace(const KernelRequest& request) {
  const OpView& op = request.op;
  const Region& body = op.region(0);
  const std::span<const ValueId> results = op.graph().results(body);
  for (size_t k = 0; k < results.size(); ++k) {
    if (results[k] != body.arguments.begin + results.size() + k) return std::nullopt;
  }
  return Propose(request);
}

Result<std::unique_ptr<Kernel>> MakeReplace(const KernelSite& site) { return Make(site, {}); }

// One window, in place.
bool JoinReplace(const StepSite& site, jit::Trips& trips) {
  const OpView& op = site.op;
  const GatherDims dims(op, kNames);
  const std::vector<int64_t>& operand = op.operand(0).dims;
  if (op.num_results() != 1 || !site.in_place ||
      op.operand(1).NumElements() != static_cast<int64_t>(dims.start_index_map.size())) {
    return false;
  }
  const ElementType element = op.operand(1).element;
  const std::vector<int64_t> window = WindowSizes(op, dims);
  if (!dims.operand_batching_dims.empty() || !IsOneRun(operand, window)) return false;
  jit::WindowMove move = {.from = site.slot + 2,
                          .to = site.slot + 3,
                          .starts = {},
                          .replaces = true,
                          .stays_away = true,
                          .bytes = op.operand(2).ByteSize()};
  const std::vector<int64_t> strides = RowMajorStrides(operand);
  for (size_t k = 0; k < dims.start_index_map.size(); ++k) {
    const auto d = static_cast<size_t>(dims.start_index_map[k]);
    move.starts.push_back({.slot = site.slot + 1,
                           .offset = static_cast<uint32_t>(k) * ByteWidth(element),
                           .element = element,
                           .last = operand[d] - window[d],
                           .stride = strides[d] * ByteWidth(op.operand(2).StorageType())});
  }
  return trips.AddMove(std::move(move));
}

// Sums and the like, which are combined one after the other.
std::optional<KernelChoice> ProposeReduction(const KernelRequest& request) {
  const OpView& op = request.op;
  const std::optional<Reduction> reduction = SimpleReduction(op.graph(), op.region_id(0));
  if (op.num_results() != 1 || !reduction || !CanScatter(op.result().element, *reduction)) {
    return std::nullopt;
  }
  return Propose(request);
}

Result<std::unique_ptr<Kernel>> MakeReduction(const KernelSite& site) {
  const OpView& op = site.op;
  return MakeScatter(SizesOf(op), op.result().element,
                     *SimpleReduction(op.graph(), op.region_id(0)));
}

using Rows = RegionRows<Propose, Make>;

constexpr KernelRow kKernels[] = {
    {.name = "replace", .propose = ProposeReplace, .make = MakeReplace, .join = JoinReplace},
    {.name = "reduction", .propose = ProposeReduction, .make = MakeReduction},
    {.name = "jit", .propose = Rows::ProposeJit, .make = Rows::MakeJit},
    {.name = "tiles", .propose = Rows::ProposeTiles, .make = Rows::MakeTiles},
};

constexpr OpDef kOps[] = {{.name = "stablehlo.scatter",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .moves_part = true}};

}  // namespace

WEBHLO_EXPORT_OPS(scatter, kOps);

}  // namespace webhlo
