// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.broadcast_in_dim: https://openxla.org/stablehlo/spec#broadcast_in_dim
#include "core/graph/layouts.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckSizedTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const TensorType& result = op.result();
  const auto broadcast_dimensions = op.Ints("broadcast_dimensions");
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", result.element, operand.element, "C1"));
  // C2
  RETURN_IF_ERROR(
      CheckSize(op, "broadcast_dimensions", broadcast_dimensions, operand.dims.size(), "C2"));
  // C3
  RETURN_IF_ERROR(
      CheckRange(op, "broadcast_dimensions", broadcast_dimensions, result.rank(), "C3"));
  // C4
  RETURN_IF_ERROR(CheckUnique(op, "broadcast_dimensions", broadcast_dimensions, "C4"));
  // C5
  for (size_t d = 0; d < operand.dims.size(); ++d) {
    const int64_t expected = result.dims[static_cast<size_t>(broadcast_dimensions[d])];
    OP_CHECK(op, operand.dims[d] == 1 || operand.dims[d] == expected, "operand dim ", d, " is ",
             operand.dims[d], ", result dim ", broadcast_dimensions[d], " is ", expected, " (C5)");
  }
  return OkStatus();
}

StridedSource Source(const OpView& op) {
  const TensorType& operand = op.operand(0);
  const auto broadcast_dimensions = op.Ints("broadcast_dimensions");
  const std::vector<int64_t> operand_strides = RowMajorStrides(operand.dims);
  // operand_index[d] = dim(operand, d) = 1 ? 0 : result_index[broadcast_dimensions[d]]
  StridedSource source = {0, std::vector<int64_t>(op.result().dims.size(), 0)};
  for (size_t d = 0; d < operand.dims.size(); ++d) {
    if (operand.dims[d] != 1) {
      source.strides[static_cast<size_t>(broadcast_dimensions[d])] = operand_strides[d];
    }
  }
  return source;
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  Rewriter& rewriter = layouts.rewriter();
  const Layouts::Lazy in = layouts.Of(source.operands(node)[0]);
  const auto dims = OpView(source, node).Ints("broadcast_dimensions");
  Dims physical_dims(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) {
    physical_dims[static_cast<size_t>(in.permutation[i])] = dims[i];
  }
  const ValueId x =
      rewriter.Emit(ops::kBroadcastInDim, {in.physical}, source.tensor(node.results.begin),
                    {{"broadcast_dimensions", Attribute::Ints(std::move(physical_dims))}},
                    rewriter.MapLocation(node.location));
  layouts.Define(node.results.begin, x, Identity(source.tensor(node.results.begin).dims.size()));
  return OkStatus();
}

constexpr KernelRow kKernels[] = {
    {.name = "move.broadcast_in_dim", .propose = ProposeMove, .make = SourceKernel<Source>}};

constexpr OpDef kOps[] = {{.name = "stablehlo.broadcast_in_dim",
                           .infer = Infer,
                           .elements = SourceElements<Source>,
                           .kernels = kKernels,
                           .moves_only = true,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(broadcast_in_dim, kOps);

}  // namespace webhlo
