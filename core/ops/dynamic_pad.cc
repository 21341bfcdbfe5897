// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_pad: https://openxla.org/stablehlo/spec#dynamic_pad
#include <iterator>

#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

constexpr std::string_view kNames[] = {"edge_padding_low", "edge_padding_high", "interior_padding"};

Result<Sister> Pad(const OpView& op) { return WithIntsOf(op, {ops::kPad, 2, {}}, kNames); }

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 5));
  const TensorType& operand = op.operand(0);
  // C1
  RETURN_IF_ERROR(CheckElement(op, "padding_value", op.operand(1).element, operand.element, "C1"));
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, operand.element, "C1"));
  // C2
  const int64_t rank[] = {operand.rank()};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    RETURN_IF_ERROR(CheckIntegers(op, 2 + i, kNames[i], rank, "C2"));
  }
  // C3 and C4
  return InferSister(op, Pad(op), results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_pad",
                           .infer = Infer,
                           .expand = ExpandSister<Pad>,
                           .shape_operands = ShapeOperands<0b11100>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_pad, kOps);

}  // namespace webhlo
