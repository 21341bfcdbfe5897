// SPDX-License-Identifier: Apache-2.0
//
// Inlines func.call and the decompositions of composites, so that the passes after it see one
// function, and of branches that a literal chooses from (programs for several platforms have some
// for each) the one that it chooses. The verifier has rejected recursion. A file may chain calls as
// deep as it likes, so they are followed with a stack of our own; calls that multiply (a calls b
// twice, b calls c twice,
// ...) are counted before the first is inlined.
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/rewriter.h"
#include "core/graph/verifier.h"
#include "core/passes/pass.h"
#include "core/passes/work_budget.h"

namespace webhlo {
namespace {

// Which functions nodes call.
class Callees {
 public:
  explicit Callees(const Graph& graph) : graph_(graph) {
    for (const Function& function : graph.functions) functions_.emplace(function.name, &function);
  }
  // The called function, or null for any other node.
  const Function* Of(const Node& node) const {
    const std::string_view attribute = CalleeAttribute(node.name);
    if (attribute.empty()) return nullptr;
    return functions_.at(FindAttribute(graph_.attributes(node), attribute)->string());
  }

 private:
  const Graph& graph_;
  std::unordered_map<std::string_view, const Function*> functions_;
};

// How many operations, operands and results a function has, alone and with its calls inlined.
class Sizes {
 public:
  Sizes(const Graph& graph, const Callees& callees) : graph_(graph), callees_(callees) {}

  double OfFile() const {
    return static_cast<double>(graph_.nodes.size() + graph_.operand_pool.size() +
                               graph_.values.size());
  }

  double Inlined(const Function& entry) {
    Open(entry);
    while (!open_.empty()) {
      Frame& frame = open_.back();
      if (frame.next == frame.callees.size()) {
        const double size = frame.size;
        inlined_[frame.function] = size;
        open_.pop_back();
        continue;
      }
      const Function* callee = frame.callees[frame.next];
      if (const auto known = inlined_.find(callee); known != inlined_.end()) {
        frame.size += known->second;
        ++frame.next;
      } else {
        Open(*callee);
      }
    }
    return inlined_[&entry];
  }

 private:
  struct Frame {
    const Function* function;
    double size = 0;
    std::vector<const Function*> callees;
    size_t next = 0;
  };

  void Open(const Function& function) {
    Frame frame{.function = &function};
    ForEachNode(graph_, function.body, [&](const Node& node) {
      frame.size += 1.0 + node.operands.size + node.results.size;
      if (const Function* callee = callees_.Of(node)) frame.callees.push_back(callee);
    });
    open_.push_back(std::move(frame));
  }

  const Graph& graph_;
  const Callees& callees_;
  std::vector<Frame> open_;
  std::unordered_map<const Function*, double> inlined_;
};

class Inliner {
 public:
  Inliner(const Graph& source, const Callees& callees, const Function& entry)
      : source_(source), callees_(callees), current_(&entry) {}

  Status Visit(Rewriter& r, const Node& node) {
    const Function* callee = callees_.Of(node);
    if (!callee) return Copy(r, node);
    std::vector<Frame> open;
    Enter(r, node, *callee, &open);
    while (!open.empty()) {
      Frame& frame = open.back();
      const Region& body = source_.regions[frame.function->body];
      current_ = frame.function;
      if (frame.next < body.nodes.size) {
        const Node& next = source_.nodes[body.nodes.begin + frame.next++];
        if (const Function* inner = callees_.Of(next)) {
          Enter(r, next, *inner, &open);
        } else {
          RETURN_IF_ERROR(Copy(r, next));
        }
        continue;
      }
      const std::vector<ValueId> results = r.MapAll(source_.results(body));
      for (uint32_t i = 0; i < results.size(); ++i) {
        r.SetMapped(frame.call->results.begin + i, results[i]);
      }
      current_ = frame.caller;
      open.pop_back();
    }
    return OkStatus();
  }

 private:
  struct Frame {
    const Node* call;
    const Function* function;
    const Function* caller;
    uint32_t next = 0;
  };

  void Enter(Rewriter& r, const Node& call, const Function& callee, std::vector<Frame>* open) {
    const Region& body = source_.regions[callee.body];
    const std::vector<ValueId> arguments = r.MapAll(source_.operands(call));
    for (uint32_t i = 0; i < arguments.size(); ++i) {
      r.SetMapped(body.arguments.begin + i, arguments[i]);
    }
    open->push_back({&call, &callee, current_});
  }

  // The branch that is taken, if that is known.
  std::optional<RegionId> BranchOf(Rewriter& r, const Node& node) const {
    if (node.name != ops::kIf && node.name != ops::kCase) return std::nullopt;
    const Node* literal = r.Def(r.Map(source_.operands(node)[0]));
    const std::optional<double> value = SplatValue(r.target(), literal);
    if (!value) return std::nullopt;
    const std::span<const RegionId> branches = source_.regions_of(node);
    if (node.name == ops::kIf) return branches[*value != 0 ? 0 : 1];
    const auto last = static_cast<double>(branches.size() - 1);
    return branches[static_cast<size_t>(*value >= 0 && *value <= last ? *value : last)];
  }

  // The passes after this one recurse over regions, as this one does over branches.
  Status Copy(Rewriter& r, const Node& node) {
    if (const auto branch = BranchOf(r, node); branch && branches_ < kMaxRegionDepth) {
      ++branches_;
      ASSIGN_OR_RETURN(const std::vector<ValueId> results, r.InlineRegion(*branch, {}));
      --branches_;
      for (uint32_t i = 0; i < results.size(); ++i) {
        r.SetMapped(node.results.begin + i, results[i]);
      }
      return OkStatus();
    }
    if (node.regions.size > 0 && r.builder().depth() >= kMaxRegionDepth) {
      return Unsupported(StrCat("function @", current_->name, ": with all calls inlined, regions ",
                                "nest deeper than ", kMaxRegionDepth));
    }
    return r.Clone(node);
  }

  const Graph& source_;
  const Callees& callees_;
  const Function* current_;  // Whose nodes are being copied.
  uint32_t branches_ = 0;    // In how many branches, one in the other.
};

}  // namespace

Status InlineCalls(const PassContext& context, const Graph& source, Graph* target) {
  if (source.functions.size() == 1 &&
      !HasOp(source, {ops::kFuncCall, ops::kComposite, ops::kIf, ops::kCase})) {
    return OkStatus();
  }
  const Function* entry = source.FindFunction(context.entry);
  if (!entry) return Internal(StrCat("no entry function @", context.entry));
  const Callees callees(source);
  Sizes sizes(source, callees);
  const double bound = kInlinedFloor + kInlinedFactor * sizes.OfFile();
  if (const double size = sizes.Inlined(*entry); size > bound) {
    return Unsupported(StrCat("function @", entry->name, ": with all calls inlined it has ", size,
                              " operations and operands, at most ", bound,
                              " are compiled for a program of this size"));
  }
  Inliner inliner(source, callees, *entry);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return inliner.Visit(r, node); })
      .RunFunction(*entry);
}

}  // namespace webhlo
