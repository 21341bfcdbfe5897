// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dynamic_conv: https://openxla.org/stablehlo/spec#dynamic_conv
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> Convolution(const OpView& op) {
  constexpr std::string_view kNames[] = {"padding"};
  return WithIntsOf(op, {ops::kConvolution, 2, CopyAttributes(op.graph(), op.node())}, kNames);
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  // C4
  const int64_t shape[] = {std::max(op.operand(0).rank() - 2, 0), 2};
  RETURN_IF_ERROR(CheckIntegers(op, 2, "padding", shape, "C4"));
  // All others
  return InferSister(op, Convolution(op), results);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dynamic_conv",
                           .infer = Infer,
                           .expand = ExpandSister<Convolution>,
                           .shape_operands = ShapeOperands<0b100>}};

}  // namespace

WEBHLO_EXPORT_OPS(dynamic_conv, kOps);

}  // namespace webhlo
