// SPDX-License-Identifier: Apache-2.0
//
// The Shardy dialect's ops around which exporters write a program (https://openxla.org/shardy):
// sdy.sharding_constraint and sdy.reshard say where a value lives; sdy.manual_computation has what
// each device computes of its part. One device runs a program here, and its part is the whole.
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status InferPlaced(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, 1, 1));
  RETURN_IF_ERROR(CheckPlainTensor(op, op.operand_type(0), "operand"));
  results[0] = op.operand_type(0);
  return OkStatus();
}

Status ExpandPlaced(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  e.SetResult(0, e.Operand(0));
  return OkStatus();
}

// Parts that are not the whole are for others to run.
Status InferManual(const OpView& op, std::span<Type> results) {
  const Graph& graph = op.graph();
  const Region& body = op.region(0);
  const std::span<const ValueId> returned = graph.results(body);
  OP_CHECK(op, body.arguments.size == op.num_operands() && returned.size() == op.num_results(),
           "the computation takes ", body.arguments.size, " values and returns ", returned.size(),
           ", expected ", op.num_operands(), " and ", op.num_results());
  for (size_t i = 0; i < results.size(); ++i) {
    RETURN_IF_ERROR(CheckPlainValue(op, op.result_type(i), StrCat("result ", i)));
  }
  return OkStatus();
}

Status ExpandManual(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const OpView& op = e.op();
  const Region& body = op.region(0);
  const std::span<const ValueId> returned = op.graph().results(body);
  const auto check = [&](const Type& part, const Type& whole) {
    if (part == whole) return OkStatus();
    return op.UnsupportedError(StrCat("computes a part of type ", ToString(part), " of ",
                                      ToString(whole), "; the program is for several devices"));
  };
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    RETURN_IF_ERROR(check(op.graph().type(body.arguments.begin + i), op.operand_type(i)));
  }
  for (size_t i = 0; i < returned.size(); ++i) {
    RETURN_IF_ERROR(check(op.graph().type(returned[i]), op.result_type(i)));
  }
  const std::vector<ValueId> operands = r.MapAll(op.graph().operands(node));
  ASSIGN_OR_RETURN(const std::vector<ValueId> values, r.InlineRegion(op.region_id(0), operands));
  for (size_t i = 0; i < values.size(); ++i) e.SetResult(i, values[i]);
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "sdy.manual_computation", .infer = InferManual, .expand = ExpandManual},
    {.name = "sdy.reshard", .infer = InferPlaced, .expand = ExpandPlaced},
    {.name = "sdy.sharding_constraint", .infer = InferPlaced, .expand = ExpandPlaced},
};

}  // namespace

WEBHLO_EXPORT_OPS(sharding, kOps);

}  // namespace webhlo
