// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reverse: https://openxla.org/stablehlo/spec#reverse
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_kernels.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const auto dimensions = op.Ints("dimensions");
  // C2
  RETURN_IF_ERROR(CheckUnique(op, "dimensions", dimensions, "C2"));
  // C3
  RETURN_IF_ERROR(CheckRange(op, "dimensions", dimensions, op.operand(0).rank(), "C3"));
  // C1
  results[0] = op.operand_type(0);
  return OkStatus();
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const std::vector<int64_t> result_strides = RowMajorStrides(result.dims());
  std::vector<int64_t> operand_strides = result_strides;
  // operand_index[d] = dim(result, d) - result_index[d] - 1 if d in dimensions
  int64_t start = 0;
  for (int64_t dimension : args.op.Ints("dimensions")) {
    const size_t d = static_cast<size_t>(dimension);
    start += (result.dims()[d] - 1) * operand_strides[d];
    operand_strides[d] = -operand_strides[d];
  }
  StridedCopy(result.width(), result.dims(), operand.at(start), operand_strides, result.at(0),
              result_strides, begin, end);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.reverse",
                           .infer = Infer,
                           .elements = Elements,
                           .kernel = MakeReverseKernel,
                           .moves_only = true}};

}  // namespace

WEBHLO_EXPORT_OPS(reverse, kOps);

}  // namespace webhlo
