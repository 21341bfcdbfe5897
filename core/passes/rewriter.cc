// SPDX-License-Identifier: Apache-2.0
#include "core/passes/rewriter.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/graph/dialect.h"

namespace webhlo {

// Values that a region defines have the ids that were handed out while it was open: from its first
// argument on.
bool RegionsAreClosed(const Graph& graph, const Node& node) {
  for (RegionId id : graph.regions_of(node)) {
    const Region& region = graph.regions[id];
    const ValueId first = region.arguments.begin;
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      const Node& inner = graph.nodes[region.nodes.begin + i];
      for (ValueId operand : graph.operands(inner)) {
        if (operand < first) return false;
      }
      if (!RegionsAreClosed(graph, inner)) return false;
    }
    for (ValueId result : graph.results(region)) {
      if (result < first) return false;
    }
  }
  return true;
}

GraphIndex::GraphIndex(const Graph& graph)
    : graph_(graph),
      def_(graph.values.size(), kNone),
      user_(graph.values.size(), kNone),
      uses_(graph.values.size(), 0),
      region_(graph.nodes.size(), kNone) {
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    for (uint32_t r = 0; r < node.results.size; ++r) def_[node.results.begin + r] = id;
    for (ValueId operand : graph.operands(node)) {
      ++uses_[operand];
      user_[operand] = id;
    }
  }
  for (RegionId id = 0; id < graph.regions.size(); ++id) {
    const Region& region = graph.regions[id];
    for (ValueId result : graph.results(region)) ++uses_[result];
    std::fill_n(region_.begin() + region.nodes.begin, region.nodes.size, id);
  }
}

const Node* GraphIndex::OnlyUser(ValueId value) const {
  return uses_[value] == 1 && user_[value] != kNone ? &graph_.nodes[user_[value]] : nullptr;
}

bool GraphIndex::SameRegion(const Node& a, const Node& b) const {
  return RegionOf(a) == RegionOf(b);
}

RegionId GraphIndex::RegionOf(const Node& node) const {
  return region_[static_cast<size_t>(&node - graph_.nodes.data())];
}

const Node* GraphIndex::Def(ValueId value) const {
  return def_[value] == kNone ? nullptr : &graph_.nodes[def_[value]];
}

Rewriter::Rewriter(const Graph& source, Graph* target, Visitor visitor)
    : source_(source),
      target_(target),
      builder_(target),
      visitor_(std::move(visitor)),
      map_(source.values.size(), kNone),
      location_map_(source.locations.size(), kNone),
      type_map_(source.types.size(), kNone),
      name_map_(source.names.size(), kNone) {
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
  ASSIGN_OR_RETURN(copy.body, CloneRegion(function.body));
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
  uint32_t& name = name_map_[node.name];
  if (name == kNone) name = target_->InternName(source_.names[node.name]);
  copy.name = name;
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

ValueId Rewriter::Emit(std::string_view name, std::span<const ValueId> operands,
                       const TensorType& result, std::vector<NamedAttribute> attributes,
                       LocationId location) {
  const Type type(result);
  // What a pass writes is canonical like what an importer writes: defaults are absent.
  if (!attributes.empty()) {
    const Status normal = NormalizeAttributes(FindSyntax(name), &attributes);
    WEBHLO_CHECK(normal.ok());
  }
  return EmitNode(name, operands, std::span<const Type>(&type, 1), std::move(attributes), {},
                  location);
}

ValueId Rewriter::EmitNode(std::string_view name, std::span<const ValueId> operands,
                           std::span<const Type> results, std::vector<NamedAttribute> attributes,
                           std::span<const RegionId> regions, LocationId location) {
  const ValueId first =
      builder_.AddNode(name, operands, results, std::move(attributes), regions, location);
  Remember(first);
  return first;
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

bool HasOp(const Graph& graph, std::initializer_list<std::string_view> names) {
  return std::find_first_of(graph.names.begin(), graph.names.end(), names.begin(), names.end()) !=
         graph.names.end();
}

bool IsOp(const Graph& graph, const Node* node, std::string_view name) {
  return node && graph.op_name(*node) == name;
}

const DenseElements* ConstantElements(const Graph& graph, const Node* node) {
  if (!IsOp(graph, node, "stablehlo.constant")) return nullptr;
  const Attribute* value = FindAttribute(graph.attributes(*node), "value");
  return value && value->kind() == Attribute::Kind::kDense ? &value->dense() : nullptr;
}

const DenseElements* SplatElements(const Graph& graph, const Node* node) {
  const DenseElements* elements = ConstantElements(graph, node);
  if (!elements) return nullptr;
  return elements->splat || elements->type.NumElements() == 1 ? elements : nullptr;
}

std::optional<double> SplatValue(const Graph& graph, const Node* node) {
  const DenseElements* elements = SplatElements(graph, node);
  if (!elements || IsComplex(elements->type.element) || elements->type.quantized) {
    return std::nullopt;
  }
  return LoadF64(elements->type.element, elements->bytes.data());
}

Attribute SplatOf(const DenseElements& splat, const TensorType& type) {
  DenseElements elements;
  elements.type = type;
  // A tensor without elements has none to state.
  if (type.NumElements() == 0) return Attribute::Dense(std::move(elements));
  elements.splat = true;
  const size_t width = static_cast<size_t>(ByteWidth(type.StorageType()));
  elements.bytes.assign(splat.bytes.begin(), splat.bytes.begin() + static_cast<ptrdiff_t>(width));
  return Attribute::Dense(std::move(elements));
}

Attribute SplatOf(const TensorType& type, double value) {
  DenseElements elements;
  elements.type = type;
  if (type.NumElements() == 0) return Attribute::Dense(std::move(elements));
  elements.splat = true;
  elements.bytes.resize(static_cast<size_t>(ByteWidth(type.element)));
  if (IsFloat(type.element)) {
    StoreF64(type.element, elements.bytes.data(), value);
  } else {
    StoreI64(type.element, elements.bytes.data(), static_cast<int64_t>(value));
  }
  return Attribute::Dense(std::move(elements));
}

bool AddBounds(const Graph& graph, const GraphIndex& index, const Node& node, ValueId value,
               std::vector<NamedAttribute>* attributes) {
  const auto operands = graph.operands(node);
  const std::string_view op = graph.op_name(node);
  std::optional<double> low, high;
  const auto splat = [&](size_t i) { return SplatValue(graph, index.Def(operands[i])); };
  if (op == "stablehlo.maximum") {
    low = splat(operands[0] == value ? 1 : 0);
    if (!low) return false;
  } else if (op == "stablehlo.minimum") {
    high = splat(operands[0] == value ? 1 : 0);
    if (!high) return false;
  } else if (op == "stablehlo.clamp" && operands[1] == value) {
    low = splat(0);
    high = splat(2);
    if (!low || !high) return false;
  } else {
    return false;
  }
  std::optional<double> lowest = low, highest = high;
  for (const NamedAttribute& a : *attributes) {
    if (a.name == "clamp_max") return false;  // It must stay the last.
    if (a.name != "clamp_min") continue;
    if (low) return false;
    lowest = a.value.float_value();
  }
  // NaN bounds nothing that a kernel could keep.
  if ((lowest && std::isnan(*lowest)) || (highest && std::isnan(*highest)) ||
      (lowest && highest && !(*lowest < *highest))) {
    return false;
  }
  if (low) attributes->push_back({"clamp_min", Attribute::Float(*low, ElementType::kF32)});
  if (high) attributes->push_back({"clamp_max", Attribute::Float(*high, ElementType::kF32)});
  return true;
}

bool IsPure(const Node& node) { return node.op && !node.op->has_side_effect; }

bool IsControlFlow(const Graph& graph, const Node& node) {
  const std::string_view op = graph.op_name(node);
  return op == "stablehlo.while" || op == "stablehlo.if" || op == "stablehlo.case";
}

bool IsElementwise(const Node& node) { return node.op && node.op->elementwise; }

std::vector<bool> ConstantValues(const Graph& graph, const PassContext& context) {
  std::vector<bool> constant(graph.values.size(), false);
  const Function* entry = graph.FindFunction(context.entry);
  if (!entry) return constant;
  const Region& body = graph.regions[entry->body];
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    constant[body.arguments.begin + i] = context.IsWeight(i);
  }
  // Node order is definition order within a region, and inner regions come first; an inner region
  // sees outer values too late here, which only means that loops are not looked into.
  for (const Node& node : graph.nodes) {
    if (!IsPure(node) || IsControlFlow(graph, node)) continue;
    bool all = true;
    for (ValueId operand : graph.operands(node)) all &= constant[operand];
    // A computation that captures outer values is not a function of its operands alone.
    if (node.regions.size > 0 && !RegionsAreClosed(graph, node)) all = false;
    for (uint32_t r = 0; r < node.results.size; ++r) constant[node.results.begin + r] = all;
  }
  return constant;
}

std::vector<NamedAttribute> CopyAttributes(const Graph& graph, const Node& node) {
  const std::span<const NamedAttribute> attributes = graph.attributes(node);
  return {attributes.begin(), attributes.end()};
}

}  // namespace webhlo
