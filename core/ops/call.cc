// SPDX-License-Identifier: Apache-2.0
//
// func.call: calls a function of the same program. Calls are inlined before a plan is made, or run by
// the interpreter.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  const Graph& graph = op.graph();
  const std::string_view callee = op.String("callee");
  const Function* function = graph.FindFunction(callee);
  OP_CHECK(op, function != nullptr, "the program has no function @", callee);
  OP_CHECK(op, function->body != kNone, "function @", callee, " has no body");
  const Region& body = graph.regions[function->body];
  const std::span<const ValueId> returned = graph.results(body);
  OP_CHECK(op, op.num_operands() == body.arguments.size, "passes ", op.num_operands(),
           " arguments to @", callee, ", which takes ", body.arguments.size);
  OP_CHECK(op, op.num_results() == returned.size(), "expects ", op.num_results(),
           " results from @", callee, ", which returns ", returned.size());
  for (size_t i = 0; i < op.num_operands(); ++i) {
    const Type& expected = graph.type(body.arguments.begin + static_cast<ValueId>(i));
    OP_CHECK(op, op.operand_type(i) == expected, "operand ", i, " has type ",
             ToString(op.operand_type(i)), ", @", callee, " takes ", ToString(expected));
  }
  for (size_t i = 0; i < returned.size(); ++i) results[i] = graph.type(returned[i]);
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "func.call", .infer = Infer}};

}  // namespace

WEBHLO_EXPORT_OPS(call, kOps);

}  // namespace webhlo
