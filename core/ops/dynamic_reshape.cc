// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_reshape: https://openxla.org/stablehlo/spec#dynamic_reshape
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> Reshape(const OpView&) { return Sister{ops::kReshape, 1, {}}; }

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, op.operand(0).element, "C1"));
  // C2 and C4
  ASSIGN_OR_RETURN(const Sister sister, Reshape(op));
  return InferSized(op, 1, "output_shape", "C4", sister, results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_reshape",
                           .infer = Infer,
                           .expand = ExpandSister<Reshape>,
                           .shape_operands = ShapeOperands<0b10>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_reshape, kOps);

}  // namespace webhlo
