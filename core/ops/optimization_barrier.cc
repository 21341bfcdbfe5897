// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.optimization_barrier: https://openxla.org/stablehlo/spec#optimization_barrier
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  // C1
  OP_CHECK(op, op.num_operands() == op.num_results(), "has ", op.num_operands(), " operands and ",
           op.num_results(), " results (C1)");
  for (size_t i = 0; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckPlainValue(op, op.operand_type(i), StrCat("operand ", i)));
    results[i] = op.operand_type(i);
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.optimization_barrier",
                           .infer = Infer,
                           .reference = CopyOperands,
                           .aliases_operands = true,
                           .foldable = false}};

}  // namespace

WEBHLO_EXPORT_OPS(optimization_barrier, kOps);

}  // namespace webhlo
