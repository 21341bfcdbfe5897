// SPDX-License-Identifier: Apache-2.0
//
// webhlo.dynamic_top_k: chlo.top_k with its k as an operand. JAX's exports have it as
// custom_call @stablehlo.dynamic_top_k.
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> TopK(const OpView& op) {
  const std::optional<std::vector<int64_t>> k = KnownInts(op, 1);
  if (!k) return UnknownOperand(op, 1);
  return Sister{ops::kChloTopK, 1, {{"k", Attribute::Int(k->front())}}};
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2, 2));
  RETURN_IF_ERROR(CheckIntegers(op, 1, "k", {}, "C1"));
  return InferSister(op, TopK(op), results);
}

constexpr OpDef kOps[] = {{.name = "webhlo.dynamic_top_k",
                           .infer = Infer,
                           .expand = ExpandSister<TopK>,
                           .shape_operands = ShapeOperands<0b10>}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_dynamic_top_k, kOps);

}  // namespace webhlo
