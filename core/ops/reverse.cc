// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reverse: https://openxla.org/stablehlo/spec#reverse
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const auto dimensions = op.Ints("dimensions");
  // C2
  RETURN_IF_ERROR(CheckUnique(op, "dimensions", dimensions, "C2"));
  // C3
  RETURN_IF_ERROR(CheckRange(op, "dimensions", dimensions, op.operand(0).rank(), "C3"));
  // C1
  results[0] = op.operand_type(0);
  return OkStatus();
}

StridedSource Source(const OpView& op) {
  StridedSource source = {0, RowMajorStrides(op.operand(0).dims)};
  // operand_index[d] = dim(result, d) - result_index[d] - 1 if d in dimensions
  for (int64_t dimension : op.Ints("dimensions")) {
    const size_t d = static_cast<size_t>(dimension);
    source.from += (op.result().dims[d] - 1) * source.strides[d];
    source.strides[d] = -source.strides[d];
  }
  return source;
}

constexpr KernelRow kKernels[] = {
    {.name = "move.reverse", .propose = ProposeMove, .make = SourceKernel<Source>}};

constexpr OpDef kOps[] = {{.name = "stablehlo.reverse",
                           .infer = Infer,
                           .elements = SourceElements<Source>,
                           .kernels = kKernels,
                           .moves_only = true}};

}  // namespace

WEBHLO_EXPORT_OPS(reverse, kOps);

}  // namespace webhlo
