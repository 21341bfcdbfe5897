// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_update_slice: https://openxla.org/stablehlo/spec#dynamic_update_slice
#include "core/kernels/moves/dynamic_slice.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/start_indices.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op));
  OP_CHECK(op, op.num_operands() >= 2 && op.num_results() == 1, "has ", op.num_operands(),
           " operands and ", op.num_results(), " results");
  const TensorType& operand = op.operand(0);
  const TensorType& update = op.operand(1);
  // C2
  RETURN_IF_ERROR(CheckElement(op, "update", update.element, operand.element, "C2"));
  // C3
  OP_CHECK(op, update.rank() == operand.rank(), "update has rank ", update.rank(),
           ", the operand has rank ", operand.rank(), " (C3)");
  // C4, C5
  RETURN_IF_ERROR(CheckStartIndices(op, 2, operand.dims.size(), "C4", "C5"));
  // C6
  for (size_t d = 0; d < operand.dims.size(); ++d) {
    OP_CHECK(op, update.dims[d] <= operand.dims[d], "update dim ", d, " is ", update.dims[d],
             ", operand dim is ", operand.dims[d], " (C6)");
  }
  // C1
  results[0] = operand;
  return OkStatus();
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& operand = args.inputs[0];
  const TensorView& update = args.inputs[1];
  const TensorView& result = args.outputs[0];
  std::vector<int64_t> adjusted_start_indices;
  for (size_t d = 0; d < operand.dims().size(); ++d) {
    adjusted_start_indices.push_back(
        ClampStart(LoadIndex(args.inputs[2 + d], 0), operand.dims()[d], update.dims()[d]));
  }
  co_await CopyElements(args.budget, operand, result);
  // update_index = result_index - adjusted_start_indices
  const std::vector<int64_t> strides = RowMajorStrides(result.dims());
  const std::vector<int64_t> update_strides = RowMajorStrides(update.dims());
  co_await StridedCopyAll(args.budget, result.width(), update.dims(), update.at(0), update_strides,
                          result.at(Offset(adjusted_start_indices, strides)), strides);
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  return KernelChoice{.sizes = DescribeMove(request.op), .in_place_operand = 0};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  return MakeDynamicUpdateSlice(SlicesOf(op, op.operand(1), 2));
}

// Elsewhere than in place it would copy the rest.
bool Join(const StepSite& site, jit::Trips& trips) {
  return site.in_place && JoinWindow(site, 1, trips);
}

constexpr KernelRow kKernels[] = {
    {.name = "move.dynamic_update_slice", .propose = Propose, .make = Make, .join = Join}};

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_update_slice",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .moves_part = true}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_update_slice, kOps);

}  // namespace webhlo
