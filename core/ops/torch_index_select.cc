// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.torch_index_select: slices of operand along `dim` at the given indices, the first
// `batch_dims` dimensions of both being the same; out-of-range indices are clamped.
// (The specification has gather in its place.)
#include <numeric>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType &operand = op.operand(0), &index = op.operand(1);
  const int64_t dim = op.Int("dim"), batch = op.Int("batch_dims");
  OP_CHECK(op, IsInteger(index.element), "index is ", ToString(index), ", expected integers");
  RETURN_IF_ERROR(CheckRange(op, "dim", dim, operand.rank(), "dim"));
  OP_CHECK(op, batch >= 0 && batch <= dim && batch <= index.rank(), "batch_dims is ", batch,
           ", dim is ", dim, ", index has rank ", index.rank());
  std::vector<int64_t> dims(operand.dims.begin(), operand.dims.begin() + dim);
  for (size_t d = 0; d < static_cast<size_t>(batch); ++d) {
    OP_CHECK(op, operand.dims[d] == index.dims[d], "batch dimension ", d, " is ", operand.dims[d],
             " in operand, ", index.dims[d], " in index");
  }
  dims.insert(dims.end(), index.dims.begin() + batch, index.dims.end());
  dims.insert(dims.end(), operand.dims.begin() + dim + 1, operand.dims.end());
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const TensorType &operand = e.op().operand(0), &index = e.op().operand(1);
  const int64_t dim = e.op().Int("dim"), batch = e.op().Int("batch_dims");
  std::vector<int64_t> batching(static_cast<size_t>(batch));
  std::iota(batching.begin(), batching.end(), 0);
  // What stands before dim, then what follows the indices.
  std::vector<int64_t> offset_dims, slice_sizes;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    const bool single = d < batch || d == dim;
    slice_sizes.push_back(single ? 1 : operand.dims[static_cast<size_t>(d)]);
    if (!single) offset_dims.push_back(d < dim ? d : d + index.rank() - batch - 1);
  }
  e.SetResult(0, e.Emit(ops::kGather, {e.Operand(0), e.Operand(1)}, e.op().result(),
                        {{"offset_dims", Attribute::Ints(std::move(offset_dims))},
                         {"collapsed_slice_dims", Attribute::Ints({dim})},
                         {"operand_batching_dims", Attribute::Ints(batching)},
                         {"start_indices_batching_dims", Attribute::Ints(batching)},
                         {"start_index_map", Attribute::Ints({dim})},
                         {"index_vector_dim", Attribute::Int(index.rank())},
                         {"slice_sizes", Attribute::Ints(std::move(slice_sizes))}}));
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.torch_index_select", .infer = Infer, .expand = Expand}};

}  // namespace

WEBHLO_EXPORT_OPS(torch_index_select, kOps);

}  // namespace webhlo
