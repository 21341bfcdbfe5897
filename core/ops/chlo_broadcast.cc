// SPDX-License-Identifier: Apache-2.0
//
// The chlo.broadcast_* family: ops of StableHLO on operands that are broadcast to one shape first
// (https://github.com/openxla/stablehlo/blob/main/docs/generated/chlo.md). The last dimensions of
// operands of several ranks correspond, or those that broadcast_dimensions names; a dimension of
// size 1 repeats.
#include <algorithm>
#include <iterator>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// Where the dimensions of operand i are in the result.
std::vector<int64_t> DimensionsOf(const OpView& op, size_t i, int64_t rank) {
  const int64_t own = op.operand(i).rank();
  const auto given = op.Ints("broadcast_dimensions");
  if (own < rank && op.has("broadcast_dimensions")) return {given.begin(), given.end()};
  std::vector<int64_t> dims;
  for (int64_t d = 0; d < own; ++d) dims.push_back(rank - own + d);
  return dims;
}

Result<std::vector<int64_t>> ResultDims(const OpView& op) {
  int64_t rank = 0;
  for (size_t i = 0; i < op.num_operands(); ++i)
    rank = std::max<int64_t>(rank, op.operand(i).rank());
  std::vector<int64_t> result(static_cast<size_t>(rank), 1);
  for (size_t i = 0; i < op.num_operands(); ++i) {
    const std::vector<int64_t> dims = DimensionsOf(op, i, rank);
    RETURN_IF_ERROR(CheckSize(op, "broadcast_dimensions", dims, op.operand(i).dims.size(), "rank"));
    RETURN_IF_ERROR(CheckRange(op, "broadcast_dimensions", dims, rank, "rank"));
    RETURN_IF_ERROR(CheckUnique(op, "broadcast_dimensions", dims, "dimensions"));
    RETURN_IF_ERROR(CheckSorted(op, "broadcast_dimensions", dims, "dimensions"));
    for (size_t d = 0; d < dims.size(); ++d) {
      int64_t& size = result[static_cast<size_t>(dims[d])];
      const int64_t own = op.operand(i).dims[d];
      OP_CHECK(op, own == size || own == 1 || size == 1, "operand ", i, " has size ", own,
               " in dimension ", d, ", others have ", size);
      if (own != 1) size = own;
    }
  }
  return result;
}

// What each op is once its operands have one shape.
struct Target {
  OpName chlo, op;
};
constexpr Target kTargets[] = {
    {ops::kChloBroadcastAdd, ops::kAdd},
    {ops::kChloBroadcastAnd, ops::kAnd},
    {ops::kChloBroadcastAtan2, ops::kAtan2},
    {ops::kChloBroadcastCompare, ops::kCompare},
    {ops::kChloBroadcastComplex, ops::kComplex},
    {ops::kChloBroadcastDivide, ops::kDivide},
    {ops::kChloBroadcastMaximum, ops::kMaximum},
    {ops::kChloBroadcastMinimum, ops::kMinimum},
    {ops::kChloBroadcastMultiply, ops::kMultiply},
    {ops::kChloBroadcastNextAfter, ops::kChloNextAfter},
    {ops::kChloBroadcastOr, ops::kOr},
    {ops::kChloBroadcastPolygamma, ops::kChloPolygamma},
    {ops::kChloBroadcastPower, ops::kPower},
    {ops::kChloBroadcastRemainder, ops::kRemainder},
    {ops::kChloBroadcastSelect, ops::kSelect},
    {ops::kChloBroadcastShiftLeft, ops::kShiftLeft},
    {ops::kChloBroadcastShiftRightArithmetic, ops::kShiftRightArithmetic},
    {ops::kChloBroadcastShiftRightLogical, ops::kShiftRightLogical},
    {ops::kChloBroadcastSubtract, ops::kSubtract},
    {ops::kChloBroadcastXor, ops::kXor},
    {ops::kChloBroadcastZeta, ops::kChloZeta},
};

OpName TargetOf(OpName chlo) {
  return std::find_if(std::begin(kTargets), std::end(kTargets),
                      [&](const Target& target) { return target.chlo == chlo; })
      ->op;
}

// Shapes; the op that it expands into is verified like any and says which elements it takes.
Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, op.Is(ops::kChloBroadcastSelect) ? 3 : 2));
  ASSIGN_OR_RETURN(std::vector<int64_t> dims, ResultDims(op));
  return SetResult(op, results, 0, op.result().element, std::move(dims));
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const int64_t rank = e.op().result().rank();
  std::vector<ValueId> operands;
  for (size_t i = 0; i < e.op().num_operands(); ++i) {
    const TensorType type(e.op().operand(i).element, e.op().result().dims);
    operands.push_back(e.Broadcast(e.Operand(i), DimensionsOf(e.op(), i, rank), type));
  }
  std::vector<NamedAttribute> attributes = CopyAttributes(r.source(), node);
  std::erase_if(attributes, [](const auto& a) { return a.name == "broadcast_dimensions"; });
  e.SetResult(0, r.Emit(TargetOf(node.name), operands, e.op().result(), std::move(attributes),
                        r.MapLocation(node.location)));
  return OkStatus();
}

constexpr OpDef Row(std::string_view name) {
  return {.name = name, .infer = Infer, .expand = Expand};
}

constexpr OpDef kOps[] = {
    Row("chlo.broadcast_add"),
    Row("chlo.broadcast_and"),
    Row("chlo.broadcast_atan2"),
    Row("chlo.broadcast_compare"),
    Row("chlo.broadcast_complex"),
    Row("chlo.broadcast_divide"),
    Row("chlo.broadcast_maximum"),
    Row("chlo.broadcast_minimum"),
    Row("chlo.broadcast_multiply"),
    Row("chlo.broadcast_next_after"),
    Row("chlo.broadcast_or"),
    Row("chlo.broadcast_polygamma"),
    Row("chlo.broadcast_power"),
    Row("chlo.broadcast_remainder"),
    Row("chlo.broadcast_select"),
    Row("chlo.broadcast_shift_left"),
    Row("chlo.broadcast_shift_right_arithmetic"),
    Row("chlo.broadcast_shift_right_logical"),
    Row("chlo.broadcast_subtract"),
    Row("chlo.broadcast_xor"),
    Row("chlo.broadcast_zeta"),
};

}  // namespace

WEBHLO_EXPORT_OPS(chlo_broadcast, kOps);

}  // namespace webhlo
