// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.get_dimension_size: https://openxla.org/stablehlo/spec#get_dimension_size
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  // C1
  RETURN_IF_ERROR(CheckRange(op, "dimension", op.Int("dimension"), op.operand(0).rank(), "C1"));
  results[0] = TensorType(ElementType::kI32, {});
  return OkStatus();
}

void Elements(const ReferenceArgs& args, int64_t, int64_t) {
  args.outputs[0].SetI64(0, args.inputs[0].dims()[static_cast<size_t>(args.op.Int("dimension"))]);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.get_dimension_size",
                           .infer = Infer,
                           .elements = Elements,
                           .reads_types_only = true}};

}  // namespace

WEBHLO_EXPORT_OPS(get_dimension_size, kOps);

}  // namespace webhlo
