// SPDX-License-Identifier: Apache-2.0
//
// func.call, and stablehlo.composite (https://openxla.org/stablehlo/spec#composite), whose meaning
// is the function that decomposes it. Calls are inlined before a plan is made, or run by the
// interpreter.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// The verifier compares operands and results with the function's.
Status Infer(const OpView&, std::span<Type>) { return OkStatus(); }

Status InferComposite(const OpView& op, std::span<Type>) {
  // C1. C2-C4 are the call's.
  const std::string_view name = op.String("name");
  OP_CHECK(op, name.find('.') != std::string_view::npos, "name \"", name,
           "\" has no namespace (C1)");
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "func.call", .infer = Infer, .control_flow = ControlFlow::kCall},
    {.name = "stablehlo.composite", .infer = InferComposite, .control_flow = ControlFlow::kCall},
};

}  // namespace

WEBHLO_EXPORT_OPS(call, kOps);

}  // namespace webhlo
