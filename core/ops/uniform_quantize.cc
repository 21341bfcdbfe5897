// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.uniform_quantize and stablehlo.uniform_dequantize:
// https://openxla.org/stablehlo/spec#uniform_quantize
// The pass expand-quantized, which comes before whatever runs nodes, writes them as arithmetic.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status CheckOperandAndResult(const OpView& op) {
  RETURN_IF_ERROR(CheckCounts(op, 1, 1));
  for (const Type* type : {&op.operand_type(0), &op.result_type(0)}) {
    OP_CHECK(op, type->IsTensor() && type->tensor.encoding.empty(), "has a value of type ",
             ToString(*type), ", expected tensors");
  }
  return CheckShape(op, "result", op.result(), op.operand(0).dims, "C1");
}

// The float type of a tensor of floats, or of what a quantized tensor expresses.
ElementType Expressed(const TensorType& type) {
  return type.quantized ? type.quantized->expressed : type.element;
}

Status InferQuantize(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckOperandAndResult(op));
  const TensorType &operand = op.operand(0), &result = op.result();
  OP_CHECK(op, result.quantized && IsFloat(Expressed(operand)), "makes ", ToString(result), " of ",
           ToString(operand), ", expected floats to become quantized");
  RETURN_IF_ERROR(CheckElement(op, "operand", Expressed(operand), Expressed(result), "C2"));
  results[0] = op.result_type(0);
  return OkStatus();
}

Status InferDequantize(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckOperandAndResult(op));
  const TensorType& operand = op.operand(0);
  OP_CHECK(op, operand.quantized, "operand has type ", ToString(operand),
           ", expected a quantized one");
  results[0] = TensorType(Expressed(operand), operand.dims);
  return CheckElement(op, "result", op.result().element, Expressed(operand), "C2");
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.uniform_dequantize", .infer = InferDequantize},
    {.name = "stablehlo.uniform_quantize", .infer = InferQuantize},
};

}  // namespace

WEBHLO_EXPORT_OPS(uniform_quantize, kOps);

}  // namespace webhlo
