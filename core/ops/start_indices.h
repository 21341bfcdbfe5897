// SPDX-License-Identifier: Apache-2.0
//
// Start indices computed at run time: how dynamic_slice, dynamic_update_slice and gather read and
// clamp them.
#ifndef WEBHLO_CORE_OPS_START_INDICES_H_
#define WEBHLO_CORE_OPS_START_INDICES_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/graph/tensor.h"
#include "core/jit/trips.h"
#include "core/kernels/moves/dynamic_slice.h"
#include "core/kernels/moves/indices.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"

namespace webhlo {

// clamp(0, start, dim - size); size <= dim.
inline int64_t ClampStart(int64_t start, int64_t dim, int64_t size) {
  return std::clamp<int64_t>(start, 0, dim - size);
}

// Operands `first`... are `rank` scalars of one integer type.
inline Status CheckStartIndices(const OpView& op, size_t first, size_t rank,
                                std::string_view size_label, std::string_view type_label) {
  OP_CHECK(op, op.num_operands() == first + rank, "has ", op.num_operands() - first,
           " start indices for rank ", rank, " (", size_label, ")");
  for (size_t i = first; i < op.num_operands(); ++i) {
    const TensorType& type = op.operand(i);
    OP_CHECK(op, type.rank() == 0 && IsInteger(type.element), "start index ", i - first,
             " has type ", ToString(type), ", expected a scalar integer");
    RETURN_IF_ERROR(CheckType(op, StrCat("start index ", i - first), op.operand_type(i),
                              op.operand_type(first), type_label));
  }
  return OkStatus();
}

// What the kernels of dynamic slices take. `first`: the operand that is the first start index.
inline DynamicSliceSizes SlicesOf(const OpView& op, const TensorType& window, size_t first) {
  const TensorType& tensor = op.operand(0);
  return {ByteWidth(tensor.StorageType()), tensor.dims, window.dims,
          tensor.dims.empty() ? TensorType() : op.operand(first)};
}

// Adds such a step to a loop's trips (KernelRow::join) if its window is one run of elements: result
// 0, or `replacement`, an operand.
inline bool JoinWindow(const StepSite& site, std::optional<uint32_t> replacement,
                       jit::Trips& trips) {
  const OpView& op = site.op;
  const std::vector<int64_t>& dims = op.operand(0).dims;
  const TensorType& window = replacement ? op.operand(*replacement) : op.result();
  const uint32_t first = replacement ? *replacement + 1 : 1;
  jit::WindowMove move = {.from = site.slot + replacement.value_or(0),
                          .to = site.slot + static_cast<uint32_t>(op.num_operands()),
                          .starts = {},
                          .replaces = replacement.has_value(),
                          .bytes = window.ByteSize()};
  if (!IsOneRun(dims, window.dims)) return false;
  const std::vector<int64_t> strides = RowMajorStrides(dims);
  for (size_t d = 0; d < dims.size(); ++d) {
    if (window.dims[d] == dims[d]) continue;
    move.starts.push_back({.slot = site.slot + first + static_cast<uint32_t>(d),
                           .element = op.operand(first + d).element,
                           .last = dims[d] - window.dims[d],
                           .stride = strides[d] * ByteWidth(window.StorageType())});
  }
  return trips.AddMove(std::move(move));
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_START_INDICES_H_
