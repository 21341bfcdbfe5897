// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.constant: https://openxla.org/stablehlo/spec#constant
// Plans place constants among their literals, but for large splats, which are filled when they are
// needed. The reference serves interpretation.
#include "core/kernels/choice.h"
#include "core/kernels/moves/copy.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckSizedTensors(op, 0));
  const DenseElements& value = op.attribute("value")->dense();
  // C1
  OP_CHECK(op, value.type == op.result(), "value has type ", ToString(value.type),
           ", the result has type ", ToString(op.result()), " (C1)");
  const int64_t elements = value.splat ? 1 : value.type.NumElements();
  OP_CHECK(op, static_cast<int64_t>(value.bytes.size()) == elements * ByteWidth(value.type.element),
           "value has ", value.bytes.size(), " bytes for ", elements, " elements of ",
           ElementTypeName(value.type.element));
  results[0] = value.type;
  return OkStatus();
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const DenseElements& value = args.op.attribute("value")->dense();
  const TensorView& output = args.outputs[0];
  const int64_t stride = value.splat ? 0 : 1;
  const int64_t one = 1, size = output.NumElements();
  StridedCopy(output.width(), std::span(&size, 1), value.bytes.data(), std::span(&stride, 1),
              output.at(0), std::span(&one, 1), begin, end);
}

std::optional<KernelChoice> ProposeFill(const KernelRequest& request) {
  if (!request.op.attribute("value")->dense().splat) return std::nullopt;
  return KernelChoice();
}

Result<std::unique_ptr<Kernel>> MakeFill(const KernelSite& site) {
  return MakeFillKernel(site.op.attribute("value")->dense().bytes, site.op.result().NumElements());
}

constexpr KernelRow kKernels[] = {{.name = "fill", .propose = ProposeFill, .make = MakeFill}};

constexpr OpDef kOps[] = {{.name = "stablehlo.constant",
                           .infer = Infer,
                           .elements = Elements,
                           .kernels = kKernels,
                           .foldable = false}};

}  // namespace

WEBHLO_EXPORT_OPS(constant, kOps);

}  // namespace webhlo
