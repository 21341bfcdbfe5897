// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.transpose: https://openxla.org/stablehlo/spec#transpose
#include "core/graph/layouts.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const auto permutation = op.Ints("permutation");
  // C2
  RETURN_IF_ERROR(CheckSize(op, "permutation", permutation, operand.dims.size(), "C2"));
  RETURN_IF_ERROR(CheckRange(op, "permutation", permutation, operand.rank(), "C2"));
  RETURN_IF_ERROR(CheckUnique(op, "permutation", permutation, "C2"));
  // C1, C3
  std::vector<int64_t> dims;
  for (int64_t d : permutation) dims.push_back(operand.dims[static_cast<size_t>(d)]);
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

StridedSource Source(const OpView& op) {
  const std::vector<int64_t> operand_strides = RowMajorStrides(op.operand(0).dims);
  // result_index[d] = operand_index[permutation[d]]
  StridedSource source;
  for (int64_t d : op.Ints("permutation")) {
    source.strides.push_back(operand_strides[static_cast<size_t>(d)]);
  }
  return source;
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  const auto p = OpView(source, node).Ints("permutation");
  const Layouts::Lazy in = layouts.Of(source.operands(node)[0]);
  Permutation out;
  for (int64_t d : p) out.push_back(in.permutation[static_cast<size_t>(d)]);
  layouts.Define(node.results.begin, in.physical, std::move(out));
  return OkStatus();
}

constexpr KernelRow kKernels[] = {
    {.name = "move.transpose", .propose = ProposeMove, .make = SourceKernel<Source>}};

constexpr OpDef kOps[] = {{.name = "stablehlo.transpose",
                           .infer = Infer,
                           .elements = SourceElements<Source>,
                           .kernels = kKernels,
                           .moves_only = true,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(transpose, kOps);

}  // namespace webhlo
