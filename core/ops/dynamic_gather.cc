// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_gather: https://openxla.org/stablehlo/spec#dynamic_gather
// What dimension numbers must be is said with stablehlo.gather's labels.
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> Gather(const OpView& op) {
  constexpr std::string_view kNames[] = {"slice_sizes"};
  return WithIntsOf(op, {ops::kGather, 2, CopyAttributes(op.graph(), op.node())}, kNames);
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  const TensorType& operand = op.operand(0);
  // C11
  const int64_t rank[] = {operand.rank()};
  RETURN_IF_ERROR(CheckIntegers(op, 2, "slice_sizes", rank, "C11"));
  // C14
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, operand.element, "C14"));
  // C1-C10, C12 and C13
  return InferSister(op, Gather(op), results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_gather",
                           .infer = Infer,
                           .expand = ExpandSister<Gather>,
                           .shape_operands = ShapeOperands<0b100>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_gather, kOps);

}  // namespace webhlo
