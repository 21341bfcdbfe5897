// SPDX-License-Identifier: Apache-2.0
//
// webhlo.softmax(x): exp(x - max) / sum(exp(x - max)) over the last dimension. With the attribute
// zero_masked_rows a row of -infinity gives zeros (else it gives NaN).
#include "core/base/strings.h"
#include "core/kernels/choice.h"
#include "core/kernels/loop_kernel.h"
#include "core/kernels/softmax.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"
#include "core/ops/softmax.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckOneFloatType(op, 1));
  OP_CHECK(op, op.operand(0).rank() >= 1, "operand has rank 0, expected a dimension to run over");
  results[0] = op.operand_type(0);
  return OkStatus();
}

Task Reference(const ReferenceArgs& args) {
  return SoftmaxRows(args.inputs[0], args.op.Bool("zero_masked_rows"), args.outputs[0],
                     args.budget);
}

Softmax SoftmaxOf(const OpView& op) {
  const int64_t columns = op.operand(0).dims.back();
  return Softmax(op.operand(0).NumElements() / columns, columns, op.Bool("zero_masked_rows"));
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType& operand = request.op.operand(0);
  if (!IsF32(request.op) || operand.NumElements() == 0) return std::nullopt;
  const int64_t columns = operand.dims.back();
  return KernelChoice{.sizes = StrCat(operand.NumElements() / columns, "x", columns),
                      .scratch_bytes = SoftmaxOf(request.op).scratch_bytes(),
                      .in_place_operand = 0};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<Softmax>>(SoftmaxOf(site.op)));
}

constexpr KernelRow kKernels[] = {{.name = "softmax", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {
    {.name = "webhlo.softmax", .infer = Infer, .reference = Reference, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_softmax, kOps);

}  // namespace webhlo
