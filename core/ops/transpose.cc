// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.transpose: https://openxla.org/stablehlo/spec#transpose
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_kernels.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const auto permutation = op.Ints("permutation");
  // C2
  RETURN_IF_ERROR(CheckSize(op, "permutation", permutation, operand.dims.size(), "C2"));
  RETURN_IF_ERROR(CheckRange(op, "permutation", permutation, operand.rank(), "C2"));
  RETURN_IF_ERROR(CheckUnique(op, "permutation", permutation, "C2"));
  // C1, C3
  std::vector<int64_t> dims;
  for (int64_t d : permutation) dims.push_back(operand.dims[static_cast<size_t>(d)]);
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const std::vector<int64_t> operand_strides = RowMajorStrides(operand.dims());
  // result_index[d] = operand_index[permutation[d]]
  std::vector<int64_t> strides;
  for (int64_t d : args.op.Ints("permutation")) {
    strides.push_back(operand_strides[static_cast<size_t>(d)]);
  }
  StridedCopy(result.width(), result.dims(), operand.at(0), strides, result.at(0),
              RowMajorStrides(result.dims()), begin, end);
}

constexpr OpDef kOps[] = {{.name = "stablehlo.transpose",
                           .infer = Infer,
                           .elements = Elements,
                           .kernel = MakeTransposeKernel,
                           .moves_only = true}};

}  // namespace

WEBHLO_EXPORT_OPS(transpose, kOps);

}  // namespace webhlo
