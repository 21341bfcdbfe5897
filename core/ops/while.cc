// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.while: https://openxla.org/stablehlo/spec#while
// The executor runs the loop itself.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  OP_CHECK(op, op.num_regions() == 2, "has ", op.num_regions(), " regions, expected 2");
  // C3
  OP_CHECK(op, op.num_results() == op.num_operands(), "has ", op.num_operands(), " operands and ",
           op.num_results(), " results (C3)");
  std::vector<Type> state;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckPlainValue(op, op.operand_type(i), StrCat("operand ", i)));
    state.push_back(op.operand_type(i));
    results[i] = op.operand_type(i);
  }
  // C1
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, state, "C1"));
  RETURN_IF_ERROR(
      CheckRegionResults(op, 0, std::vector<Type>{TensorType(ElementType::kI1, {})}, "C1"));
  // C2
  RETURN_IF_ERROR(CheckRegionArguments(op, 1, state, "C2"));
  return CheckRegionResults(op, 1, state, "C2");
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.while", .infer = Infer, .control_flow = ControlFlow::kWhile}};

}  // namespace

WEBHLO_EXPORT_OPS(while, kOps);

}  // namespace webhlo
