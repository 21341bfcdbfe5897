// SPDX-License-Identifier: Apache-2.0
//
// Rewriter: how passes are written, and ops that expand into others. A pass walks the source graph
// in order and emits nodes into a fresh target graph; `Map` tells which target value stands for a
// source value. By default a node is cloned; a pass says what differs. Nothing is edited in place,
// so a half-done pass cannot leave a broken graph behind and a pass's input stays printable.
#ifndef WEBHLO_CORE_GRAPH_REWRITER_H_
#define WEBHLO_CORE_GRAPH_REWRITER_H_

#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/graph/uses.h"

namespace webhlo {

class Rewriter {
 public:
  // Called for each source node, in order, inside the target region that stands for its own. Must
  // give every used result a value (SetMapped), usually through Clone or Emit.
  using Visitor = std::function<Status(Rewriter&, const Node&)>;

  Rewriter(const Graph& source, Graph* target, Visitor visitor);

  // Called when all nodes of a region were visited, before its results are looked up: the last
  // chance to give them values.
  void set_region_end(std::function<Status(const Region&)> hook) { region_end_ = std::move(hook); }

  // Replaces the in-order visit of a region's nodes: the hook emits them itself, in any order that
  // respects their operands, into the open target region.
  void set_region_visitor(std::function<Status(const Region&)> hook) {
    region_visitor_ = std::move(hook);
  }

  // Rewrites every function of the source.
  Status Run();
  // Rewrites one function; its signature may be changed by the visitor only through results.
  Status RunFunction(const Function& function);

  const Graph& source() const { return source_; }
  Graph& target() { return *target_; }
  GraphBuilder& builder() { return builder_; }

  ValueId Map(ValueId source_value) const { return map_[source_value]; }
  void SetMapped(ValueId source_value, ValueId target_value) { map_[source_value] = target_value; }
  std::vector<ValueId> MapAll(std::span<const ValueId> source_values) const;

  // Copies a node with mapped operands, visiting the nodes of its regions.
  Status Clone(const Node& node);
  // Copies a region the same way; its arguments keep their types.
  Result<RegionId> CloneRegion(RegionId source_region);
  // Visits a region's nodes in the target region that is open now, with its arguments standing for
  // `arguments`, and returns what its results became. How calls and loops are inlined.
  Result<std::vector<ValueId>> InlineRegion(RegionId source_region,
                                            std::span<const ValueId> arguments);

  // Emits a node with one tensor result into the open target region.
  ValueId Emit(OpName name, std::span<const ValueId> operands, const TensorType& result,
               std::vector<NamedAttribute> attributes = {}, LocationId location = 0);
  ValueId Emit(OpName name, std::initializer_list<ValueId> operands, const TensorType& result,
               std::vector<NamedAttribute> attributes = {}, LocationId location = 0) {
    return Emit(name, std::span<const ValueId>(operands.begin(), operands.size()), result,
                std::move(attributes), location);
  }
  // Emits any node and remembers it for Def.
  ValueId EmitNode(OpName name, std::span<const ValueId> operands, std::span<const Type> results,
                   std::vector<NamedAttribute> attributes, std::span<const RegionId> regions,
                   LocationId location);

  // Makes the node that was emitted last a constant.
  void MakeLastConstant(Attribute value);

  // Emits the reduction of x by one op of two scalars, beginning with `init`.
  ValueId EmitReduce(OpName op, ValueId x, ValueId init, std::vector<int64_t> dimensions,
                     LocationId location);

  // The emitted node that defines a target value, or null (arguments).
  const Node* Def(ValueId target_value) const;
  // The elements of the target values that stand for a source node's operands, null where they are
  // no literals.
  std::vector<const DenseElements*> Literals(const Node& source_node) const;
  const TensorType& type(ValueId target_value) const { return target_->tensor(target_value); }
  OpView View(const Node& target_node) const { return OpView(*target_, target_node); }

  // Source locations, copied into the target on first use.
  LocationId MapLocation(LocationId source_location);

 private:
  Status VisitNodes(const Region& region);
  // The builder's last node, whose results begin at `first_result`, is there for Def.
  void Remember(ValueId first_result);

  const Graph& source_;
  Graph* target_;
  GraphBuilder builder_;
  Visitor visitor_;
  std::function<Status(const Region&)> region_end_;
  std::function<Status(const Region&)> region_visitor_;
  std::vector<ValueId> map_;
  // Source ids -> target ids, or kNone.
  std::vector<LocationId> location_map_;
  std::vector<TypeId> type_map_;
  std::vector<uint32_t> target_def_;  // Target value -> index into emitted_, or kNone.
  std::vector<Node> emitted_;
  // Clone's, kept since it runs for every node of every pass.
  std::vector<ValueId> operands_;
  std::vector<TypeId> result_types_;
};

// The attributes of a node, to be changed.
std::vector<NamedAttribute> CopyAttributes(const Graph& graph, const Node& node);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_REWRITER_H_
