// SPDX-License-Identifier: Apache-2.0
//
// Computes nodes whose operands are all literal constants, by their References. Splats stay splats:
// an elementwise node over splats is computed on one element, and moving a splat about only changes
// its shape. Bounded, so that a small file cannot ask for a large computation at load: results of
// at most 64 MiB in all, what their references do is taken from the budget, no loops.
#include <algorithm>

#include "core/base/memory.h"
#include "core/graph/dialect.h"
#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

constexpr int64_t kMaxBytes = 64 << 20;

// Nodes with computations are left to the plan.
class NoRegions : public RegionRunner {
 public:
  Task Run(RegionId, std::span<const TensorView>, std::span<const TensorView>) override {
    return Unsupported("constant folding runs no computations");
  }
};

// What folding the node costs, in the budget's unit.
double Work(const OpView& op) {
  constexpr double kStep = 20;
  double elements = static_cast<double>(op.result().NumElements());
  for (size_t i = 0; i < op.num_operands(); ++i) {
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
      if (!CanFold(node)) return false;
      const auto operands = source_.operands(node);
      if (node.op->moves_only && constant[operands[0]]) return true;
      return std::all_of(operands.begin(), operands.end(), [&](ValueId v) { return constant[v]; });
    });
  }

  Status Visit(Rewriter& r, const Node& node) {
    if (CanFold(node)) {
      std::vector<const DenseElements*> operands;
      bool all_constant = true;
      bool all_splat = true;
      for (ValueId operand : source_.operands(node)) {
        const Node* def = r.Def(r.Map(operand));
        operands.push_back(ConstantElements(r.target(), def));
        all_constant &= operands.back() != nullptr;
        all_splat &= SplatElements(r.target(), def) != nullptr;
      }
      const TensorType& type = source_.tensor(node.results.begin);
      if (node.op->moves_only && operands[0] &&
          SplatElements(r.target(), r.Def(r.Map(source_.operands(node)[0])))) {
        return Replace(r, node, SplatOf(*operands[0], type));
      }
      if (all_constant) {
        if (IsElementwise(node) && all_splat) {
          ASSIGN_OR_RETURN(std::optional<Attribute> value,
                           Compute(node, operands, /*one_element=*/true));
          if (value) return Replace(r, node, std::move(*value));
        } else if (context_.fold_literals && Affordable(node)) {
          ASSIGN_OR_RETURN(std::optional<Attribute> value,
                           Compute(node, operands, /*one_element=*/false));
          if (value) return Replace(r, node, std::move(*value));
        }
      }
    }
    return r.Clone(node);
  }

 private:
  bool CanFold(const Node& node) const {
    return IsPure(node) && HasReference(node.op) && node.regions.size == 0 &&
           node.results.size == 1 && source_.type(node.results.begin).IsTensor() &&
           !source_.tensor(node.results.begin).quantized && node.op->foldable;
  }

  // Charges the budget; false when it does not last.
  bool Affordable(const Node& node) {
    const int64_t bytes = source_.tensor(node.results.begin).ByteSize();
    if (bytes > kMaxBytes - bytes_ || !context_.Take(Work(OpView(source_, node)))) {
      return false;
    }
    bytes_ += bytes;
    return true;
  }

  // Nothing where the reference fails; an error when it comes too late.
  Result<std::optional<Attribute>> Compute(const Node& node,
                                           const std::vector<const DenseElements*>& operands,
                                           bool one_element) {
    std::vector<TensorType> types;
    types.reserve(operands.size() + 1);  // Views point into it.
    std::vector<std::vector<uint8_t>> expanded(operands.size());
    std::vector<TensorView> inputs;
    for (size_t i = 0; i < operands.size(); ++i) {
      const DenseElements& elements = *operands[i];
      const uint8_t* data = elements.bytes.data();
      if (one_element) {
        types.emplace_back(elements.type.element, std::vector<int64_t>{});
      } else {
        types.push_back(elements.type);
        if (elements.splat) {
          const int64_t n = elements.type.NumElements();
          if (n * static_cast<int64_t>(elements.bytes.size()) > kMaxBytes)
            return std::optional<Attribute>();
          expanded[i].reserve(static_cast<size_t>(n) * elements.bytes.size());
          for (int64_t k = 0; k < n; ++k) {
            expanded[i].insert(expanded[i].end(), elements.bytes.begin(), elements.bytes.end());
          }
          data = expanded[i].data();
        }
      }
      inputs.emplace_back(&types.back(), const_cast<uint8_t*>(data));
    }
    const TensorType& result = source_.tensor(node.results.begin);
    types.push_back(one_element ? TensorType(result.element, {}) : result);
    DenseElements folded;
    folded.type = result;
    folded.splat = one_element;
    folded.bytes.resize(static_cast<size_t>(types.back().ByteSize()));
    const TensorView output(&types.back(), folded.bytes.data());
    NoRegions no_regions;
    Budget& budget = context_.budget ? *context_.budget : own_budget_;
    const ReferenceArgs args{OpView(source_, node), inputs, std::span(&output, 1), no_regions,
                             budget};
    Task task = RunReference(args);
    while (!task.Resume()) {
      if (budget.late()) return Cancelled("the deadline came while constants were folded");
    }
    if (!task.status().ok()) return std::optional<Attribute>();
    CollapseSplat(&folded);
    return std::optional<Attribute>(Attribute::Dense(std::move(folded)));
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
