// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_iota: https://openxla.org/stablehlo/spec#dynamic_iota
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> Iota(const OpView& op) {
  return Sister{ops::kIota, 0, CopyAttributes(op.graph(), op.node())};
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  // C1: the rank of the result is the size of output_shape.
  RETURN_IF_ERROR(
      CheckRange(op, "iota_dimension", op.Int("iota_dimension"), op.result().rank(), "C1"));
  // C2
  ASSIGN_OR_RETURN(const Sister sister, Iota(op));
  return InferSized(op, 0, "output_shape", "C2", sister, results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_iota",
                           .infer = Infer,
                           .expand = ExpandSister<Iota>,
                           .shape_operands = ShapeOperands<0b1>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_iota, kOps);

}  // namespace webhlo
