// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reshape: https://openxla.org/stablehlo/spec#reshape
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const TensorType& result = op.result();
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", result.element, operand.element, "C1"));
  // C2
  OP_CHECK(op, operand.NumElements() == result.NumElements(), "operand has ", operand.NumElements(),
           " elements, the result has ", result.NumElements(), " (C2)");
  return OkStatus();
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& result = args.outputs[0];
  std::memcpy(result.at(begin), args.inputs[0].at(begin),
              static_cast<size_t>((end - begin) * result.width()));
}

constexpr OpDef kOps[] = {{.name = "stablehlo.reshape",
                           .infer = Infer,
                           .elements = Elements,
                           .moves_only = true,
                           .aliases_operands = true}};

}  // namespace

WEBHLO_EXPORT_OPS(reshape, kOps);

}  // namespace webhlo
