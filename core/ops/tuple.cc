// SPDX-License-Identifier: Apache-2.0
//
// Values that hold others: stablehlo.tuple and stablehlo.get_tuple_element
// (https://openxla.org/stablehlo/spec#tuple); stablehlo.async_start, which is computed where it
// stands, and stablehlo.async_done (https://openxla.org/stablehlo/spec#async_start). The pass
// resolve-tuples comes before whatever runs nodes.
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status InferTuple(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, op.num_operands(), 1));
  Type tuple = Type::Of(Type::Kind::kTuple);
  tuple.elements = OperandTypes(op);
  RETURN_IF_ERROR(CheckType(op, "result", op.result_type(0), tuple, "C1"));
  results[0] = std::move(tuple);
  return OkStatus();
}

Status InferGetTupleElement(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, 1, 1));
  const Type& tuple = op.operand_type(0);
  OP_CHECK(op, tuple.kind == Type::Kind::kTuple, "operand has type ", ToString(tuple),
           ", expected a tuple");
  const int64_t index = op.Int("index");
  RETURN_IF_ERROR(
      CheckRange(op, "index", index, static_cast<int64_t>(tuple.elements.size()), "C1"));
  results[0] = tuple.elements[static_cast<size_t>(index)];
  return CheckType(op, "result", op.result_type(0), results[0], "C2");
}

bool RunsAsynchronously(OpName name) {
  switch (name) {
    case ops::kAllReduce:
    case ops::kAllGather:
    case ops::kAllToAll:
    case ops::kCollectivePermute:
    case ops::kReduceScatter:
    case ops::kCollectiveBroadcast:
    case ops::kSlice:
    case ops::kDynamicSlice:
    case ops::kDynamicUpdateSlice:
      return true;
    default:
      return false;
  }
}

Status InferAsyncStart(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, op.num_operands(), 1));
  const Graph& graph = op.graph();
  const Region& body = op.region(0);
  OP_CHECK(op, body.nodes.size == 1, "body has ", body.nodes.size,
           " operations, expected one (C1)");
  const Node& inner = graph.nodes[body.nodes.begin];
  OP_CHECK(op, RunsAsynchronously(inner.name), "body has ", graph.op_name(inner),
           ", expected a collective or a slice (C2)");
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, OperandTypes(op), "C3"));
  // C4
  Type future = Type::Of(Type::Kind::kFuture);
  for (ValueId value : graph.results(body)) future.elements.push_back(graph.type(value));
  RETURN_IF_ERROR(CheckType(op, "result", op.result_type(0), future, "C4"));
  results[0] = std::move(future);
  return OkStatus();
}

Status InferAsyncDone(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, 1, op.num_results()));
  const Type& future = op.operand_type(0);
  OP_CHECK(op, future.kind == Type::Kind::kFuture && future.elements.size() == results.size(),
           "operand has type ", ToString(future), " for ", results.size(), " results (C1)");
  for (size_t i = 0; i < results.size(); ++i) {
    results[i] = future.elements[i];
    RETURN_IF_ERROR(
        CheckType(op, StrCat("result ", i), op.result_type(i), future.elements[i], "C1"));
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.tuple", .infer = InferTuple},
    {.name = "stablehlo.get_tuple_element", .infer = InferGetTupleElement},
    {.name = "stablehlo.async_start", .infer = InferAsyncStart},
    {.name = "stablehlo.async_done", .infer = InferAsyncDone},
};

}  // namespace

WEBHLO_EXPORT_OPS(tuple, kOps);

}  // namespace webhlo
