// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.broadcast: operand repeated along new leading dimensions of the given sizes
// (https://www.tensorflow.org/xla/operation_semantics#broadcast; the specification has
// broadcast_in_dim in its place).
#include <numeric>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const auto sizes = op.Ints("broadcast_sizes");
  RETURN_IF_ERROR(CheckAtLeast(op, "broadcast_sizes", sizes, 0, "sizes"));
  return SetResult(op, results, 0, op.operand(0).element, Concat(sizes, op.operand(0).dims));
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  std::vector<int64_t> dims(e.op().operand(0).dims.size());
  std::iota(dims.begin(), dims.end(), static_cast<int64_t>(e.op().Ints("broadcast_sizes").size()));
  e.SetResult(0, e.Broadcast(e.Operand(0), std::move(dims), e.op().result()));
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.broadcast", .infer = Infer, .expand = Expand}};

}  // namespace

WEBHLO_EXPORT_OPS(broadcast, kOps);

}  // namespace webhlo
