// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.iota: https://openxla.org/stablehlo/spec#iota
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckSizedTensors(op, 0));
  const ElementType element = op.result().element;
  OP_CHECK(op, IsInteger(element) || IsFloat(element) || IsComplex(element), "result has type ",
           ToString(op.result()), ", expected integer, floating-point or complex elements");
  // C1
  return CheckRange(op, "iota_dimension", op.Int("iota_dimension"), op.result().rank(), "C1");
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& output = args.outputs[0];
  const size_t iota_dimension = static_cast<size_t>(args.op.Int("iota_dimension"));
  const int64_t size = output.dims()[iota_dimension];
  const int64_t stride = RowMajorStrides(output.dims())[iota_dimension];
  for (int64_t i = begin; i < end; ++i) {
    const int64_t value = i / stride % size;
    if (IsFloat(output.element())) {
      output.SetF64(i, static_cast<double>(value));
    } else if (IsComplex(output.element())) {
      output.SetC128(i, static_cast<double>(value));
    } else {
      output.SetI64(i, value);
    }
  }
}

constexpr OpDef kOps[] = {{.name = "stablehlo.iota", .infer = Infer, .elements = Elements}};

}  // namespace

WEBHLO_EXPORT_OPS(iota, kOps);

}  // namespace webhlo
