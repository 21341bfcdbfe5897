// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_slice: https://openxla.org/stablehlo/spec#dynamic_slice
#include "core/kernels/moves/dynamic_slice.h"

#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/start_indices.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op));
  OP_CHECK(op, op.num_operands() >= 1 && op.num_results() == 1, "has ", op.num_operands(),
           " operands and ", op.num_results(), " results");
  const TensorType& operand = op.operand(0);
  const auto slice_sizes = op.Ints("slice_sizes");
  // C2, C3
  RETURN_IF_ERROR(CheckStartIndices(op, 1, operand.dims.size(), "C2", "C3"));
  RETURN_IF_ERROR(CheckSize(op, "slice_sizes", slice_sizes, operand.dims.size(), "C2"));
  // C4
  for (size_t d = 0; d < slice_sizes.size(); ++d) {
    OP_CHECK(op, slice_sizes[d] >= 0 && slice_sizes[d] <= operand.dims[d], "slice size ", d, " is ",
             slice_sizes[d], ", the operand's dimension is ", operand.dims[d], " (C4)");
  }
  // C1, C5
  return SetResult(op, results, 0, operand.element,
                   std::vector<int64_t>(slice_sizes.begin(), slice_sizes.end()));
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const auto slice_sizes = args.op.Ints("slice_sizes");
  std::vector<int64_t> adjusted_start_indices;
  for (size_t d = 0; d < slice_sizes.size(); ++d) {
    adjusted_start_indices.push_back(
        ClampStart(LoadIndex(args.inputs[1 + d], 0), operand.dims()[d], slice_sizes[d]));
  }
  // operand_index = adjusted_start_indices + result_index
  const std::vector<int64_t> strides = RowMajorStrides(operand.dims());
  StridedCopy(result.width(), result.dims(), operand.at(Offset(adjusted_start_indices, strides)),
              strides, result.at(0), RowMajorStrides(result.dims()), begin, end);
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  return MakeDynamicSlice(SlicesOf(op, op.result(), 1));
}

bool Join(const StepSite& site, jit::Trips& trips) { return JoinWindow(site, std::nullopt, trips); }

constexpr KernelRow kKernels[] = {
    {.name = "move.dynamic_slice", .propose = ProposeMove, .make = Make, .join = Join}};

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_slice",
                           .infer = Infer,
                           .elements = Elements,
                           .kernels = kKernels,
                           .moves_only = true,
                           .moves_part = true}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_slice, kOps);

}  // namespace webhlo
