// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.iota: https://openxla.org/stablehlo/spec#iota
#include "core/kernels/iota.h"

#include "core/base/strings.h"
#include "core/kernels/choice.h"
#include "core/kernels/loop_kernel.h"
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

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType& result = request.op.result();
  const int bits = BitWidth(result.element);
  const bool counts =
      IsFloat(result.element) ? bits >= 32 : IsInteger(result.element) && bits % 8 == 0;
  if (!counts || result.NumElements() == 0) return std::nullopt;
  return KernelChoice{.sizes = ToString(result)};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const TensorType& result = site.op.result();
  const size_t d = static_cast<size_t>(site.op.Int("iota_dimension"));
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<Iota>>(
      Iota(ByteWidth(result.element), IsFloat(result.element), result.NumElements(), result.dims[d],
           RowMajorStrides(result.dims)[d])));
}

constexpr KernelRow kKernels[] = {{.name = "iota", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.iota", .infer = Infer, .elements = Elements, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(iota, kOps);

}  // namespace webhlo
