// SPDX-License-Identifier: Apache-2.0
//
// Computes nodes whose operands are all literal constants, by their References. Splats stay splats:
// an elementwise node over splats is computed on one element, and moving a splat about only changes
// its shape. Bounded, so that a small file cannot ask for a large computation at load: results of
// at most 64 MiB in all, what their references do is taken from the budget, no loops. What is
// computed of large literals is left to kernels, which do it once, while the program loads
// (HeldValues).
#include <algorithm>

#include "core/graph/rewriter.h"
#include "core/passes/fold.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// What folding the node costs, in the budget's unit.
double Work(const OpView& op) {
  constexpr double kStep = 20;
  double elements = static_cast<double>(op.result().NumElements());
  for (size_t i = 0; i < op.num_operands() && !op.node().op->reads_types_only; ++i) {
    elements += static_cast<double>(op.operand(i).NumElements());
  }
  const auto steps = op.node().op->reference_cost;
  return kStep * elements * (steps ? std::max(1.0, steps(op)) : 1.0);
}

class Folder {
 public:
  Folder(const PassContext& context, const Graph& source) : context_(context), source_(source) {}

  // Whether there is anything to begin with.
  bool Any() const {
    std::vector<bool> constant(source_.values.size());
    for (const Node& node : source_.nodes) {
      if (ConstantElements(source_, &node)) constant[node.results.begin] = true;
    }
    return std::any_of(source_.nodes.begin(), source_.nodes.end(), [&](const Node& node) {
      if (!IsCandidate(node)) return false;
      const auto operands = source_.operands(node);
      if (node.op->reads_types_only) return true;
      if (node.op->moves_only && constant[operands[0]]) return true;
      return std::all_of(operands.begin(), operands.end(), [&](ValueId v) { return constant[v]; });
    });
  }

  Status Visit(Rewriter& r, const Node& node) {
    if (IsCandidate(node)) {
      std::vector<const DenseElements*> operands;
      bool all_constant = true;
      bool all_splat = true;
      for (ValueId operand : source_.operands(node)) {
        const Node* def = r.Def(r.Map(operand));
        operands.push_back(ConstantElements(r.target(), def));
        all_constant &= operands.back() != nullptr || node.op->reads_types_only;
        all_splat &= SplatElements(r.target(), def) != nullptr;
      }
      Budget& budget = context_.budget ? *context_.budget : own_budget_;
      const OpView op(source_, node);
      const TensorType& type = source_.tensor(node.results.begin);
      if (node.op->moves_only && operands[0] &&
          SplatElements(r.target(), r.Def(r.Map(source_.operands(node)[0])))) {
        return Replace(r, node, SplatOf(*operands[0], type));
      }
      if (all_constant) {
        if (IsElementwise(node) && all_splat) {
          ASSIGN_OR_RETURN(std::optional<Attribute> value,
                           Fold(op, operands, /*one_element=*/true, budget));
          if (value) return Replace(r, node, std::move(*value));
        } else if (context_.fold_literals && !IsLeftToKernels(r, node, operands) &&
                   Affordable(node)) {
          ASSIGN_OR_RETURN(std::optional<Attribute> value,
                           Fold(op, operands, /*one_element=*/false, budget));
          if (value) return Replace(r, node, std::move(*value));
        }
      }
    }
    return r.Clone(node);
  }

 private:
  // Nodes with computations are left to the plan.
  bool IsCandidate(const Node& node) const {
    return node.regions.size == 0 && CanFold(source_, node);
  }

  // What stands in the program's body is computed once anyway, and what a broadcast repeats is best
  // read where it is.
  bool IsLeftToKernels(Rewriter& r, const Node& node,
                       std::span<const DenseElements* const> literals) const {
    constexpr size_t kLarge = 64 << 10;
    constexpr int64_t kManyElements = 1024;
    if (node.name == ops::kBroadcastInDim) {
      const int64_t elements = source_.tensor(node.results.begin).NumElements();
      return elements > kManyElements && elements > literals[0]->type.NumElements();
    }
    return r.builder().depth() == 1 &&
           std::any_of(literals.begin(), literals.end(), [](const DenseElements* literal) {
             return literal && literal->bytes.size() >= kLarge;
           });
  }

  // Charges the budget; false when it does not last.
  bool Affordable(const Node& node) {
    const int64_t bytes = source_.tensor(node.results.begin).ByteSize();
    if (bytes > kMaxFoldBytes - bytes_ || !context_.Take(Work(OpView(source_, node)))) {
      return false;
    }
    bytes_ += bytes;
    return true;
  }

  Status Replace(Rewriter& r, const Node& node, Attribute value) {
    const ValueId constant =
        r.Emit(ops::kConstant, std::span<const ValueId>(), source_.tensor(node.results.begin),
               {{"value", std::move(value)}}, r.MapLocation(node.location));
    r.SetMapped(node.results.begin, constant);
    return OkStatus();
  }

  const PassContext& context_;
  const Graph& source_;
  Budget own_budget_;
  int64_t bytes_ = 0;
};

}  // namespace

Status FoldConstants(const PassContext& context, const Graph& source, Graph* target) {
  Folder folder(context, source);
  if (!folder.Any()) return OkStatus();
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return folder.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
