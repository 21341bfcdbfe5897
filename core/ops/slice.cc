// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.slice: https://openxla.org/stablehlo/spec#slice
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_kernels.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const auto start_indices = op.Ints("start_indices");
  const auto limit_indices = op.Ints("limit_indices");
  const auto strides = op.Ints("strides");
  const size_t rank = operand.dims.size();
  // C2
  RETURN_IF_ERROR(CheckSize(op, "start_indices", start_indices, rank, "C2"));
  RETURN_IF_ERROR(CheckSize(op, "limit_indices", limit_indices, rank, "C2"));
  RETURN_IF_ERROR(CheckSize(op, "strides", strides, rank, "C2"));
  // C4
  RETURN_IF_ERROR(CheckAtLeast(op, "strides", strides, 1, "C4"));
  std::vector<int64_t> dims;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t start = start_indices[d];
    const int64_t limit = limit_indices[d];
    // C3
    OP_CHECK(op, 0 <= start && start <= limit && limit <= operand.dims[d], "dimension ", d,
             " is sliced from ", start, " to ", limit,
             ", expected 0 <= start <= limit <= ", operand.dims[d], " (C3)");
    // C5, by a form of ceil that cannot overflow
    dims.push_back(start == limit ? 0 : (limit - start - 1) / strides[d] + 1);
  }
  // C1, C5
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const auto start_indices = args.op.Ints("start_indices");
  const auto strides = args.op.Ints("strides");
  const std::vector<int64_t> operand_strides = RowMajorStrides(operand.dims());
  // operand_index = start_indices + result_index * strides
  std::vector<int64_t> steps(strides.size());
  for (size_t d = 0; d < strides.size(); ++d) {
    // A stride beyond the only element is never taken; it may not overflow either.
    steps[d] = result.dims()[d] == 1 ? 0 : strides[d] * operand_strides[d];
  }
  StridedCopy(result.width(), result.dims(), operand.at(Offset(start_indices, operand_strides)),
              steps, result.at(0), RowMajorStrides(result.dims()), begin, end);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.slice",
                           .infer = Infer,
                           .elements = Elements,
                           .kernel = MakeSliceKernel,
                           .moves_only = true}};

}  // namespace

WEBHLO_EXPORT_OPS(slice, kOps);

}  // namespace webhlo
