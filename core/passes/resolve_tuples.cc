// SPDX-License-Identifier: Apache-2.0
//
// Replaces tuples and futures by the values that they hold, so that behind this pass every value is
// a tensor or a token. What a custom call returns as a tuple become results of its own; what starts
// asynchronously is computed where it starts.
#include <algorithm>
#include <unordered_map>

#include "core/base/strings.h"
#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

bool Holds(const Type& type) {
  return type.kind == Type::Kind::kTuple || type.kind == Type::Kind::kFuture;
}

// The types of what a value of this type holds in the end.
void AppendLeaves(const Type& type, std::vector<Type>* leaves) {
  if (!Holds(type)) {
    leaves->push_back(type);
    return;
  }
  for (const Type& element : type.elements) AppendLeaves(element, leaves);
}

std::vector<Type> Leaves(const Type& type) {
  std::vector<Type> leaves;
  AppendLeaves(type, &leaves);
  return leaves;
}

// Whether a node takes, returns or has in its regions' interface what holds values. The verifier
// has not asked where sizes are free.
bool CarriesTuples(const Graph& graph, const Node& node) {
  const auto holds = [&](ValueId v) { return Holds(graph.type(v)); };
  const auto any = [&](std::span<const ValueId> values) {
    return std::any_of(values.begin(), values.end(), holds);
  };
  const auto any_in = [&](Range values) {
    bool found = false;
    for (ValueId v = values.begin; v < values.end(); ++v) found |= holds(v);
    return found;
  };
  bool found = any(graph.operands(node)) || any_in(node.results);
  for (RegionId id : graph.regions_of(node)) {
    found |= any_in(graph.regions[id].arguments) || any(graph.results(graph.regions[id]));
  }
  return found;
}

class Resolver {
 public:
  Status Visit(Rewriter& r, const Node& node) {
    const OpView op(r.source(), node);
    switch (node.name) {
      case ops::kTuple:
      case ops::kAsyncDone: {
        RETURN_IF_ERROR(Check(op));
        std::vector<ValueId> values = Operands(r, op);
        return SetResults(r, op, std::move(values));
      }
      case ops::kGetTupleElement: {
        RETURN_IF_ERROR(Check(op));
        const std::vector<ValueId> values = Operands(r, op);
        const auto elements = std::span(op.operand_type(0).elements);
        const size_t index = static_cast<size_t>(op.Int("index"));
        size_t begin = 0;
        for (const Type& before : elements.first(index)) begin += Leaves(before).size();
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto size = static_cast<std::ptrdiff_t>(Leaves(elements[index]).size());
        return SetResults(r, op, {first, first + size});
      }
      case ops::kAsyncStart: {
        RETURN_IF_ERROR(Check(op));
        ASSIGN_OR_RETURN(std::vector<ValueId> values,
                         r.InlineRegion(op.region_id(0), r.MapAll(r.source().operands(node))));
        return SetResults(r, op, std::move(values));
      }
      case ops::kCustomCall:
        return VisitCustomCall(r, op);
      default:
        if (CarriesTuples(r.source(), node)) {
          return op.UnsupportedError("takes or returns a tuple or a future");
        }
        return r.Clone(node);
    }
  }

 private:
  // The verifier has not asked where sizes are free.
  static Status Check(const OpView& op) {
    std::vector<Type> results;
    for (size_t i = 0; i < op.num_results(); ++i) results.push_back(op.result_type(i));
    return op.node().op->infer(op, results);
  }

  Status VisitCustomCall(Rewriter& r, const OpView& op) {
    const std::vector<ValueId> operands = Operands(r, op);
    std::vector<Type> types;
    for (size_t i = 0; i < op.num_results(); ++i) AppendLeaves(op.result_type(i), &types);
    const ValueId first =
        r.EmitNode(ops::kCustomCall, operands, types, CopyAttributes(r.source(), op.node()), {},
                   r.MapLocation(op.node().location));
    std::vector<ValueId> values;
    for (size_t i = 0; i < types.size(); ++i) values.push_back(first + static_cast<ValueId>(i));
    return SetResults(r, op, std::move(values));
  }

  // What the operands hold, one after the other.
  std::vector<ValueId> Operands(Rewriter& r, const OpView& op) const {
    std::vector<ValueId> all;
    for (size_t i = 0; i < op.num_operands(); ++i) {
      if (!Holds(op.operand_type(i))) {
        all.push_back(r.Map(op.operand_id(i)));
        continue;
      }
      const std::vector<ValueId>& held = held_.at(op.operand_id(i));
      all.insert(all.end(), held.begin(), held.end());
    }
    return all;
  }

  // `values` are what the results hold, one after the other.
  Status SetResults(Rewriter& r, const OpView& op, std::vector<ValueId> values) {
    auto next = values.begin();
    for (size_t i = 0; i < op.num_results(); ++i) {
      if (!Holds(op.result_type(i))) {
        r.SetMapped(op.result_id(i), *next++);
        continue;
      }
      const auto end = next + static_cast<std::ptrdiff_t>(Leaves(op.result_type(i)).size());
      held_[op.result_id(i)].assign(next, end);
      next = end;
    }
    return OkStatus();
  }

  std::unordered_map<ValueId, std::vector<ValueId>> held_;  // Source value -> target values.
};

}  // namespace

Status ResolveTuples(const PassContext&, const Graph& source, Graph* target) {
  if (std::none_of(source.types.begin(), source.types.end(), Holds)) return OkStatus();
  for (const Function& function : source.functions) {
    const Region& body = source.regions[function.body];
    const auto check = [&](ValueId value) {
      if (!Holds(source.type(value))) return OkStatus();
      return Unsupported(StrCat("function @", function.name, " takes or returns a value of type ",
                                ToString(source.type(value)), "; only tensors can be"));
    };
    for (ValueId v = body.arguments.begin; v < body.arguments.end(); ++v) RETURN_IF_ERROR(check(v));
    for (ValueId v : source.results(body)) RETURN_IF_ERROR(check(v));
  }
  Resolver resolver;
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return resolver.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
