// SPDX-License-Identifier: Apache-2.0
//
// Makes the sizes known that a program leaves free (`?`): those of the entry's arguments are given,
// and every op's Infer tells those of its results. Sizes may be values: what operands that decide
// sizes (OpDef::shape_operands) are computed of is computed here, as it becomes known, so that
// these operands are literals. The graph becomes one that might have been imported with them.
// Where a program contradicts itself for these arguments the error is the op's; a size that no
// Infer tells, since it depends on the values of arguments, is `unsupported`.
#include <algorithm>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/graph/rewriter.h"
#include "core/graph/uses.h"
#include "core/passes/fold.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// Which values decide sizes, in the end.
std::vector<bool> ValuesBehindSizes(const Graph& graph) {
  const GraphIndex index(graph);
  std::vector<ValueId> open;
  for (const Node& node : graph.nodes) {
    if (!node.op || !node.op->shape_operands) continue;
    const OpView op(graph, node);
    const uint64_t mask = node.op->shape_operands(op);
    for (size_t i = 0; i < op.num_operands(); ++i) {
      if (HasBit(mask, i)) open.push_back(op.operand_id(i));
    }
  }
  std::vector<bool> behind(graph.values.size());
  while (!open.empty()) {
    const ValueId value = open.back();
    open.pop_back();
    if (behind[value]) continue;
    behind[value] = true;
    const Node* def = index.Def(value);
    if (!def || !def->op || def->op->reads_types_only) continue;
    for (ValueId operand : graph.operands(*def)) open.push_back(operand);
  }
  return behind;
}

class Refiner {
 public:
  Refiner(const PassContext& context, const Graph& source)
      : context_(context), source_(source), behind_sizes_(ValuesBehindSizes(source)) {}

  // Whether there is a size to be found, or an op whose static form is to be.
  bool Any() const {
    return std::any_of(source_.types.begin(), source_.types.end(),
                       [](const Type& type) { return type.IsFree(); }) ||
           std::find(behind_sizes_.begin(), behind_sizes_.end(), true) != behind_sizes_.end();
  }

  Status Visit(Rewriter& r, const Node& node) {
    if (node.op && node.op->refine) {
      ASSIGN_OR_RETURN(const bool done, node.op->refine(r, node));
      if (done) return OkStatus();
    }
    const std::vector<ValueId> operands = r.MapAll(source_.operands(node));
    std::vector<RegionId> regions;
    for (RegionId region : source_.regions_of(node)) {
      ASSIGN_OR_RETURN(const RegionId id, VisitRegion(r, node, region, operands));
      regions.push_back(id);
    }
    std::vector<Type> declared;
    for (uint32_t i = 0; i < node.results.size; ++i) {
      declared.push_back(source_.type(node.results.begin + i));
    }
    const ValueId first = r.EmitNode(node.name, operands, declared, CopyAttributes(source_, node),
                                     regions, r.MapLocation(node.location));
    for (uint32_t i = 0; i < node.results.size; ++i) r.SetMapped(node.results.begin + i, first + i);
    const std::vector<const DenseElements*> literals = r.Literals(node);
    RETURN_IF_ERROR(RefineResults(r, literals));
    const bool wanted = node.results.size == 1 && behind_sizes_[node.results.begin];
    return wanted ? FoldLast(r, literals) : OkStatus();
  }

 private:
  static constexpr int64_t kMaxElements = 4096;  // Of a value behind sizes.

  Result<RegionId> VisitRegion(Rewriter& r, const Node& node, RegionId region,
                               const std::vector<ValueId>& operands) {
    const Range arguments = source_.regions[region].arguments;
    std::vector<ValueId> mapped;
    const RegionId id = r.builder().BeginRegion();
    for (uint32_t k = 0; k < arguments.size; ++k) {
      const ValueId v = arguments.begin + k;
      Type type = source_.type(v);
      if (type.IsFree()) {
        // Those of loops are what they carry; others are scalars.
        if (node.name != ops::kWhile || k >= operands.size()) {
          return OpView(source_, node)
              .UnsupportedError(StrCat("an argument of a computation has type ", ToString(type),
                                       ", whose sizes are not known"));
        }
        type = r.target().type(operands[k]);
      }
      mapped.push_back(r.builder().AddArgument(type, r.MapLocation(source_.values[v].location)));
    }
    ASSIGN_OR_RETURN(const std::vector<ValueId> results, r.InlineRegion(region, mapped));
    r.builder().EndRegion(results);
    return id;
  }

  // The types of the results of the node that was made last.
  static Status RefineResults(Rewriter& r, std::span<const DenseElements* const> literals) {
    const Node node = r.builder().last_node();
    const OpView op(r.target(), node, literals);
    std::vector<Type> inferred;
    for (size_t i = 0; i < op.num_results(); ++i) inferred.push_back(op.result_type(i));
    if (node.op->infer) RETURN_IF_ERROR(node.op->infer(op, inferred));
    for (size_t i = 0; i < op.num_results(); ++i) {
      const Type& declared = op.result_type(i);
      if (!declared.IsTensor()) continue;
      if (inferred[i].IsFree()) {
        return op.UnsupportedError(StrCat("result ", i, " has type ", ToString(inferred[i]),
                                          node.op->shape_operands && node.op->shape_operands(op)
                                              ? ", whose sizes depend on the values of inputs"
                                              : ", whose sizes do not follow from the operands'"));
      }
      if (!inferred[i].IsTensor() || !Admits(declared.tensor, inferred[i].tensor)) {
        return op.Error(StrCat("result ", i, " is declared as ", ToString(declared), ", but is ",
                               ToString(inferred[i])));
      }
      r.target().values[op.result_id(i)].type = r.target().InternType(inferred[i]);
    }
    return OkStatus();
  }

  // The node that was made last becomes a literal, where its operands are.
  Status FoldLast(Rewriter& r, std::span<const DenseElements* const> literals) {
    const Node node = r.builder().last_node();
    const OpView op(r.target(), node);
    if (node.name == ops::kConstant || !CanFold(r.target(), node) ||
        op.result().NumElements() > kMaxElements) {
      return OkStatus();
    }
    for (const DenseElements* elements : literals) {
      const bool small = elements && elements->type.NumElements() <= kMaxElements;
      if (!small && !node.op->reads_types_only) return OkStatus();
    }
    Budget& budget = context_.budget ? *context_.budget : own_budget_;
    ASSIGN_OR_RETURN(std::optional<Attribute> value,
                     Fold(op, literals, /*one_element=*/false, budget));
    if (value) r.MakeLastConstant(std::move(*value));
    return OkStatus();
  }

  const PassContext& context_;
  const Graph& source_;
  Budget own_budget_;
  const std::vector<bool> behind_sizes_;
};

}  // namespace

Status RefineShapes(const PassContext& context, const Graph& source, Graph* target) {
  Refiner refiner(context, source);
  if (!refiner.Any()) return OkStatus();
  const Function* entry = source.FindFunction(context.entry);
  if (!entry) return Internal(StrCat("no entry function @", context.entry));
  Rewriter r(source, target,
             [&](Rewriter& rewriter, const Node& node) { return refiner.Visit(rewriter, node); });
  Function function = *entry;
  function.location = r.MapLocation(entry->location);
  function.body = r.builder().BeginRegion();
  const Range arguments = source.regions[entry->body].arguments;
  std::vector<ValueId> mapped;
  for (uint32_t i = 0; i < arguments.size; ++i) {
    const ValueId v = arguments.begin + i;
    const Type& declared = source.type(v);
    const Type& type = context.argument_types.empty() ? declared : context.argument_types[i];
    if (type.IsFree() || (declared.IsTensor() && !Admits(declared.tensor, type.tensor))) {
      return InvalidArgument(StrCat("argument ", i, " is ", ToString(type), ", expected one ",
                                    ToString(declared), " of known sizes"));
    }
    mapped.push_back(r.builder().AddArgument(type, r.MapLocation(source.values[v].location)));
  }
  ASSIGN_OR_RETURN(const std::vector<ValueId> results, r.InlineRegion(entry->body, mapped));
  r.builder().EndRegion(results);
  target->functions.push_back(std::move(function));
  return OkStatus();
}

}  // namespace webhlo
