// SPDX-License-Identifier: Apache-2.0
//
// Makes the sizes known that a program leaves free (`?`): those of the entry's arguments are given,
// and every op's Infer tells those of its results. The graph becomes one that might have been
// imported with them. Where a program contradicts itself for these arguments the error is the op's;
// a size that no Infer tells, since it is a value that the program computes, is `unsupported`.
#include <algorithm>

#include "core/base/strings.h"
#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// The types of the results of the node that was made last.
Status RefineResults(Rewriter& r) {
  const Node node = r.builder().last_node();
  const OpView op(r.target(), node);
  std::vector<Type> inferred;
  for (size_t i = 0; i < op.num_results(); ++i) inferred.push_back(op.result_type(i));
  if (node.op->infer) RETURN_IF_ERROR(node.op->infer(op, inferred));
  for (size_t i = 0; i < op.num_results(); ++i) {
    const Type& declared = op.result_type(i);
    if (!declared.IsTensor()) continue;
    if (inferred[i].IsFree()) {
      return op.UnsupportedError(StrCat("result ", i, " has type ", ToString(inferred[i]),
                                        ", whose sizes do not follow from the operands'"));
    }
    if (!inferred[i].IsTensor() || !Admits(declared.tensor, inferred[i].tensor)) {
      return op.Error(StrCat("result ", i, " is declared as ", ToString(declared), ", but is ",
                             ToString(inferred[i])));
    }
    r.target().values[op.result_id(i)].type = r.target().InternType(inferred[i]);
  }
  return OkStatus();
}

Status Visit(Rewriter& r, const Node& node) {
  const Graph& source = r.source();
  const std::vector<ValueId> operands = r.MapAll(source.operands(node));
  std::vector<RegionId> regions;
  for (RegionId region : source.regions_of(node)) {
    const Range arguments = source.regions[region].arguments;
    std::vector<ValueId> mapped;
    const RegionId id = r.builder().BeginRegion();
    for (uint32_t k = 0; k < arguments.size; ++k) {
      const ValueId v = arguments.begin + k;
      Type type = source.type(v);
      if (type.IsFree()) {
        // Those of loops are what they carry; others are scalars.
        if (node.name != ops::kWhile || k >= operands.size()) {
          return OpView(source, node)
              .UnsupportedError(StrCat("an argument of a computation has type ", ToString(type),
                                       ", whose sizes are not known"));
        }
        type = r.target().type(operands[k]);
      }
      mapped.push_back(r.builder().AddArgument(type, r.MapLocation(source.values[v].location)));
    }
    ASSIGN_OR_RETURN(const std::vector<ValueId> results, r.InlineRegion(region, mapped));
    r.builder().EndRegion(results);
    regions.push_back(id);
  }
  std::vector<Type> declared;
  for (uint32_t i = 0; i < node.results.size; ++i) {
    declared.push_back(source.type(node.results.begin + i));
  }
  const ValueId first = r.EmitNode(node.name, operands, declared, CopyAttributes(source, node),
                                   regions, r.MapLocation(node.location));
  for (uint32_t i = 0; i < node.results.size; ++i) r.SetMapped(node.results.begin + i, first + i);
  return RefineResults(r);
}

}  // namespace

Status RefineShapes(const PassContext& context, const Graph& source, Graph* target) {
  const auto is_free = [](const Type& type) { return type.IsFree(); };
  if (std::none_of(source.types.begin(), source.types.end(), is_free)) return OkStatus();
  const Function* entry = source.FindFunction(context.entry);
  if (!entry) return Internal(StrCat("no entry function @", context.entry));
  Rewriter r(source, target, Visit);
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
