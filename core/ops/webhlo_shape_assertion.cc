// SPDX-License-Identifier: Apache-2.0
//
// webhlo.shape_assertion: what a program demands of the sizes of its arguments. Operand 0 tells
// whether they are as they should be, the others are the numbers that `error_message` quotes as
// {0}, {1}, ... JAX's exports have it as custom_call @shape_assertion. Nothing is left of it once
// sizes are known.
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

std::string Message(const OpView& op) {
  std::string message(op.String("error_message"));
  for (size_t i = 1; i < op.num_operands(); ++i) {
    const auto value = KnownInts(op, i);
    const std::string mark = StrCat("{", i - 1, "}");
    const std::string number = value ? StrCat(value->front()) : "?";
    for (size_t at = 0; (at = message.find(mark, at)) != std::string::npos; at += number.size()) {
      message.replace(at, mark.size(), number);
    }
  }
  return message;
}

Status Infer(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckTensors(op));
  OP_CHECK(op, op.num_operands() > 0 && op.num_results() == 0, "has ", op.num_operands(),
           " operands and ", op.num_results(), " results, expected operands only");
  OP_CHECK(op, op.operand(0) == TensorType(ElementType::kI1, {}), "operand 0 has type ",
           ToString(op.operand(0)), ", expected tensor<i1>");
  for (size_t i = 1; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckIntegers(op, i, StrCat("operand ", i), {}, "scalars"));
  }
  const auto holds = KnownInts(op, 0);
  if (holds && holds->front() == 0) {
    return InvalidArgument(Message(op)).WithContext(DescribeNode(op.graph(), op.node()));
  }
  return OkStatus();
}

Status Expand(Rewriter& r, const Node& node) {
  const OpView op(r.source(), node, {});
  return r.Literals(node)[0] ? OkStatus() : UnknownOperand(op, 0);
}

constexpr OpDef kOps[] = {{.name = "webhlo.shape_assertion",
                           .infer = Infer,
                           .expand = Expand,
                           .has_side_effect = true,
                           .shape_operands = ShapeOperands<~uint64_t{0}>}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_shape_assertion, kOps);

}  // namespace webhlo
