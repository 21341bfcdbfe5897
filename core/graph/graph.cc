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

uint32_t Graph::InternName(std::string_view name) {
  const auto [it, inserted] =
      name_ids_.try_emplace(std::string(name), static_cast<uint32_t>(names.size()));
  if (inserted) names.emplace_back(name);
  return it->second;
}

const Function* Graph::FindFunction(std::string_view name) const {
  for (const Function& function : functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

RegionId GraphBuilder::BeginRegion() {
  const RegionId id = static_cast<RegionId>(graph_->regions.size());
  Region& region = graph_->regions.emplace_back();
  region.arguments.begin = static_cast<uint32_t>(graph_->values.size());
  open_.push_back({id, {}});
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

ValueId GraphBuilder::AddNode(std::string_view name, std::span<const ValueId> operands,
                              std::span<const Type> result_types,
                              std::vector<NamedAttribute> attributes,
                              std::span<const RegionId> regions, LocationId location) {
  Graph& g = *graph_;
  Node node;
  node.name = g.InternName(name);
  node.op = FindOp(name);
  node.location = location;
  node.operands = {static_cast<uint32_t>(g.operand_pool.size()),
                   static_cast<uint32_t>(operands.size())};
  g.operand_pool.insert(g.operand_pool.end(), operands.begin(), operands.end());
  std::sort(attributes.begin(), attributes.end(),
            [](const NamedAttribute& a, const NamedAttribute& b) { return a.name < b.name; });
  node.attributes = {static_cast<uint32_t>(g.attribute_pool.size()),
                     static_cast<uint32_t>(attributes.size())};
  for (NamedAttribute& attribute : attributes) g.attribute_pool.push_back(std::move(attribute));
  node.regions = {static_cast<uint32_t>(g.region_pool.size()),
                  static_cast<uint32_t>(regions.size())};
  g.region_pool.insert(g.region_pool.end(), regions.begin(), regions.end());
  node.results = {static_cast<uint32_t>(g.values.size()),
                  static_cast<uint32_t>(result_types.size())};
  for (const Type& type : result_types) g.values.push_back({g.InternType(type), location});
  open_.back().nodes.push_back(node);
  return node.results.begin;
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
