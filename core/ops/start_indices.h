// SPDX-License-Identifier: Apache-2.0
//
// Start indices computed at run time: how dynamic_slice, dynamic_update_slice and gather read and
// clamp them.
#ifndef WEBHLO_CORE_OPS_START_INDICES_H_
#define WEBHLO_CORE_OPS_START_INDICES_H_

#include <algorithm>
#include <cstdint>

#include "core/graph/tensor.h"
#include "core/kernels/moves/dynamic_slice.h"
#include "core/kernels/moves/indices.h"
#include "core/ops/infer_util.h"

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

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_START_INDICES_H_
