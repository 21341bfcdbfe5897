// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.slice: https://openxla.org/stablehlo/spec#slice
#include "core/graph/layouts.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const auto start_indices = op.Ints("start_indices");
  const auto limit_indices = op.Ints("limit_indices");
  const auto strides = op.Ints("strides");
  const size_t rank = operand.dims.size();
  // C2
  RETURN_IF_ERROR(CheckSize(op, "start_indices", start_indices, rank, "C2"));
  RETURN_IF_ERROR(CheckSize(op, "limit_indices", limit_indices, rank, "C2"));
  RETURN_IF_ERROR(CheckSize(op, "strides", strides, rank, "C2"));
  // C4
  RETURN_IF_ERROR(CheckAtLeast(op, "strides", strides, 1, "C4"));
  std::vector<int64_t> dims;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t start = start_indices[d];
    const int64_t limit = limit_indices[d];
    // C3
    OP_CHECK(op, 0 <= start && start <= limit && limit <= operand.dims[d], "dimension ", d,
             " is sliced from ", start, " to ", limit,
             ", expected 0 <= start <= limit <= ", operand.dims[d], " (C3)");
    // C5, by a form of ceil that cannot overflow
    dims.push_back(start == limit ? 0 : (limit - start - 1) / strides[d] + 1);
  }
  // C1, C5
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

StridedSource Source(const OpView& op) {
  const auto steps = op.Ints("strides");
  const std::vector<int64_t> operand_strides = RowMajorStrides(op.operand(0).dims);
  // operand_index = start_indices + result_index * strides
  StridedSource source = {Offset(op.Ints("start_indices"), operand_strides), {}};
  for (size_t d = 0; d < steps.size(); ++d) {
    // A stride beyond the only element is never taken; it may not overflow either.
    source.strides.push_back(op.result().dims[d] <= 1 ? 0 : steps[d] * operand_strides[d]);
  }
  return source;
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  return layouts.AssignSameRank(node, {"start_indices", "limit_indices", "strides"});
}

constexpr KernelRow kKernels[] = {
    {.name = "move.slice", .propose = ProposeMove, .make = SourceKernel<Source>}};

constexpr OpDef kOps[] = {{.name = "stablehlo.slice",
                           .infer = Infer,
                           .elements = SourceElements<Source>,
                           .kernels = kKernels,
                           .moves_only = true,
                           .moves_part = true,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(slice, kOps);

}  // namespace webhlo
