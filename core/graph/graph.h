// SPDX-License-Identifier: Apache-2.0
//
// Graph: a program as flat arrays in SSA order, with 32-bit ids.
//
// Values, nodes, regions and locations live in arrays of their own and refer to each other by
// index. A region's nodes are one contiguous range, in the order they run; nodes of inner regions
// stand before the range of the region around them. A region ends in `results` rather than in a
// terminator node. Values are defined before they are used; a region may use the values of the
// regions around it (not across functions). Passes do not edit graphs: they build new ones
// (GraphBuilder).
#ifndef WEBHLO_CORE_GRAPH_GRAPH_H_
#define WEBHLO_CORE_GRAPH_GRAPH_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/graph/attribute.h"
#include "core/graph/op_name.h"
#include "core/graph/type.h"

namespace webhlo {

struct OpDef;

using ValueId = uint32_t;
using NodeId = uint32_t;
using RegionId = uint32_t;
using LocationId = uint32_t;
inline constexpr uint32_t kNone = 0xffffffffu;

// A contiguous run of ids or of pool entries.
struct Range {
  uint32_t begin = 0;
  uint32_t size = 0;
  uint32_t end() const { return begin + size; }
};

struct Value {
  TypeId type = 0;
  LocationId location = 0;
};

struct Node {
  OpName name{};              // ops::kAdd, or one of Graph::other_names.
  const OpDef* op = nullptr;  // The op table's row, null when the table lacks the op.
  Range operands;             // Into Graph::operand_pool.
  Range results;              // ValueIds.
  Range attributes;           // Into Graph::attribute_pool, sorted by name.
  Range regions;              // Into Graph::region_pool.
  LocationId location = 0;
};

struct Region {
  Range arguments;  // ValueIds.
  Range nodes;      // NodeIds.
  Range results;    // Into Graph::operand_pool: what the region returns.
};

// MLIR's locations. LocationId 0 is "unknown".
struct Location {
  enum class Kind : uint8_t { kUnknown, kFile, kName, kCallSite, kFused };
  Kind kind = Kind::kUnknown;
  std::string text;  // kFile: file name; kName: the name; kFused: metadata's spelling, if any
  uint32_t line = 0, column = 0;
  uint32_t end_line = 0, end_column = 0;  // kFile, when a range
  std::vector<LocationId> children;       // kName: 0 or 1; kCallSite: callee, caller; kFused: any
};

struct Function {
  std::string name;
  bool is_private = false;
  RegionId body = kNone;
  std::vector<std::vector<NamedAttribute>> argument_attributes;  // One list an argument, or empty.
  std::vector<std::vector<NamedAttribute>> result_attributes;    // One list a result, or empty.
  std::vector<NamedAttribute> attributes;                        // Others, sorted by name.
  LocationId location = 0;
};

struct Graph {
  std::string module_name;  // May be empty.
  std::vector<NamedAttribute> module_attributes;
  std::vector<Function> functions;  // In the program's order.

  std::vector<Type> types;               // Interned: use InternType.
  std::vector<std::string> other_names;  // Of ops that no dialect has: use InternName.
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<Region> regions;
  std::vector<Location> locations{Location{}};
  std::vector<ValueId> operand_pool;
  std::vector<NamedAttribute> attribute_pool;
  std::vector<RegionId> region_pool;

  TypeId InternType(const Type& type);
  OpName InternName(std::string_view name);

  const Type& type(ValueId value) const { return types[values[value].type]; }
  // The tensor type of a value that the verifier has accepted as a tensor.
  const TensorType& tensor(ValueId value) const { return types[values[value].type].tensor; }
  std::string_view op_name(const Node& node) const {
    return IsKnown(node.name) ? ToString(node.name) : other_names[OtherName(node.name)];
  }
  bool HasName(OpName name) const { return IsKnown(name) || OtherName(name) < other_names.size(); }
  std::span<const ValueId> operands(const Node& node) const {
    return {operand_pool.data() + node.operands.begin, node.operands.size};
  }
  std::span<const ValueId> results(const Region& region) const {
    return {operand_pool.data() + region.results.begin, region.results.size};
  }
  std::span<const NamedAttribute> attributes(const Node& node) const {
    return {attribute_pool.data() + node.attributes.begin, node.attributes.size};
  }
  std::span<const RegionId> regions_of(const Node& node) const {
    return {region_pool.data() + node.regions.begin, node.regions.size};
  }
  const Function* FindFunction(std::string_view name) const;

 private:
  // Where other_names has an unknown name.
  static size_t OtherName(OpName name) {
    return static_cast<size_t>(name) - static_cast<size_t>(OpName::kCount);
  }

  std::unordered_multimap<size_t, TypeId> type_ids_;
  std::unordered_map<std::string, uint32_t> other_name_ids_;
};

// Appends to a graph, region by region. Inner regions begin and end while the outer one is open; a
// node is added once its regions have ended.
class GraphBuilder {
 public:
  explicit GraphBuilder(Graph* graph) : graph_(graph) {}

  Graph& graph() { return *graph_; }

  RegionId BeginRegion(size_t expected_nodes = 0);
  ValueId AddArgument(const Type& type, LocationId location = 0);
  void EndRegion(std::span<const ValueId> results);
  // How many regions are open.
  size_t depth() const { return open_.size(); }

  // Adds a node to the innermost open region and returns its first result (results are
  // consecutive). `attributes` need not be sorted. The op table is consulted by name.
  ValueId AddNode(OpName name, std::span<const ValueId> operands,
                  std::span<const Type> result_types, std::vector<NamedAttribute> attributes = {},
                  std::span<const RegionId> regions = {}, LocationId location = 0);
  ValueId AddNode(std::string_view name, std::span<const ValueId> operands,
                  std::span<const Type> result_types, std::vector<NamedAttribute> attributes = {},
                  std::span<const RegionId> regions = {}, LocationId location = 0) {
    return AddNode(graph_->InternName(name), operands, result_types, std::move(attributes), regions,
                   location);
  }
  // The same for who knows the node's `name`, `op` and `location` and its results' types in this
  // graph already, and brings sorted attributes; the ranges of `node` are ignored.
  ValueId AddNode(Node node, std::span<const ValueId> operands,
                  std::span<const TypeId> result_types, std::span<const NamedAttribute> attributes,
                  std::span<const RegionId> regions);
  // The node that AddNode added last, while its region is still open.
  const Node& last_node() const { return open_.back().nodes.back(); }
  // Makes it a constant with the results that it has.
  void MakeLastNodeConstant(Attribute value);

 private:
  struct OpenRegion {
    RegionId id;
    std::vector<Node> nodes;
  };
  Graph* graph_;
  std::vector<OpenRegion> open_;
};

inline bool IsOp(const Node* node, OpName name) { return node && node->name == name; }
// Whether any node is one of these ops.
bool HasOp(const Graph& graph, std::initializer_list<OpName> names);

// "%12" style names are the printer's; errors name a node by its op and location:
// `stablehlo.add at "model.mlir":12:5`.
std::string DescribeNode(const Graph& graph, const Node& node);
std::string DescribeLocation(const Graph& graph, LocationId location);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_GRAPH_H_
