// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.gather: https://openxla.org/stablehlo/spec#gather
#include "core/kernels/moves/gather.h"

#include "core/kernels/matmul/sizes.h"
#include "core/ops/gather_dims.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/product_weights.h"
#include "core/ops/start_indices.h"

namespace webhlo {
namespace {

constexpr GatherDims::Names kNames = {"offset_dims", "collapsed_slice_dims",
                                      "operand_batching_dims", "start_indices_batching_dims",
                                      "start_index_map"};

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& operand = op.operand(0);
  const TensorType& start_indices = op.operand(1);
  const GatherDims dims(op, kNames);
  const auto slice_sizes = op.Ints("slice_sizes");
  OP_CHECK(op, IsInteger(start_indices.element), "start_indices have type ",
           ToString(start_indices), ", expected integers");
  // C1
  const size_t window_rank = dims.offset_dims.size();
  OP_CHECK(op,
           operand.dims.size() ==
               window_rank + dims.collapsed_slice_dims.size() + dims.operand_batching_dims.size(),
           "operand has rank ", operand.rank(),
           ", offset_dims, collapsed_slice_dims and "
           "operand_batching_dims have ",
           window_rank, ", ", dims.collapsed_slice_dims.size(), " and ",
           dims.operand_batching_dims.size(), " entries (C1)");
  // C2
  RETURN_IF_ERROR(CheckRange(op, "index_vector_dim", dims.index_vector_dim,
                             int64_t{start_indices.rank()} + 1, "C2"));
  // C3
  const int64_t index_size = dims.index_vector_dim < start_indices.rank()
                                 ? start_indices.dims[static_cast<size_t>(dims.index_vector_dim)]
                                 : 1;
  OP_CHECK(op, static_cast<int64_t>(dims.start_index_map.size()) == index_size, "start_index_map ",
           Brackets(dims.start_index_map), " has ", dims.start_index_map.size(),
           " entries, an index vector has ", index_size, " (C3)");
  // C4
  RETURN_IF_ERROR(CheckUnique(op, "offset_dims", dims.offset_dims, "C4"));
  RETURN_IF_ERROR(CheckSorted(op, "offset_dims", dims.offset_dims, "C4"));
  // C5
  const std::vector<int64_t> batch_dim_sizes = dims.BatchSizes(start_indices.dims);
  RETURN_IF_ERROR(CheckRange(op, "offset_dims", dims.offset_dims,
                             static_cast<int64_t>(batch_dim_sizes.size() + window_rank), "C5"));
  // C6-C12
  RETURN_IF_ERROR(CheckUnique(op, "collapsed_slice_dims and operand_batching_dims",
                              Concat(dims.collapsed_slice_dims, dims.operand_batching_dims), "C6"));
  RETURN_IF_ERROR(CheckSorted(op, "collapsed_slice_dims", dims.collapsed_slice_dims, "C7"));
  RETURN_IF_ERROR(
      CheckRange(op, "collapsed_slice_dims", dims.collapsed_slice_dims, operand.rank(), "C8"));
  RETURN_IF_ERROR(CheckSorted(op, "operand_batching_dims", dims.operand_batching_dims, "C10"));
  RETURN_IF_ERROR(
      CheckRange(op, "operand_batching_dims", dims.operand_batching_dims, operand.rank(), "C11"));
  // C13-C16
  RETURN_IF_ERROR(
      CheckUnique(op, "start_indices_batching_dims", dims.start_indices_batching_dims, "C13"));
  RETURN_IF_ERROR(CheckRange(op, "start_indices_batching_dims", dims.start_indices_batching_dims,
                             start_indices.rank(), "C14"));
  OP_CHECK(op, !Contains(dims.start_indices_batching_dims, dims.index_vector_dim),
           "start_indices_batching_dims ", Brackets(dims.start_indices_batching_dims),
           " has index_vector_dim ", dims.index_vector_dim, " (C15)");
  RETURN_IF_ERROR(CheckSize(op, "start_indices_batching_dims", dims.start_indices_batching_dims,
                            dims.operand_batching_dims.size(), "C16"));
  // C17
  for (size_t i = 0; i < dims.operand_batching_dims.size(); ++i) {
    const int64_t d = dims.operand_batching_dims[i];
    const int64_t d_start = dims.start_indices_batching_dims[i];
    OP_CHECK(
        op,
        operand.dims[static_cast<size_t>(d)] == start_indices.dims[static_cast<size_t>(d_start)],
        "operand batching dim ", d, " is ", operand.dims[static_cast<size_t>(d)],
        ", start_indices dim ", d_start, " is ", start_indices.dims[static_cast<size_t>(d_start)],
        " (C17)");
  }
  // C18, C19
  RETURN_IF_ERROR(CheckUnique(op, "start_index_map and operand_batching_dims",
                              Concat(dims.start_index_map, dims.operand_batching_dims), "C18"));
  RETURN_IF_ERROR(CheckRange(op, "start_index_map", dims.start_index_map, operand.rank(), "C19"));
  // C20, C21, C9, C12
  RETURN_IF_ERROR(CheckSize(op, "slice_sizes", slice_sizes, operand.dims.size(), "C20"));
  std::vector<int64_t> offset_dim_sizes;
  for (size_t d = 0; d < slice_sizes.size(); ++d) {
    OP_CHECK(op, slice_sizes[d] >= 0 && slice_sizes[d] <= operand.dims[d], "slice size ", d, " is ",
             slice_sizes[d], ", the operand's dimension is ", operand.dims[d], " (C21)");
    if (dims.IsDroppedFromWindow(static_cast<int64_t>(d))) {
      OP_CHECK(op, slice_sizes[d] <= 1, "slice size ", d, " is ", slice_sizes[d],
               ", expected at most 1 in a collapsed or batching dimension (C9, C12)");
    } else {
      offset_dim_sizes.push_back(slice_sizes[d]);
    }
  }
  // C22, C23
  return SetResult(op, results, 0, operand.element,
                   dims.Combine(batch_dim_sizes, offset_dim_sizes));
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  if (result.NumElements() == 0) co_return;
  const GatherDims dims(args.op, kNames);
  const auto slice_sizes = args.op.Ints("slice_sizes");
  // Collapsing an empty slice leaves elements that come from nowhere.
  if (Contains(slice_sizes, 0)) {
    const std::complex<double> zero = 0;
    co_await FillElements(args.budget, result, &zero);
    co_return;
  }
  WindowStarts windows(dims, operand, args.inputs[1], result.dims());
  OffsetWalk& batches = windows.batches();
  for (int64_t i = 0; i < batches.count(); ++i, batches.Next()) {
    const std::span<int64_t> full_start_index = windows.Start();
    for (size_t d = 0; d < slice_sizes.size(); ++d) {
      full_start_index[d] = ClampStart(full_start_index[d], operand.dims()[d], slice_sizes[d]);
    }
    co_await StridedCopyAll(args.budget, result.width(), windows.window_dims(),
                            operand.at(windows.OperandOffset(full_start_index)),
                            windows.window_operand_strides(), result.at(batches.offset()),
                            windows.window_strides());
    co_await args.budget.Spend(0);
  }
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  // Collapsing an empty slice leaves elements that come from nowhere: the reference knows.
  if (Contains(request.op.Ints("slice_sizes"), 0)) return std::nullopt;
  return ProposeMove(request);
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  const GatherDims dims(op, kNames);
  return MakeGather(
      WidthOf(op.result()),
      dims.WindowOf(op.operand(0).dims, op.result().dims, op.Ints("slice_sizes")),
      dims.PlacesOf(op.operand(0).dims, op.operand(1), op.result().dims, op.Ints("slice_sizes")));
}

// Rows of a table that a product packs in fewer bits, so that it need not be there twice.
std::optional<KernelChoice> ProposeCompact(const KernelRequest& request) {
  const OpView& op = request.op;
  const TensorType& table = op.operand(0);
  if (request.precision == Precision::kF32 || !HasBit(request.constant_operands, 0) ||
      table.rank() != 2 || table.element != ElementType::kF32 || op.result().NumElements() == 0) {
    return std::nullopt;
  }
  const GatherDims dims(op, kNames);
  const auto slice_sizes = op.Ints("slice_sizes");
  WindowShape window = dims.WindowOf(table.dims, op.result().dims, slice_sizes);
  if (slice_sizes[0] != 1 || slice_sizes[1] != table.dims[1] || window.TakeRun() != table.dims[1]) {
    return std::nullopt;
  }
  const std::optional<std::string> key = PackKeyOfTable(request, 0);
  if (!key) return std::nullopt;
  return KernelChoice{
      .sizes = StrCat(op.result().NumElements() / table.dims[1], " of ", table.dims[0], "x",
                      table.dims[1], " ", NameOf(request.precision)),
      .parameters = {static_cast<int64_t>(request.precision)},
      .pack_key = *key,
      .packed_operands = 1,
  };
}

Result<std::unique_ptr<Kernel>> MakeCompact(const KernelSite& site) {
  const OpView& op = site.op;
  const std::vector<int64_t>& table = op.operand(0).dims;
  const GatherDims dims(op, kNames);
  return MakeCompactGather(
      {.m = 1, .k = table[1], .n = table[0], .transposed_weights = true},
      static_cast<Precision>(site.choice.parameters.at(0)),
      dims.PlacesOf(table, op.operand(1), op.result().dims, op.Ints("slice_sizes")));
}

constexpr KernelRow kKernels[] = {
    {.name = "gather.compact", .propose = ProposeCompact, .make = MakeCompact},
    {.name = "move.gather", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.gather",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .moves_part = true}};

}  // namespace

WEBHLO_EXPORT_OPS(gather, kOps);

}  // namespace webhlo
