// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.set_dimension_size: the first `size` elements along a dimension, where the type of the
// result says that there are at most as many as before. The specification leaves it out.
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"
#include "core/ops/slices.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& operand = op.operand(0);
  const int64_t dimension = op.Int("dimension");
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, operand.element, "C1"));
  RETURN_IF_ERROR(CheckIntegers(op, 1, "size", {}, "C2"));
  RETURN_IF_ERROR(CheckRange(op, "dimension", dimension, operand.rank(), "C3"));
  std::vector<int64_t> dims = operand.dims;
  int64_t& size = dims[static_cast<size_t>(dimension)];
  if (const auto known = KnownInts(op, 1)) {
    RETURN_IF_ERROR(CheckRange(op, "size", *known, size + 1, "C4"));
    size = known->front();
  } else if (!op.result().IsStatic()) {
    return OkStatus();
  }
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

// All of a dimension, or the first part of it, by what the type of the result has come to be.
Result<Sister> Slice(const OpView& op) {
  const auto& dims = op.result().dims;
  return Sister{ops::kSlice, 1, SliceAttributes(std::vector<int64_t>(dims.size(), 0), dims)};
}

constexpr OpDef kOps[] = {{.name = "stablehlo.set_dimension_size",
                           .infer = Infer,
                           .expand = ExpandSister<Slice>,
                           .shape_operands = ShapeOperands<0b10>}};

}  // namespace

WEBHLO_EXPORT_OPS(set_dimension_size, kOps);

}  // namespace webhlo
