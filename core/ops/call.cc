// SPDX-License-Identifier: Apache-2.0
//
// func.call, and stablehlo.composite (https://openxla.org/stablehlo/spec#composite), whose meaning
// is the function that decomposes it. Calls are inlined before a plan is made, or run by the
// interpreter.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// Operands and results are those of the function that the attribute `callee` names.
Status InferCall(const OpView& op, std::string_view callee_attribute, std::span<Type> results) {
  const Graph& graph = op.graph();
  const std::string_view callee = op.String(callee_attribute);
  const Function* function = graph.FindFunction(callee);
  OP_CHECK(op, function != nullptr, "the program has no function @", callee);
  OP_CHECK(op, function->body != kNone, "function @", callee, " has no body");
  const Region& body = graph.regions[function->body];
  const std::span<const ValueId> returned = graph.results(body);
  OP_CHECK(op, op.num_operands() == body.arguments.size, "passes ", op.num_operands(),
           " arguments to @", callee, ", which takes ", body.arguments.size);
  OP_CHECK(op, op.num_results() == returned.size(), "expects ", op.num_results(), " results from @",
           callee, ", which returns ", returned.size());
  for (size_t i = 0; i < op.num_operands(); ++i) {
    const Type& expected = graph.type(body.arguments.begin + static_cast<ValueId>(i));
    OP_CHECK(op, op.operand_type(i) == expected, "operand ", i, " has type ",
             ToString(op.operand_type(i)), ", @", callee, " takes ", ToString(expected));
  }
  for (size_t i = 0; i < returned.size(); ++i) results[i] = graph.type(returned[i]);
  return OkStatus();
}

Status Infer(const OpView& op, std::span<Type> results) { return InferCall(op, "callee", results); }

Status InferComposite(const OpView& op, std::span<Type> results) {
  // C1
  const std::string_view name = op.String("name");
  OP_CHECK(op, name.find('.') != std::string_view::npos, "name \"", name,
           "\" has no namespace (C1)");
  // C2-C4
  return InferCall(op, "decomposition", results);
}

constexpr OpDef kOps[] = {
    {.name = "func.call", .infer = Infer},
    {.name = "stablehlo.composite", .infer = InferComposite},
};

}  // namespace

WEBHLO_EXPORT_OPS(call, kOps);

}  // namespace webhlo
