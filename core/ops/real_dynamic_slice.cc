// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.real_dynamic_slice: stablehlo.slice with bounds that are computed. The specification
// leaves it out; the constraints are those of
// https://openxla.org/stablehlo/spec#slice
#include <iterator>

#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

constexpr std::string_view kNames[] = {"start_indices", "limit_indices", "strides"};

Result<Sister> Slice(const OpView& op) { return WithIntsOf(op, {ops::kSlice, 1, {}}, kNames); }

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 4));
  const TensorType& operand = op.operand(0);
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, operand.element, "C1"));
  // C2
  const int64_t rank[] = {operand.rank()};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    RETURN_IF_ERROR(CheckIntegers(op, 1 + i, kNames[i], rank, "C2"));
  }
  // C3-C5
  return InferSister(op, Slice(op), results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.real_dynamic_slice",
                           .infer = Infer,
                           .expand = ExpandSister<Slice>,
                           .shape_operands = ShapeOperands<0b1110>}};

}  // namespace

WEBHLO_EXPORT_OPS(real_dynamic_slice, kOps);

}  // namespace webhlo
