// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_broadcast_in_dim:
// https://openxla.org/stablehlo/spec#dynamic_broadcast_in_dim
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> BroadcastInDim(const OpView& op) {
  return Sister{
      ops::kBroadcastInDim, 1, {{"broadcast_dimensions", *op.attribute("broadcast_dimensions")}}};
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& operand = op.operand(0);
  const auto broadcast_dimensions = op.Ints("broadcast_dimensions");
  const auto expanding = op.Ints("known_expanding_dimensions");
  const auto nonexpanding = op.Ints("known_nonexpanding_dimensions");
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, operand.element, "C1"));
  // C2
  RETURN_IF_ERROR(
      CheckSize(op, "broadcast_dimensions", broadcast_dimensions, operand.dims.size(), "C2"));
  // C3
  RETURN_IF_ERROR(
      CheckRange(op, "broadcast_dimensions", broadcast_dimensions, op.result().rank(), "C3"));
  // C8
  RETURN_IF_ERROR(CheckUnique(op, "known_expanding_dimensions and known_nonexpanding_dimensions",
                              Concat(expanding, nonexpanding), "C8"));
  // C9
  RETURN_IF_ERROR(CheckRange(op, "known_expanding_dimensions", expanding, operand.rank(), "C9"));
  // C10
  RETURN_IF_ERROR(
      CheckRange(op, "known_nonexpanding_dimensions", nonexpanding, operand.rank(), "C10"));
  // C4, C5 and C7
  ASSIGN_OR_RETURN(const Sister sister, BroadcastInDim(op));
  return InferSized(op, 1, "output_dimensions", "C7", sister, results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_broadcast_in_dim",
                           .infer = Infer,
                           .expand = ExpandSister<BroadcastInDim>,
                           .shape_operands = ShapeOperands<0b10>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_broadcast_in_dim, kOps);

}  // namespace webhlo
