// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.case: https://openxla.org/stablehlo/spec#case
// The executor runs the branches itself; an index out of range takes the last one.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  // C1
  OP_CHECK(op, op.num_regions() > 0, "has no branches (C1)");
  OP_CHECK(op, op.num_operands() == 1, "has ", op.num_operands(), " operands, expected 1");
  OP_CHECK(op, op.operand_type(0) == Type(TensorType(ElementType::kI32, {})), "index has type ",
           ToString(op.operand_type(0)), ", expected tensor<i32>");
  // C4
  RETURN_IF_ERROR(TakeRegionResults(op, 0, results, "C4"));
  for (size_t i = 0; i < op.num_regions(); ++i) {
    // C2, C3
    RETURN_IF_ERROR(CheckRegionArguments(op, i, {}, "C2"));
    RETURN_IF_ERROR(CheckRegionResults(op, i, results, "C3"));
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.case", .infer = Infer, .control_flow = ControlFlow::kCase}};

}  // namespace

WEBHLO_EXPORT_OPS(case, kOps);

}  // namespace webhlo
