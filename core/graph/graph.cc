// SPDX-License-Identifier: Apache-2.0
#include "core/graph/graph.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/graph/op_def.h"

namespace webhlo {

TypeId Graph::InternType(const Type& type) {
  const size_t hash = HashType(type);
  const auto [begin, end] = type_ids_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (types[it->second] == type) return it->second;
  }
  const TypeId id = static_cast<TypeId>(types.size());
  types.push_back(type);
  type_ids_.emplace(hash, id);
  return id;
}

OpName Graph::InternName(std::string_view name) {
  if (const std::optional<OpName> known = FindOpName(name)) return *known;
  const auto next = static_cast<uint32_t>(other_names.size());
  const auto [at, is_new] = other_name_ids_.try_emplace(std::string(name), next);
  if (is_new) other_names.emplace_back(name);
  return static_cast<OpName>(static_cast<uint32_t>(OpName::kCount) + at->second);
}

const Function* Graph::FindFunction(std::string_view name) const {
  for (const Function& function : functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

RegionId GraphBuilder::BeginRegion(size_t expected_nodes) {
  const RegionId id = static_cast<RegionId>(graph_->regions.size());
  Region& region = graph_->regions.emplace_back();
  region.arguments.begin = static_cast<uint32_t>(graph_->values.size());
  open_.push_back({id, {}});
  open_.back().nodes.reserve(expected_nodes);
  return id;
}

ValueId GraphBuilder::AddArgument(const Type& type, LocationId location) {
  Region& region = graph_->regions[open_.back().id];
  const ValueId id = static_cast<ValueId>(graph_->values.size());
  WEBHLO_CHECK(id == region.arguments.end());
  graph_->values.push_back({graph_->InternType(type), location});
  ++region.arguments.size;
  return id;
}

void GraphBuilder::EndRegion(std::span<const ValueId> results) {
  OpenRegion& open = open_.back();
  Region& region = graph_->regions[open.id];
  region.nodes = {static_cast<uint32_t>(graph_->nodes.size()),
                  static_cast<uint32_t>(open.nodes.size())};
  graph_->nodes.insert(graph_->nodes.end(), open.nodes.begin(), open.nodes.end());
  region.results = {static_cast<uint32_t>(graph_->operand_pool.size()),
                    static_cast<uint32_t>(results.size())};
  graph_->operand_pool.insert(graph_->operand_pool.end(), results.begin(), results.end());
  open_.pop_back();
}

ValueId GraphBuilder::AddNode(OpName name, std::span<const ValueId> operands,
                              std::span<const Type> result_types,
                              std::vector<NamedAttribute> attributes,
                              std::span<const RegionId> regions, LocationId location) {
  Node node;
  node.name = name;
  node.op = FindOp(name);
  node.location = location;
  SortByName(&attributes);
  std::vector<TypeId> types;
  types.reserve(result_types.size());
  for (const Type& type : result_types) types.push_back(graph_->InternType(type));
  return AddNode(node, operands, types, attributes, regions);
}

ValueId GraphBuilder::AddNode(Node node, std::span<const ValueId> operands,
                              std::span<const TypeId> result_types,
                              std::span<const NamedAttribute> attributes,
                              std::span<const RegionId> regions) {
  Graph& g = *graph_;
  const auto append = [](auto* pool, const auto& items) {
    const Range range{static_cast<uint32_t>(pool->size()), static_cast<uint32_t>(items.size())};
    pool->insert(pool->end(), items.begin(), items.end());
    return range;
  };
  node.operands = append(&g.operand_pool, operands);
  node.attributes = append(&g.attribute_pool, attributes);
  node.regions = append(&g.region_pool, regions);
  node.results = {static_cast<uint32_t>(g.values.size()),
                  static_cast<uint32_t>(result_types.size())};
  for (TypeId type : result_types) g.values.push_back({type, node.location});
  open_.back().nodes.push_back(node);
  return node.results.begin;
}

void GraphBuilder::MakeLastNodeConstant(Attribute value) {
  Node& node = open_.back().nodes.back();
  node.name = ops::kConstant;
  node.op = FindOp(node.name);
  node.operands.size = node.regions.size = 0;
  node.attributes = {static_cast<uint32_t>(graph_->attribute_pool.size()), 1};
  graph_->attribute_pool.push_back({"value", std::move(value)});
}

bool HasOp(const Graph& graph, std::initializer_list<OpName> names) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return std::find(names.begin(), names.end(), node.name) != names.end();
  });
}

std::string DescribeLocation(const Graph& graph, LocationId location) {
  // Locations nest arbitrarily deep; the outermost few levels are what a message needs.
  for (int depth = 0; depth < 16; ++depth) {
    const Location& l = graph.locations[location];
    switch (l.kind) {
      case Location::Kind::kFile:
        return StrCat("\"", l.text, "\":", l.line, ":", l.column);
      case Location::Kind::kName:
        return StrCat("\"", l.text, "\"");
      case Location::Kind::kCallSite:
      case Location::Kind::kFused:
        if (l.children.empty()) return "unknown";
        location = l.children[0];
        break;
      case Location::Kind::kUnknown:
        return "unknown";
    }
  }
  return "unknown";
}

std::string DescribeNode(const Graph& graph, const Node& node) {
  const std::string where = DescribeLocation(graph, node.location);
  const std::string name(graph.op_name(node));
  return where == "unknown" ? name : StrCat(name, " at ", where);
}

}  // namespace webhlo
