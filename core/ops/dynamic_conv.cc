// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_conv: https://openxla.org/stablehlo/spec#dynamic_conv
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> Convolution(const OpView& op) {
  std::optional<std::vector<int64_t>> padding = KnownInts(op, 2);
  if (!padding) return UnknownOperand(op, 2);
  Sister sister{ops::kConvolution, 2, CopyAttributes(op.graph(), op.node())};
  sister.attributes.push_back({"padding", Attribute::Ints(std::move(*padding))});
  return sister;
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  // C4
  const int64_t shape[] = {std::max(op.operand(0).rank() - 2, 0), 2};
  RETURN_IF_ERROR(CheckIntegers(op, 2, "padding", shape, "C4"));
  // All others
  const Result<Sister> sister = Convolution(op);
  return sister.ok() ? InferSister(op, *sister, results) : OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_conv",
                           .infer = Infer,
                           .expand = ExpandSister<Convolution>,
                           .shape_operands = ShapeOperands<0b100>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_conv, kOps);

}  // namespace webhlo
