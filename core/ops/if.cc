// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.if: https://openxla.org/stablehlo/spec#if
// The executor runs the branches itself.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  OP_CHECK(op, op.num_operands() == 1 && op.num_regions() == 2, "has ", op.num_operands(),
           " operands and ", op.num_regions(), " regions, expected 1 and 2");
  OP_CHECK(op, op.operand_type(0) == Type(TensorType(ElementType::kI1, {})), "pred has type ",
           ToString(op.operand_type(0)), ", expected tensor<i1>");
  // C1
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, {}, "C1"));
  RETURN_IF_ERROR(CheckRegionArguments(op, 1, {}, "C1"));
  // C3
  RETURN_IF_ERROR(TakeRegionResults(op, 0, results, "C3"));
  // C2
  return CheckRegionResults(op, 1, results, "C2");
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.if", .infer = Infer, .control_flow = ControlFlow::kIf}};

}  // namespace

WEBHLO_EXPORT_OPS(if, kOps);

}  // namespace webhlo
