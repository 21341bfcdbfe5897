// SPDX-License-Identifier: Apache-2.0
#include "core/graph/computation.h"

#include <span>
#include <string_view>

namespace webhlo {
namespace {

void AppendBytes(std::string* key, const void* bytes, size_t size) {
  key->append(static_cast<const char*>(bytes), size);
}

void AppendNumber(std::string* key, uint64_t number) { AppendBytes(key, &number, sizeof(number)); }

// What has a length begins with it, so that no two lists of things are the same bytes.
void AppendText(std::string* key, std::string_view text) {
  AppendNumber(key, text.size());
  key->append(text);
}

void AppendRange(std::string* key, const Range& range) {
  AppendNumber(key, uint64_t{range.begin} << 32 | range.size);
}

void AppendNamed(std::string* key, std::span<const NamedAttribute> attributes) {
  AppendNumber(key, attributes.size());
  for (const NamedAttribute& attribute : attributes) {
    AppendText(key, attribute.name);
    AppendKey(key, attribute.value);
  }
}

void AppendNumbers(std::string* key, std::span<const uint32_t> numbers) {
  AppendNumber(key, numbers.size());
  AppendBytes(key, numbers.data(), numbers.size_bytes());
}

}  // namespace

void AppendKey(std::string* key, const Attribute& attribute) {
  using K = Attribute::Kind;
  key->push_back(static_cast<char>(attribute.kind()));
  switch (attribute.kind()) {
    case K::kUnit:
      return;
    case K::kBool:
      return AppendNumber(key, attribute.bool_value());
    case K::kInt:
    case K::kFloat:
      AppendNumber(key, static_cast<uint64_t>(attribute.int_value()));
      return AppendText(key, ToString(attribute.type()));
    case K::kType:
      return AppendText(key, ToString(attribute.type()));
    case K::kString:
    case K::kSymbol:
    case K::kOpaque:
      return AppendText(key, attribute.string());
    case K::kInts:
      AppendNumber(key, attribute.ints().size());
      return AppendBytes(key, attribute.ints().data(), attribute.ints().size_bytes());
    case K::kArray:
      AppendNumber(key, attribute.elements().size());
      for (const Attribute& element : attribute.elements()) AppendKey(key, element);
      return;
    case K::kDict:
      return AppendNamed(key, attribute.fields());
    case K::kDense: {
      const DenseElements& dense = attribute.dense();
      AppendText(key, ToString(dense.type));
      AppendNumber(key, dense.splat);
      AppendNumber(key, dense.bytes.size());
      return AppendBytes(key, dense.bytes.data(), dense.bytes.size());
    }
  }
}

std::string ComputationKey(const Graph& graph) {
  std::string key;
  AppendNumber(&key, graph.types.size());
  for (const Type& type : graph.types) AppendText(&key, ToString(type));
  AppendNumber(&key, graph.values.size());
  for (const Value& value : graph.values) AppendNumber(&key, value.type);
  AppendNumber(&key, graph.nodes.size());
  for (const Node& node : graph.nodes) {
    AppendText(&key, graph.op_name(node));
    for (const Range& range : {node.operands, node.results, node.attributes, node.regions}) {
      AppendRange(&key, range);
    }
  }
  AppendNumber(&key, graph.regions.size());
  for (const Region& region : graph.regions) {
    for (const Range& range : {region.arguments, region.nodes, region.results}) {
      AppendRange(&key, range);
    }
  }
  AppendNumber(&key, graph.functions.size());
  for (const Function& function : graph.functions) AppendNumber(&key, function.body);
  AppendNumbers(&key, graph.operand_pool);
  AppendNumbers(&key, graph.region_pool);
  AppendNamed(&key, graph.attribute_pool);
  return key;
}

}  // namespace webhlo
