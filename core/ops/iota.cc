// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.iota: https://openxla.org/stablehlo/spec#iota
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckTensors(op, 0));
  const ElementType element = op.result().element;
  OP_CHECK(op, IsInteger(element) || IsFloat(element) || IsComplex(element), "result has type ",
           ToString(op.result()), ", expected integer, floating-point or complex elements");
  // C1
  return CheckRange(op, "iota_dimension", op.Int("iota_dimension"), op.result().rank(), "C1");
}

Status Reference(const ReferenceArgs& args) {
  const TensorView& output = args.outputs[0];
  const size_t iota_dimension = static_cast<size_t>(args.op.Int("iota_dimension"));
  for (IndexIterator it(output.dims()); !it.done(); it.Next()) {
    const int64_t value = it.index()[iota_dimension];
    if (IsFloat(output.element())) {
      output.SetF64(it.linear(), static_cast<double>(value));
    } else if (IsComplex(output.element())) {
      output.SetC128(it.linear(), static_cast<double>(value));
    } else {
      output.SetI64(it.linear(), value);
    }
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.iota", .infer = Infer, .reference = Reference}};

}  // namespace

WEBHLO_EXPORT_OPS(iota, kOps);

}  // namespace webhlo
