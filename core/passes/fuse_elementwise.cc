// SPDX-License-Identifier: Apache-2.0
//
// Groups elementwise nodes into webhlo.fusion nodes, each of which becomes one loop over memory.
//
// A unit is a group of elementwise nodes of one result shape, or any other single node. Units merge
// along def-use edges as long as the units still form no cycle: two of them may merge when no path
// between them leads through a third. Broadcasts and splat constants are not units: each group gets
// its own copy, folded into its loads. Nodes that the JIT can emit do not merge with nodes it
// cannot. Units are emitted in dependency order, so members of a group need not be neighbours in
// the program.
#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "core/base/sort.h"
#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// A fused function keeps its inputs in locals and its body in one loop: bounded so that engines
// compile it well and the stack of a tile fits.
constexpr size_t kMaxGroupNodes = 256;
constexpr size_t kMaxGroupOperands = 24;
// Searching for a path gives up (and does not merge) after this many units, and all searches
// together after this many looks at an operand and so many for each node.
constexpr size_t kMaxSearch = 4096;
constexpr size_t kMaxLooks = 2'000'000;
constexpr size_t kMaxLooksPerNode = 200;

class Fuser {
 public:
  Fuser(const Graph& source, Graph* target)
      : source_(source),
        index_(source),
        looks_left_(kMaxLooks + kMaxLooksPerNode * source.nodes.size()),
        rewriter_(source, target, [this](Rewriter&, const Node& node) { return Visit(node); }) {
    rewriter_.set_region_visitor([this](const Region& region) { return VisitRegion(region); });
  }

  Status Run() { return rewriter_.Run(); }

 private:
  struct Unit {
    std::vector<NodeId> nodes;     // In program order.
    std::vector<NodeId> operands;  // Nodes of this region that its nodes use, copies excluded.
    bool fusible = false;
    bool jit = false;
    bool emitted = false;
    uint32_t seen_in = 0;  // The search that met it last.
  };

  Status Visit(const Node& node) {
    const bool outer = fuse_inside_;
    fuse_inside_ = IsControlFlow(node);
    const Status status = rewriter_.Clone(node);
    fuse_inside_ = outer;
    return status;
  }

  Status VisitRegion(const Region& region) {
    if (!fuse_inside_) {
      // The computation of a reduce or a sort: kernels want to see it as it is.
      for (uint32_t i = 0; i < region.nodes.size; ++i) {
        RETURN_IF_ERROR(Visit(source_.nodes[region.nodes.begin + i]));
      }
      return OkStatus();
    }
    // Inner regions are visited while this one is half done: their state must not mix.
    std::vector<Unit> outer_units;
    std::vector<uint32_t> outer_unit_of(region.nodes.size);
    std::swap(units_, outer_units);
    std::swap(unit_of_, outer_unit_of);
    const Range outer_nodes = std::exchange(nodes_, region.nodes);
    FormUnits(region);
    Status status;
    for (uint32_t i = 0; i < region.nodes.size && status.ok(); ++i) {
      status = EmitWithOperands(UnitOf(region.nodes.begin + i));
    }
    std::swap(units_, outer_units);
    std::swap(unit_of_, outer_unit_of);
    nodes_ = outer_nodes;
    return status;
  }

  // ---- Forming units.

  bool IsFusible(const Node& node) const {
    if (!IsElementwise(node) || node.results.size != 1 || node.regions.size != 0) return false;
    const TensorType& type = source_.tensor(node.results.begin);
    if (type.NumElements() == 0) return false;
    const OpView view(source_, node);
    for (ValueId operand : source_.operands(node)) {
      if (source_.tensor(operand).dims != type.dims) return false;
    }
    return CanJit(view) || (node.op->elementwise->tile && node.op->elementwise->tile(view));
  }

  static bool CanJit(const OpView& view) {
    const ElementwiseOp* elementwise = view.node().op->elementwise;
    return elementwise->can_emit && elementwise->can_emit(view);
  }

  // Broadcasts and splats are copied into the groups that use them. A broadcast that only permutes
  // is not: its operand could be of the group's own shape, a member even.
  bool IsCopiedBroadcast(const Node* node) const {
    return IsOp(node, ops::kBroadcastInDim) &&
           source_.tensor(source_.operands(*node)[0]).NumElements() <
               source_.tensor(node->results.begin).NumElements();
  }
  bool IsCopied(const Node& node) const {
    return IsCopiedBroadcast(&node) || SplatElements(source_, &node);
  }

  bool InRegion(const Node* node) const {
    if (!node) return false;
    const NodeId id = Id(*node);
    return id >= nodes_.begin && id < nodes_.end();
  }
  NodeId Id(const Node& node) const { return static_cast<NodeId>(&node - source_.nodes.data()); }
  // Of a node of this region.
  uint32_t UnitOf(NodeId id) const { return unit_of_[id - nodes_.begin]; }

  void FormUnits(const Region& region) {
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      const NodeId id = region.nodes.begin + i;
      const Node& node = source_.nodes[id];
      Unit unit;
      unit.nodes = {id};
      unit.fusible = IsFusible(node);
      if (unit.fusible) unit.jit = CanJit(OpView(source_, node));
      AddOperandNodes(node, unit.fusible, &unit.operands);
      unit_of_[i] = static_cast<uint32_t>(units_.size());
      units_.push_back(std::move(unit));
      if (units_.back().fusible) MergeWithProducers(id);
    }
  }

  // The nodes of this region that a node depends on, inner regions' captures included; for a
  // fusible node, what its copied broadcasts depend on instead of the broadcasts themselves.
  void AddOperandNodes(const Node& node, bool fusible, std::vector<NodeId>* operands) const {
    for (ValueId operand : source_.operands(node)) {
      const Node* def = index_.Def(operand);
      if (!InRegion(def)) continue;
      if (fusible && IsCopied(*def)) {
        AddOperandNodes(*def, false, operands);
      } else {
        operands->push_back(Id(*def));
      }
    }
    for (RegionId inner : source_.regions_of(node)) {
      ForEachUse(source_, inner, [&](ValueId value) {
        if (const Node* def = index_.Def(value); InRegion(def)) operands->push_back(Id(*def));
      });
    }
  }

  void MergeWithProducers(NodeId id) {
    const std::vector<NodeId> producers = units_[UnitOf(id)].operands;
    for (NodeId producer : producers) {
      const uint32_t a = UnitOf(producer), b = UnitOf(id);
      if (a != b && CanMerge(a, b)) Merge(a, b);
    }
  }

  bool CanMerge(uint32_t a, uint32_t b) {
    const Unit& x = units_[a];
    const Unit& y = units_[b];
    if (!x.fusible || !y.fusible || x.jit != y.jit ||
        x.nodes.size() + y.nodes.size() > kMaxGroupNodes || Shape(x) != Shape(y) ||
        CountOperands(x, y) > kMaxGroupOperands) {
      return false;
    }
    return !PathThroughOthers(a, b) && !PathThroughOthers(b, a);
  }

  const std::vector<int64_t>& Shape(const Unit& unit) const {
    return source_.tensor(source_.nodes[unit.nodes[0]].results.begin).dims;
  }

  size_t CountOperands(const Unit& x, const Unit& y) const {
    std::vector<ValueId> outside;
    for (const Unit* unit : {&x, &y}) {
      for (NodeId id : unit->nodes) {
        for (ValueId operand : source_.operands(source_.nodes[id])) {
          const Node* def = index_.Def(operand);
          if (def && SplatElements(source_, def)) continue;
          if (InRegion(def)) {
            const uint32_t u = UnitOf(Id(*def));
            if (&units_[u] == &x || &units_[u] == &y) continue;
          }
          outside.push_back(operand);
        }
      }
    }
    Sort(outside);
    return static_cast<size_t>(std::unique(outside.begin(), outside.end()) - outside.begin());
  }

  // Whether `to` depends on `from` through at least one unit that is neither.
  bool PathThroughOthers(uint32_t from, uint32_t to) {
    const NodeId earliest = units_[from].nodes.front();
    std::vector<uint32_t> stack{to};
    ++search_;
    size_t steps = 0;
    while (!stack.empty()) {
      const uint32_t u = stack.back();
      stack.pop_back();
      for (NodeId operand : units_[u].operands) {
        if (looks_left_ == 0) return true;
        --looks_left_;
        const uint32_t next = UnitOf(operand);
        if (next == u || next == to) continue;
        if (next == from) {
          if (u != to) return true;
          continue;
        }
        // A unit that lies wholly before `from` began cannot depend on it.
        if (units_[next].nodes.back() < earliest) continue;
        if (units_[next].seen_in == search_) continue;
        if (++steps > kMaxSearch) return true;
        units_[next].seen_in = search_;
        stack.push_back(next);
      }
    }
    return false;
  }

  void Merge(uint32_t a, uint32_t b) {
    Unit& x = units_[a];
    Unit& y = units_[b];
    for (NodeId id : x.nodes) unit_of_[id - nodes_.begin] = b;
    std::vector<NodeId> nodes;
    std::merge(x.nodes.begin(), x.nodes.end(), y.nodes.begin(), y.nodes.end(),
               std::back_inserter(nodes));
    y.nodes = std::move(nodes);
    y.operands.insert(y.operands.end(), x.operands.begin(), x.operands.end());
    Sort(y.operands);
    y.operands.erase(std::unique(y.operands.begin(), y.operands.end()), y.operands.end());
    x = Unit();
    x.emitted = true;
  }

  // ---- Emitting.

  // Emits a unit after everything it depends on, with a stack of its own: chains are long.
  Status EmitWithOperands(uint32_t root) {
    std::vector<std::pair<uint32_t, size_t>> stack{{root, 0}};
    while (!stack.empty()) {
      auto& [u, next] = stack.back();
      Unit& unit = units_[u];
      if (unit.emitted) {
        stack.pop_back();
        continue;
      }
      if (next < unit.operands.size()) {
        const uint32_t operand = UnitOf(unit.operands[next++]);
        if (operand != u && !units_[operand].emitted) stack.push_back({operand, 0});
        continue;
      }
      unit.emitted = true;
      const uint32_t emitting = u;
      stack.pop_back();
      if (units_[emitting].fusible) {
        EmitFusion(units_[emitting]);
      } else {
        RETURN_IF_ERROR(Visit(source_.nodes[units_[emitting].nodes[0]]));
      }
    }
    return OkStatus();
  }

  void EmitFusion(const Unit& unit) {
    const std::vector<NodeId>& nodes = unit.nodes;
    const auto inside = [&](ValueId value) {
      const Node* def = index_.Def(value);
      return def && InRegion(def) && std::binary_search(nodes.begin(), nodes.end(), Id(*def));
    };
    // Results: members that something outside uses.
    std::unordered_map<ValueId, uint32_t> inside_uses;
    for (NodeId id : nodes) {
      for (ValueId operand : source_.operands(source_.nodes[id])) ++inside_uses[operand];
    }
    std::vector<ValueId> results;
    for (NodeId id : nodes) {
      const ValueId result = source_.nodes[id].results.begin;
      if (index_.uses(result) > inside_uses[result]) results.push_back(result);
    }
    if (results.empty()) return;  // Dead; nothing maps to it.

    // Operands: what members use from outside, a broadcast's own operand in its place.
    std::vector<ValueId> operands;  // Source values.
    const auto operand_index = [&](ValueId value) {
      for (size_t i = 0; i < operands.size(); ++i) {
        if (operands[i] == value) return i;
      }
      operands.push_back(value);
      return operands.size() - 1;
    };
    for (NodeId id : nodes) {
      for (ValueId value : source_.operands(source_.nodes[id])) {
        const Node* def = index_.Def(value);
        if (inside(value) || (def && SplatElements(source_, def))) continue;
        operand_index(IsCopiedBroadcast(def) ? source_.operands(*def)[0] : value);
      }
    }
    GraphBuilder& b = rewriter_.builder();
    const RegionId body = b.BeginRegion();
    std::vector<ValueId> arguments;
    for (ValueId operand : operands) arguments.push_back(b.AddArgument(source_.type(operand)));
    std::unordered_map<ValueId, ValueId> local;  // Source value -> value in the body.
    const auto in_body = [&](ValueId value) {
      const auto it = local.find(value);
      if (it != local.end()) return it->second;
      const Node* def = index_.Def(value);
      ValueId made;
      if (const DenseElements* splat = def ? SplatElements(source_, def) : nullptr) {
        const TensorType& type = source_.tensor(value);
        made = rewriter_.Emit(ops::kConstant, {}, type, {{"value", SplatOf(*splat, type)}});
      } else if (IsCopiedBroadcast(def)) {
        const ValueId argument = arguments[operand_index(source_.operands(*def)[0])];
        made = rewriter_.Emit(ops::kBroadcastInDim, {argument}, source_.tensor(value),
                              CopyAttributes(source_, *def));
      } else {
        made = arguments[operand_index(value)];
      }
      local[value] = made;
      return made;
    };
    for (NodeId id : nodes) {
      const Node& node = source_.nodes[id];
      std::vector<ValueId> values;
      for (ValueId operand : source_.operands(node)) values.push_back(in_body(operand));
      local[node.results.begin] =
          rewriter_.Emit(node.name, values, source_.tensor(node.results.begin),
                         CopyAttributes(source_, node), rewriter_.MapLocation(node.location));
    }
    std::vector<ValueId> body_results;
    std::vector<Type> types;
    for (ValueId result : results) {
      body_results.push_back(local[result]);
      types.push_back(source_.type(result));
    }
    b.EndRegion(body_results);
    const std::vector<ValueId> mapped = rewriter_.MapAll(operands);
    const ValueId first =
        rewriter_.EmitNode(ops::kWebhloFusion, mapped, types, {}, std::span(&body, 1),
                           rewriter_.MapLocation(source_.nodes[nodes.back()].location));
    for (uint32_t i = 0; i < results.size(); ++i) rewriter_.SetMapped(results[i], first + i);
  }

  const Graph& source_;
  GraphIndex index_;
  bool fuse_inside_ =
      true;      // Function bodies and loop bodies; not computations of reduce, sort, ...
  Range nodes_;  // The region being fused.
  std::vector<Unit> units_;
  std::vector<uint32_t> unit_of_;  // By the region's nodes.
  uint32_t search_ = 0;            // Counts searches for paths.
  size_t looks_left_;
  Rewriter rewriter_;
};

}  // namespace

Status FuseElementwise(const PassContext&, const Graph& source, Graph* target) {
  return Fuser(source, target).Run();
}

}  // namespace webhlo
