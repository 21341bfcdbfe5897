// SPDX-License-Identifier: Apache-2.0
//
// The ops by which processes exchange tensors (https://openxla.org/stablehlo/spec#all_gather and
// its kin). One device runs a program here, so all of them expand into what the specification says
// for a group of one; groups that name other processes are an error that says how many there are.
// A tool may look at a program for several, so only running it asks.
#include <algorithm>

#include "core/base/math.h"
#include "core/graph/tensor.h"
#include "core/ops/devices.h"
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// The table of ids in `replica_groups`, or null where they are axes of a mesh.
const DenseElements* GroupTable(const OpView& op) {
  const Attribute* groups = op.attribute("replica_groups");
  return groups->kind() == Attribute::Kind::kDense ? &groups->dense() : nullptr;
}

// The ids that the groups name. What fills up short groups (-1) names none.
std::vector<int64_t> GroupIds(const DenseElements& table) {
  std::vector<int64_t> ids;
  const int64_t width = ByteWidth(table.type.element);
  // Of a splat two entries tell as much as all.
  const int64_t count = table.type.NumElements();
  for (int64_t i = 0; i < (table.splat ? std::min<int64_t>(count, 2) : count); ++i) {
    const uint8_t* id = table.bytes.data() + (table.splat ? 0 : i * width);
    if (const int64_t value = LoadI64(table.type.element, id); value != -1) ids.push_back(value);
  }
  return ids;
}

struct GroupLabels {
  std::string_view unique, range;
  bool cover = true;  // Each process is in a group.
};

Status CheckGroups(const OpView& op, const GroupLabels& labels) {
  const DenseElements* table = GroupTable(op);
  if (!table) {
    OP_CHECK(op, op.attribute("replica_groups")->kind() == Attribute::Kind::kDict,
             "replica_groups is neither a table nor axes of a mesh");
    return OkStatus();
  }
  OP_CHECK(op, table->type.rank() == 2 && IsInteger(table->type.element),
           "replica_groups has type ", ToString(table->type), ", expected a table of integers");
  const std::vector<int64_t> ids = GroupIds(*table);
  RETURN_IF_ERROR(CheckUnique(op, "replica_groups", ids, labels.unique));
  return labels.cover
             ? CheckRange(op, "replica_groups", ids, static_cast<int64_t>(ids.size()), labels.range)
             : CheckAtLeast(op, "replica_groups", ids, 0, labels.range);
}

Status CheckGlobalIds(const OpView& op, std::string_view label) {
  OP_CHECK(op, !op.Bool("use_global_device_ids") || op.Int("channel_id") > 0,
           "use_global_device_ids without a channel (", label, ")");
  return OkStatus();
}

Status CheckOneDevice(const OpView& op, std::span<const int64_t> ids) {
  const int64_t last = ids.empty() ? 0 : *std::max_element(ids.begin(), ids.end());
  return last == 0 ? OkStatus() : ManyDevicesError(op, last + 1);
}

// Whether the one process there is belongs to a group.
Result<bool> IsInGroup(const OpView& op) {
  const DenseElements* table = GroupTable(op);
  if (!table) {
    return op.UnsupportedError("the program is for the devices of a mesh; one is here to run it");
  }
  const std::vector<int64_t> ids = GroupIds(*table);
  RETURN_IF_ERROR(CheckOneDevice(op, ids));
  return !ids.empty();
}

// An operand, in the result's element type: that of the computation, which has nothing to combine.
ValueId Promoted(Expansion& e, size_t i) {
  return e.Convert(e.Operand(i), e.op().result(i).element);
}

// Where each result is its operand when a group has one process. What groups of several would make
// of the shape an op's Infer accepts.
Status ExpandToOperands(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  RETURN_IF_ERROR(IsInGroup(e.op()).status());
  for (size_t i = 0; i < e.op().num_results(); ++i) {
    RETURN_IF_ERROR(CheckShape(e.op(), StrCat("result ", i), e.op().result(i),
                               e.op().operand(i).dims, "one device"));
    e.SetResult(i, Promoted(e, i));
  }
  return OkStatus();
}

// The same for results that are zero outside of all groups.
Status ExpandToOperandsOrZeros(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  ASSIGN_OR_RETURN(const bool in_group, IsInGroup(e.op()));
  for (size_t i = 0; i < e.op().num_results(); ++i) {
    e.SetResult(i, in_group ? Promoted(e, i) : e.Splat(0, e.op().result(i)));
  }
  return OkStatus();
}

// Tensors in and tensors out, as many.
Status CheckPairs(const OpView& op) {
  return CheckTensors(op, op.num_operands(), op.num_operands());
}

// The result is the operand but for the size of one dimension, which is `times` another, or of
// which another is `times` it.
Status CheckDivides(const OpView& op, std::string_view what, int64_t part, int64_t whole,
                    std::string_view label) {
  OP_CHECK(op, part == whole || (part > 0 && whole % part == 0), what, " has size ", whole,
           ", which is no multiple of ", part, " (", label, ")");
  return OkStatus();
}

Status InferAllGather(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckPairs(op));
  RETURN_IF_ERROR(CheckGroups(op, {"C2", "C4"}));
  RETURN_IF_ERROR(CheckGlobalIds(op, "C5"));
  const int64_t dim = op.Int("all_gather_dim");
  for (size_t i = 0; i < results.size(); ++i) {
    const TensorType& operand = op.operand(i);
    RETURN_IF_ERROR(CheckRange(op, "all_gather_dim", dim, operand.rank(), "C1"));
    // C6. How many processes gather is known where the program runs.
    if (op.result_type(i).IsFree()) continue;
    TensorType expected = operand;
    OP_CHECK(op, op.result(i).rank() == operand.rank(), "result ", i, " has rank ",
             op.result(i).rank(), ", operand has ", operand.rank(), " (C6)");
    const size_t d = static_cast<size_t>(dim);
    expected.dims[d] = op.result(i).dims[d];
    RETURN_IF_ERROR(CheckType(op, StrCat("result ", i), op.result_type(i), expected, "C6"));
    RETURN_IF_ERROR(
        CheckDivides(op, StrCat("result ", i), operand.dims[d], expected.dims[d], "C6"));
  }
  return OkStatus();
}

// The element type of a computation (tensor<E>, tensor<E>) -> tensor<E>, to which all operands of
// the results promote.
Result<ElementType> ComputedType(const OpView& op, size_t num_results, std::string_view label) {
  OP_CHECK(op, num_results > 0, "has no results");
  const ElementType first[] = {op.operand(0).element};
  ASSIGN_OR_RETURN(const std::vector<ElementType> computed, CheckReducer(op, 0, first, label));
  for (size_t i = 0; i < num_results; ++i) {
    OP_CHECK(op, IsPromotable(op.operand(i).element, computed[0]), "operand ", i,
             " has element type ", ElementTypeName(op.operand(i).element),
             ", which does not promote to ", ElementTypeName(computed[0]), " (", label, ")");
  }
  return computed[0];
}

Status InferAllReduce(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckPairs(op));
  RETURN_IF_ERROR(CheckGroups(op, {"C1", "C3"}));
  RETURN_IF_ERROR(CheckGlobalIds(op, "C4"));
  ASSIGN_OR_RETURN(const ElementType element, ComputedType(op, results.size(), "C5"));
  // C6, C7
  for (size_t i = 0; i < results.size(); ++i) {
    RETURN_IF_ERROR(SetResult(op, results, i, element, op.operand(i).dims));
  }
  return OkStatus();
}

Status InferCrossReplicaSum(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckGroups(op, {"replica_groups", "replica_groups"}));
  results[0] = op.operand_type(0);
  return OkStatus();
}

Status InferAllToAll(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckPairs(op));
  const int64_t split = op.Int("split_dimension"), concat = op.Int("concat_dimension");
  const int64_t count = op.Int("split_count");
  OP_CHECK(op, count > 0, "split_count is ", count, ", expected at least 1 (C4)");
  RETURN_IF_ERROR(CheckGroups(op, {"C5", "C7"}));
  if (const DenseElements* table = GroupTable(op)) {
    OP_CHECK(op, table->type.dims[1] == count, "groups of ", table->type.dims[1],
             " for a split_count of ", count, " (C8)");
  }
  for (size_t i = 0; i < results.size(); ++i) {
    const TensorType& operand = op.operand(i);
    RETURN_IF_ERROR(CheckRange(op, "split_dimension", split, operand.rank(), "C1"));
    RETURN_IF_ERROR(CheckRange(op, "concat_dimension", concat, operand.rank(), "C3"));
    std::vector<int64_t> dims = operand.dims;
    int64_t& cut = dims[static_cast<size_t>(split)];
    RETURN_IF_ERROR(CheckDivides(op, StrCat("split_dimension of operand ", i), count, cut, "C2"));
    // C9
    if (split != concat) {
      int64_t& grown = dims[static_cast<size_t>(concat)];
      cut /= count;
      OP_CHECK(op, CheckedMul(grown, count, &grown), "result ", i,
               " does not fit the address space (C9)");
    }
    RETURN_IF_ERROR(SetResult(op, results, i, operand.element, std::move(dims)));
  }
  return OkStatus();
}

// How many results there are, checking that the roots, if they are an operand, are that many.
Result<size_t> CountWithRoots(const OpView& op, std::string_view label) {
  RETURN_IF_ERROR(CheckTensors(op));
  const size_t roots = op.Bool("has_dynamic_root") ? 1 : 0;
  OP_CHECK(op, op.num_operands() > roots, "has ", op.num_operands(), " operands (", label, ")");
  const size_t count = op.num_operands() - roots;
  OP_CHECK(op, op.num_results() == count, "has ", op.num_results(), " results, expected ", count,
           " (", label, ")");
  if (roots > 0) {
    const TensorType expected(ElementType::kI32, {static_cast<int64_t>(count)});
    RETURN_IF_ERROR(CheckType(op, "the operand of roots", op.operand_type(count), expected, label));
  }
  return count;
}

Status InferCollectiveBroadcast(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CountWithRoots(op, op.Bool("has_dynamic_root") ? "C4" : "C3").status());
  RETURN_IF_ERROR(CheckGroups(op, {"C1", "C2", /*cover=*/false}));
  for (size_t i = 0; i < results.size(); ++i) results[i] = op.operand_type(i);
  return OkStatus();
}

Status InferCollectiveReduce(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CountWithRoots(op, "C3").status());
  RETURN_IF_ERROR(CheckGroups(op, {"C1", "C2", /*cover=*/false}));
  ASSIGN_OR_RETURN(const ElementType element, ComputedType(op, results.size(), "C4"));
  for (size_t i = 0; i < results.size(); ++i) {
    RETURN_IF_ERROR(SetResult(op, results, i, element, op.operand(i).dims));
  }
  return OkStatus();
}

Status InferCollectivePermute(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckSourceTargetPairs(op));
  results[0] = op.operand_type(0);  // C5
  return OkStatus();
}

Status ExpandCollectivePermute(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const std::span<const int64_t> pairs = e.op().Ints("source_target_pairs");
  RETURN_IF_ERROR(CheckOneDevice(e.op(), pairs));
  e.SetResult(0, pairs.empty() ? e.Splat(0, e.op().result()) : e.Operand(0));
  return OkStatus();
}

Status InferReduceScatter(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const int64_t dim = op.Int("scatter_dimension");
  RETURN_IF_ERROR(CheckRange(op, "scatter_dimension", dim, operand.rank(), "C2"));
  RETURN_IF_ERROR(CheckGroups(op, {"C3", "C5"}));
  RETURN_IF_ERROR(CheckGlobalIds(op, "C6"));
  ASSIGN_OR_RETURN(const ElementType element, ComputedType(op, 1, "C7"));
  // C1, C8, C9. Over how many processes it scatters is known where the program runs.
  if (op.result_type(0).IsFree()) return OkStatus();
  const size_t d = static_cast<size_t>(dim);
  TensorType expected(element, operand.dims);
  OP_CHECK(op, op.result().rank() == operand.rank(), "result has rank ", op.result().rank(),
           ", operand has ", operand.rank(), " (C8)");
  expected.dims[d] = op.result().dims[d];
  RETURN_IF_ERROR(CheckType(op, "result", op.result_type(0), expected, "C8"));
  return CheckDivides(op, "operand", expected.dims[d], operand.dims[d], "C1");
}

Status InferId(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 0));
  results[0] = TensorType(ElementType::kU32, {});
  return OkStatus();
}

Status ExpandId(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  e.SetResult(0, e.Splat(0, e.op().result()));
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.all_gather", .infer = InferAllGather, .expand = ExpandToOperands},
    {.name = "stablehlo.all_reduce", .infer = InferAllReduce, .expand = ExpandToOperands},
    {.name = "stablehlo.all_to_all", .infer = InferAllToAll, .expand = ExpandToOperands},
    {.name = "stablehlo.collective_broadcast",
     .infer = InferCollectiveBroadcast,
     .expand = ExpandToOperandsOrZeros},
    {.name = "stablehlo.collective_permute",
     .infer = InferCollectivePermute,
     .expand = ExpandCollectivePermute},
    {.name = "stablehlo.collective_reduce",
     .infer = InferCollectiveReduce,
     .expand = ExpandToOperandsOrZeros},
    {.name = "stablehlo.cross-replica-sum",
     .infer = InferCrossReplicaSum,
     .expand = ExpandToOperands},
    {.name = "stablehlo.partition_id", .infer = InferId, .expand = ExpandId},
    {.name = "stablehlo.reduce_scatter", .infer = InferReduceScatter, .expand = ExpandToOperands},
    {.name = "stablehlo.replica_id", .infer = InferId, .expand = ExpandId},
};

}  // namespace

WEBHLO_EXPORT_OPS(collectives, kOps);

}  // namespace webhlo
