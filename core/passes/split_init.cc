// SPDX-License-Identifier: Apache-2.0
//
// A value belongs to the init side when it depends on weights and on nothing but weights and
// literals (HeldValues). What crosses the border is kept small: a reshape is free on either side,
// and a broadcast is cheaper to redo (fused into its users) than to store, so both stay in the main
// graph and their operands cross instead. Init nodes that share a computed value form one init
// graph; weights alone do not tie graphs together, so each can run, and release its weights, as
// early as possible.
#include "core/passes/split_init.h"

#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "core/base/strings.h"
#include "core/graph/rewriter.h"

namespace webhlo {
namespace {

class Splitter {
 public:
  Splitter(const PassContext& context, const Graph& source)
      : context_(context),
        source_(source),
        index_(source),
        on_weights_(HeldValues(source, context)),
        entry_(*source.FindFunction(context.entry)),
        body_(source.regions[entry_.body]) {}

  Result<SplitProgram> Run() {
    FindWeights();
    FindBorder();
    RETURN_IF_ERROR(BuildInitGraphs());
    RETURN_IF_ERROR(BuildMain());
    return std::move(split_);
  }

 private:
  bool IsWeight(ValueId v) const { return weight_number_.count(v) > 0; }
  NodeId Id(const Node& node) const { return static_cast<NodeId>(&node - source_.nodes.data()); }
  const Node& BodyNode(uint32_t i) const { return source_.nodes[body_.nodes.begin + i]; }

  void FindWeights() {
    for (uint32_t i = 0; i < body_.arguments.size; ++i) {
      if (context_.IsWeight(i)) weight_number_[body_.arguments.begin + i] = i;
    }
    for (uint32_t i = 0; i < body_.nodes.size; ++i) {
      const Node& node = BodyNode(i);
      const DenseElements* literal = ConstantElements(source_, &node);
      if (!literal || !on_weights_[node.results.begin]) continue;
      weight_number_[node.results.begin] =
          body_.arguments.size + static_cast<uint32_t>(split_.literals.size());
      split_.literals.push_back(FindAttribute(source_.attributes(node), "value")->shared_dense());
    }
  }

  // A value of the init side, computed or a weight itself.
  bool IsInit(ValueId v) const { return on_weights_[v]; }
  bool StaysInMain(const Node& node) const {
    return node.name == ops::kReshape || node.name == ops::kBroadcastInDim;
  }

  // Marks what main needs: border values, and init-side nodes to repeat in main.
  void FindBorder() {
    const auto need = [&](ValueId v) {
      if (!IsInit(v)) return;
      for (const Node* def; (def = index_.Def(v)) && StaysInMain(*def);) {
        if (!repeated_.insert(Id(*def)).second) return;
        v = source_.operands(*def)[0];
      }
      if (border_index_.try_emplace(v, static_cast<uint32_t>(border_.size())).second) {
        border_.push_back(v);
      }
    };
    for (uint32_t i = 0; i < body_.nodes.size; ++i) {
      const Node& node = BodyNode(i);
      if (node.results.size > 0 && IsInit(node.results.begin)) continue;
      ForEachUse(source_, node, need);
    }
    for (ValueId result : source_.results(body_)) need(result);
  }

  // ---- Init graphs.

  uint32_t Root(uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }

  Status BuildInitGraphs() {
    // The nodes behind border values, literals excluded: those are copied wherever they are used.
    std::vector<NodeId> nodes;
    std::vector<bool> taken(source_.nodes.size(), false);
    std::vector<ValueId> work = border_;
    while (!work.empty()) {
      const Node* def = index_.Def(work.back());
      work.pop_back();
      if (!def || taken[Id(*def)] || !IsInit(def->results.begin) || IsWeight(def->results.begin)) {
        continue;
      }
      taken[Id(*def)] = true;
      for (ValueId operand : source_.operands(*def)) work.push_back(operand);
    }
    std::unordered_map<NodeId, uint32_t> position;
    for (uint32_t i = 0; i < body_.nodes.size; ++i) {
      const NodeId id = body_.nodes.begin + i;
      if (!taken[id]) continue;
      position[id] = static_cast<uint32_t>(nodes.size());
      nodes.push_back(id);
    }
    parent_.resize(nodes.size());
    std::iota(parent_.begin(), parent_.end(), 0u);
    for (uint32_t i = 0; i < nodes.size(); ++i) {
      for (ValueId operand : source_.operands(source_.nodes[nodes[i]])) {
        const Node* def = index_.Def(operand);
        if (def && position.count(Id(*def))) parent_[Root(position[Id(*def)])] = Root(i);
      }
    }
    std::unordered_map<uint32_t, std::vector<NodeId>> pieces;
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < nodes.size(); ++i) {
      std::vector<NodeId>& piece = pieces[Root(i)];
      if (piece.empty()) order.push_back(Root(i));
      piece.push_back(nodes[i]);
    }
    for (uint32_t root : order) RETURN_IF_ERROR(BuildInitGraph(pieces[root]));
    return OkStatus();
  }

  Status BuildInitGraph(const std::vector<NodeId>& nodes) {
    InitGraph init;
    Rewriter r(source_, &init.graph, [](Rewriter& rw, const Node& node) { return rw.Clone(node); });
    GraphBuilder& b = r.builder();
    Function function;
    function.name = "init";
    function.body = b.BeginRegion();
    for (NodeId id : nodes) {
      for (ValueId operand : source_.operands(source_.nodes[id])) {
        if (!IsWeight(operand) || r.Map(operand) != kNone) continue;
        r.SetMapped(operand, b.AddArgument(source_.type(operand)));
        init.arguments.push_back(weight_number_[operand]);
      }
    }
    std::vector<ValueId> results;
    const uint32_t graph_index = static_cast<uint32_t>(split_.init_graphs.size());
    for (NodeId id : nodes) {
      const Node& node = source_.nodes[id];
      RETURN_IF_ERROR(CloneLiterals(r, node));
      RETURN_IF_ERROR(r.Clone(node));
      for (uint32_t k = 0; k < node.results.size; ++k) {
        const ValueId v = node.results.begin + k;
        if (!border_index_.count(v)) continue;
        computed_[v] = {graph_index, static_cast<uint32_t>(results.size())};
        results.push_back(r.Map(v));
      }
    }
    b.EndRegion(results);
    init.graph.functions.push_back(std::move(function));
    split_.init_graphs.push_back(std::move(init));
    return OkStatus();
  }

  // Copies the literal subgraph behind a node's operands, operands first.
  Status CloneLiterals(Rewriter& r, const Node& node) {
    std::vector<const Node*> stack{&node};
    while (!stack.empty()) {
      const Node* top = stack.back();
      bool ready = true;
      for (ValueId operand : source_.operands(*top)) {
        const Node* def = index_.Def(operand);
        if (r.Map(operand) == kNone && def && !on_weights_[operand]) {
          stack.push_back(def);
          ready = false;
        }
      }
      if (!ready) continue;
      stack.pop_back();
      if (top != &node && r.Map(top->results.begin) == kNone) RETURN_IF_ERROR(r.Clone(*top));
    }
    return OkStatus();
  }

  // ---- Main.

  Status BuildMain() {
    Rewriter r(source_, &split_.main,
               [](Rewriter& rw, const Node& node) { return rw.Clone(node); });
    GraphBuilder& b = r.builder();
    Function function = entry_;
    function.argument_attributes.clear();
    function.location = 0;
    function.body = b.BeginRegion();
    for (uint32_t i = 0; i < body_.arguments.size; ++i) {
      if (context_.IsWeight(i)) continue;
      const ValueId v = body_.arguments.begin + i;
      r.SetMapped(v, b.AddArgument(source_.type(v), r.MapLocation(source_.values[v].location)));
      split_.inputs.push_back(i);
    }
    for (ValueId v : border_) {
      r.SetMapped(v, b.AddArgument(source_.type(v), r.MapLocation(source_.values[v].location)));
      ConstantSource constant;
      if (IsWeight(v)) {
        constant.argument = weight_number_[v];
      } else {
        constant.is_weight = false;
        constant.init_graph = computed_[v].first;
        constant.result = computed_[v].second;
      }
      split_.constants.push_back(constant);
    }
    for (uint32_t i = 0; i < body_.nodes.size; ++i) {
      const Node& node = BodyNode(i);
      const bool init = node.results.size > 0 && IsInit(node.results.begin);
      if (init && !repeated_.count(Id(node))) continue;
      RETURN_IF_ERROR(r.Clone(node));
    }
    b.EndRegion(r.MapAll(source_.results(body_)));
    split_.main.functions.push_back(std::move(function));
    return OkStatus();
  }

  const PassContext& context_;
  const Graph& source_;
  GraphIndex index_;
  const std::vector<bool> on_weights_;
  const Function& entry_;
  const Region& body_;
  std::unordered_map<ValueId, uint32_t> weight_number_;  // As InitGraph::arguments has it.
  std::vector<ValueId> border_;
  std::unordered_map<ValueId, uint32_t> border_index_;
  std::unordered_set<NodeId> repeated_;
  std::unordered_map<ValueId, std::pair<uint32_t, uint32_t>> computed_;
  std::vector<uint32_t> parent_;
  SplitProgram split_;
};

}  // namespace

Result<SplitProgram> SplitInit(const PassContext& context, const Graph& source) {
  if (!source.FindFunction(context.entry)) {
    return Internal(StrCat("no entry function @", context.entry));
  }
  return Splitter(context, source).Run();
}

}  // namespace webhlo
