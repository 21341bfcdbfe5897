// SPDX-License-Identifier: Apache-2.0
#include "core/graph/rewriter.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/graph/dialect.h"

namespace webhlo {

Rewriter::Rewriter(const Graph& source, Graph* target, Visitor visitor)
    : source_(source),
      target_(target),
      builder_(target),
      visitor_(std::move(visitor)),
      map_(source.values.size(), kNone),
      location_map_(source.locations.size(), kNone),
      type_map_(source.types.size(), kNone) {
  location_map_[0] = 0;
  target->module_name = source.module_name;
  target->module_attributes = source.module_attributes;
}

Status Rewriter::Run() {
  // Most rewrites change little.
  target_->nodes.reserve(source_.nodes.size());
  target_->values.reserve(source_.values.size());
  target_->operand_pool.reserve(source_.operand_pool.size());
  target_->attribute_pool.reserve(source_.attribute_pool.size());
  target_def_.reserve(source_.values.size());
  emitted_.reserve(source_.nodes.size());
  for (const Function& function : source_.functions) RETURN_IF_ERROR(RunFunction(function));
  return OkStatus();
}

Status Rewriter::RunFunction(const Function& function) {
  Function copy = function;
  copy.location = MapLocation(function.location);
  if (function.body != kNone) {
    ASSIGN_OR_RETURN(copy.body, CloneRegion(function.body));
  }
  target_->functions.push_back(std::move(copy));
  return OkStatus();
}

std::vector<ValueId> Rewriter::MapAll(std::span<const ValueId> source_values) const {
  std::vector<ValueId> mapped;
  mapped.reserve(source_values.size());
  for (ValueId value : source_values) mapped.push_back(map_[value]);
  return mapped;
}

Status Rewriter::VisitNodes(const Region& region) {
  if (region_visitor_) return region_visitor_(region);
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    RETURN_IF_ERROR(visitor_(*this, source_.nodes[region.nodes.begin + i]));
  }
  return region_end_ ? region_end_(region) : OkStatus();
}

Result<RegionId> Rewriter::CloneRegion(RegionId source_region) {
  const Region& region = source_.regions[source_region];
  const RegionId id = builder_.BeginRegion(region.nodes.size);
  for (uint32_t i = 0; i < region.arguments.size; ++i) {
    const Value& value = source_.values[region.arguments.begin + i];
    SetMapped(region.arguments.begin + i,
              builder_.AddArgument(source_.types[value.type], MapLocation(value.location)));
  }
  RETURN_IF_ERROR(VisitNodes(region));
  builder_.EndRegion(MapAll(source_.results(region)));
  return id;
}

Result<std::vector<ValueId>> Rewriter::InlineRegion(RegionId source_region,
                                                    std::span<const ValueId> arguments) {
  const Region& region = source_.regions[source_region];
  for (uint32_t i = 0; i < region.arguments.size; ++i) {
    SetMapped(region.arguments.begin + i, arguments[i]);
  }
  RETURN_IF_ERROR(VisitNodes(region));
  return MapAll(source_.results(region));
}

Status Rewriter::Clone(const Node& node) {
  std::vector<RegionId> regions;
  for (RegionId region : source_.regions_of(node)) {
    ASSIGN_OR_RETURN(const RegionId id, CloneRegion(region));
    regions.push_back(id);
  }
  Node copy = node;
  if (!IsKnown(node.name)) copy.name = target_->InternName(source_.op_name(node));
  copy.location = MapLocation(node.location);
  result_types_.clear();
  for (uint32_t i = 0; i < node.results.size; ++i) {
    const TypeId source_type = source_.values[node.results.begin + i].type;
    TypeId& type = type_map_[source_type];
    if (type == kNone) type = target_->InternType(source_.types[source_type]);
    result_types_.push_back(type);
  }
  operands_.clear();
  for (ValueId operand : source_.operands(node)) operands_.push_back(map_[operand]);
  const ValueId first =
      builder_.AddNode(copy, operands_, result_types_, source_.attributes(node), regions);
  Remember(first);
  for (uint32_t i = 0; i < node.results.size; ++i) SetMapped(node.results.begin + i, first + i);
  return OkStatus();
}

ValueId Rewriter::Emit(OpName name, std::span<const ValueId> operands, const TensorType& result,
                       std::vector<NamedAttribute> attributes, LocationId location) {
  const Type type(result);
  // What a pass writes is canonical like what an importer writes: defaults are absent.
  if (!attributes.empty()) {
    const Status normal = NormalizeAttributes(FindSyntax(name), &attributes);
    WEBHLO_CHECK(normal.ok());
  }
  return EmitNode(name, operands, std::span<const Type>(&type, 1), std::move(attributes), {},
                  location);
}

ValueId Rewriter::EmitNode(OpName name, std::span<const ValueId> operands,
                           std::span<const Type> results, std::vector<NamedAttribute> attributes,
                           std::span<const RegionId> regions, LocationId location) {
  const ValueId first =
      builder_.AddNode(name, operands, results, std::move(attributes), regions, location);
  Remember(first);
  return first;
}

void Rewriter::MakeLastConstant(Attribute value) {
  builder_.MakeLastNodeConstant(std::move(value));
  emitted_.back() = builder_.last_node();
}

ValueId Rewriter::EmitReduce(OpName op, ValueId x, ValueId init, std::vector<int64_t> dimensions,
                             LocationId location) {
  const TensorType scalar = type(init);
  TensorType result(scalar.element, {});
  for (size_t d = 0; d < type(x).dims.size(); ++d) {
    if (std::find(dimensions.begin(), dimensions.end(), static_cast<int64_t>(d)) ==
        dimensions.end()) {
      result.dims.push_back(type(x).dims[d]);
    }
  }
  const RegionId body = builder_.BeginRegion();
  const ValueId a = builder_.AddArgument(scalar);
  const ValueId b = builder_.AddArgument(scalar);
  const ValueId reduced = Emit(op, {a, b}, scalar, {}, location);
  builder_.EndRegion(std::span(&reduced, 1));
  const ValueId operands[] = {x, init};
  const Type types[] = {Type(result)};
  return EmitNode(ops::kReduce, operands, types,
                  {{"dimensions", Attribute::Ints(std::move(dimensions))}}, std::span(&body, 1),
                  location);
}

void Rewriter::Remember(ValueId first_result) {
  target_def_.resize(first_result, kNone);
  target_def_.resize(target_->values.size(), static_cast<uint32_t>(emitted_.size()));
  emitted_.push_back(builder_.last_node());
}

const Node* Rewriter::Def(ValueId target_value) const {
  if (target_value >= target_def_.size() || target_def_[target_value] == kNone) return nullptr;
  return &emitted_[target_def_[target_value]];
}

std::vector<const DenseElements*> Rewriter::Literals(const Node& source_node) const {
  std::vector<const DenseElements*> literals;
  for (ValueId operand : source_.operands(source_node)) {
    literals.push_back(ConstantElements(*target_, Def(Map(operand))));
  }
  return literals;
}

LocationId Rewriter::MapLocation(LocationId source_location) {
  if (location_map_[source_location] != kNone) return location_map_[source_location];
  // Children come before parents in no particular order, so copy what is reachable with a stack.
  std::vector<LocationId> stack{source_location};
  while (!stack.empty()) {
    const LocationId id = stack.back();
    bool ready = true;
    for (LocationId child : source_.locations[id].children) {
      if (location_map_[child] == kNone) {
        stack.push_back(child);
        ready = false;
      }
    }
    if (!ready) continue;
    stack.pop_back();
    if (location_map_[id] != kNone) continue;
    Location copy = source_.locations[id];
    for (LocationId& child : copy.children) child = location_map_[child];
    location_map_[id] = static_cast<LocationId>(target_->locations.size());
    target_->locations.push_back(std::move(copy));
  }
  return location_map_[source_location];
}

std::vector<NamedAttribute> CopyAttributes(const Graph& graph, const Node& node) {
  const std::span<const NamedAttribute> attributes = graph.attributes(node);
  return {attributes.begin(), attributes.end()};
}

}  // namespace webhlo
