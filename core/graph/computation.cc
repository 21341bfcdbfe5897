// SPDX-License-Identifier: Apache-2.0
#include "core/graph/computation.h"

#include <algorithm>

namespace webhlo {
namespace {

bool Same(const Range& x, const Range& y) { return x.begin == y.begin && x.size == y.size; }
bool Same(const Value& x, const Value& y) { return x.type == y.type; }
bool Same(const Node& x, const Node& y) {
  return x.name == y.name && Same(x.operands, y.operands) && Same(x.results, y.results) &&
         Same(x.attributes, y.attributes) && Same(x.regions, y.regions);
}
bool Same(const Region& x, const Region& y) {
  return Same(x.arguments, y.arguments) && Same(x.nodes, y.nodes) && Same(x.results, y.results);
}
bool Same(const Function& x, const Function& y) { return x.body == y.body; }

template <typename T>
bool Same(const std::vector<T>& x, const std::vector<T>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const T& a, const T& b) { return Same(a, b); });
}

}  // namespace

bool SameComputation(const Graph& a, const Graph& b) {
  return a.types == b.types && Same(a.nodes, b.nodes) && Same(a.values, b.values) &&
         Same(a.regions, b.regions) && Same(a.functions, b.functions) &&
         a.operand_pool == b.operand_pool && a.region_pool == b.region_pool &&
         a.attribute_pool == b.attribute_pool && a.other_names == b.other_names;
}

size_t HashComputation(const Graph& graph) {
  size_t hash = 0;
  for (const Type& type : graph.types) hash = hash * 31 + HashType(type);
  for (const Node& node : graph.nodes) hash = hash * 31 + static_cast<size_t>(node.name);
  return hash;
}

}  // namespace webhlo
