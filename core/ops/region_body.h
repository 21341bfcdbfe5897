// SPDX-License-Identifier: Apache-2.0
//
// A region of elementwise ops and splat constants as a list of steps over numbered values, and as a
// function of the JIT. Whose region it is says what the first values are and which loops go around:
// a fusion's inputs and a map, a reduce's accumulators and elements and a fold.
#ifndef WEBHLO_CORE_OPS_REGION_BODY_H_
#define WEBHLO_CORE_OPS_REGION_BODY_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/graph/computation.h"
#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/jit/lanes.h"
#include "core/jit/loops.h"
#include "core/jit/module_builder.h"
#include "core/jit/record.h"
#include "core/jit/speaker.h"

namespace webhlo {

// The region in running order. Values are numbered: inputs first, then splats, then nodes' results.
struct RegionBody {
  struct Step {
    const Node* node;
    std::vector<uint32_t> operands;
    uint32_t result;
  };
  std::vector<ElementType> elements;  // By value.
  uint32_t num_inputs = 0;
  std::vector<const DenseElements*> splats;
  std::vector<Step> steps;
  std::vector<uint32_t> results;

  uint32_t first_step() const { return num_inputs + static_cast<uint32_t>(splats.size()); }

  // Whether a region of scalars holds nothing else than constants and elementwise ops.
  static bool Holds(const Graph& graph, const Region& region);
  // Reads nodes and results of the region behind the inputs: `elements` has theirs, and `number`
  // what is defined by them.
  void Read(const Graph& graph, std::span<const NodeId> nodes, std::span<const ValueId> answers,
            std::unordered_map<ValueId, uint32_t> number);

  // Whether the JIT's vocabulary has all of it.
  bool CanEmit(const Graph& graph) const;
  // What code depends on, but for the splats' values.
  std::string Key(const Graph& graph) const;
  // The splats in words of 32 bits, one or two for each part: the parameters of a function.
  std::vector<uint32_t> SplatWords() const;
  // Records it; the answer are the results.
  std::vector<jit::LaneValue> Emit(const Graph& graph, jit::Record& record,
                                   std::string* name) const;
};

// The nodes that a region's results depend on when the value `known` is there already; in order.
inline std::vector<NodeId> NeededNodes(const Graph& graph, const Region& region,
                                       ValueId known = kNone) {
  const std::span<const ValueId> results = graph.results(region);
  std::unordered_set<ValueId> needed(results.begin(), results.end());
  std::vector<NodeId> nodes;
  for (NodeId id = region.nodes.end(); id-- > region.nodes.begin;) {
    const Node& node = graph.nodes[id];
    if (node.results.begin == known || !needed.contains(node.results.begin)) continue;
    nodes.push_back(id);
    for (ValueId operand : graph.operands(node)) needed.insert(operand);
  }
  std::reverse(nodes.begin(), nodes.end());
  return nodes;
}

inline void RegionBody::Read(const Graph& graph, std::span<const NodeId> nodes,
                             std::span<const ValueId> answers,
                             std::unordered_map<ValueId, uint32_t> number) {
  num_inputs = static_cast<uint32_t>(elements.size());
  const auto define = [&](const OpView& node) {
    number[node.result_id(0)] = static_cast<uint32_t>(elements.size());
    elements.push_back(node.result().element);
  };
  for (NodeId id : nodes) {
    const OpView node(graph, graph.nodes[id]);
    if (node.node().name != ops::kConstant) continue;
    splats.push_back(SplatElements(graph, &node.node()));
    define(node);
  }
  for (NodeId id : nodes) {
    const OpView node(graph, graph.nodes[id]);
    if (!IsElementwise(node.node())) continue;
    Step step{
        .node = &node.node(), .operands = {}, .result = static_cast<uint32_t>(elements.size())};
    for (ValueId v : graph.operands(node.node())) step.operands.push_back(number.at(v));
    steps.push_back(std::move(step));
    define(node);
  }
  for (ValueId v : answers) results.push_back(number.at(v));
}

inline bool RegionBody::Holds(const Graph& graph, const Region& region) {
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    const OpView node(graph, graph.nodes[region.nodes.begin + i]);
    if (node.num_results() != 1 || node.num_regions() != 0 || !node.result_type(0).IsTensor() ||
        node.result().rank() != 0 ||
        !(IsElementwise(node.node()) || SplatElements(graph, &node.node()))) {
      return false;
    }
  }
  return true;
}

inline bool RegionBody::CanEmit(const Graph& graph) const {
  for (ElementType element : elements) {
    if (!jit::LaneHolding(element)) return false;
  }
  for (const Step& step : steps) {
    const ElementwiseOp& op = *step.node->op->elementwise;
    if (!op.can_emit || !op.can_emit(OpView(graph, *step.node))) return false;
  }
  return true;
}

inline std::string RegionBody::Key(const Graph& graph) const {
  std::string key = StrCat("s", splats.size());
  for (const Step& step : steps) {
    StrAppend(&key, " ", graph.op_name(*step.node), Join(step.operands));
    for (const NamedAttribute& attribute : graph.attributes(*step.node)) {
      key.append(attribute.name);
      AppendKey(&key, attribute.value);
    }
  }
  for (ElementType element : elements) key.push_back(static_cast<char>(element));
  StrAppend(&key, " r", Join(results));
  return key;
}

// As lanes hold it: floats as f32 or f64, booleans as masks.
inline uint64_t LaneBits(ElementType element, const uint8_t* bytes) {
  if (element == ElementType::kI1) return *bytes ? 0xff : 0;
  if (!IsFloat(element)) {
    const int unused = 64 - BitWidth(element);
    return static_cast<uint64_t>(LoadI64(element, bytes)) << unused >> unused;
  }
  const double value = LoadF64(element, bytes);
  return element == ElementType::kF64 ? std::bit_cast<uint64_t>(value)
                                      : std::bit_cast<uint32_t>(static_cast<float>(value));
}

inline std::vector<uint32_t> RegionBody::SplatWords() const {
  std::vector<uint32_t> words;
  for (size_t k = 0; k < splats.size(); ++k) {
    const ElementType element = elements[num_inputs + k], part = jit::PartOf(element);
    for (int p = 0; p < jit::NumParts(element); ++p) {
      const uint64_t bits = LaneBits(part, splats[k]->bytes.data() + p * ByteWidth(part));
      words.push_back(static_cast<uint32_t>(bits));
      if (jit::LaneWords(*jit::LaneHolding(part)) == 2) {
        words.push_back(static_cast<uint32_t>(bits >> 32));
      }
    }
  }
  return words;
}

inline std::vector<jit::LaneValue> RegionBody::Emit(const Graph& graph, jit::Record& record,
                                                    std::string* name) const {
  std::vector<jit::LaneValue> values;
  for (uint32_t k = 0; k < num_inputs; ++k) {
    values.push_back(jit::Speaker(record, elements[k]).Input(k, elements[k]));
  }
  uint32_t word = 0;
  for (uint32_t k = 0; k < splats.size(); ++k) {
    const ElementType element = elements[num_inputs + k], part = jit::PartOf(element);
    const jit::Lane lane = *jit::LaneHolding(element);
    uint32_t ids[2] = {0, 0};
    for (int p = 0; p < jit::NumParts(element); ++p) {
      const uint64_t bits = LaneBits(part, splats[k]->bytes.data() + p * ByteWidth(part));
      ids[p] = record.AddParameter(lane, word, bits);
      word += static_cast<uint32_t>(jit::LaneWords(lane));
    }
    values.push_back({ids[0], ids[1], element});
  }
  for (const Step& step : steps) {
    const OpView node(graph, *step.node);
    std::vector<jit::LaneValue> operands;
    for (uint32_t v : step.operands) operands.push_back(values[v]);
    record.Note(std::string(node.name()));
    values.push_back(step.node->op->elementwise->emit(record, node, operands));
    StrAppend(name, name->empty() ? "" : " ", node.short_name());
  }
  std::vector<jit::LaneValue> outputs;
  for (uint32_t v : results) outputs.push_back(values[v]);
  return outputs;
}

// The function of a body with loops around it, added to the module unless an equal one is there.
// `key` tells the loops; `write(record, outputs, name)` adds a function with them.
template <class F>
std::optional<jit::JitFunction> EmitBody(jit::ModuleBuilder& module, const Graph& graph,
                                         const RegionBody& body, std::string key, F write) {
  const std::vector<uint32_t> splats = body.SplatWords();
  StrAppend(&key, " ", body.Key(graph));
  std::string key_with_values = StrCat(key, " v", Join(splats));
  for (const std::string* k : {&key, &key_with_values}) {
    if (const jit::JitTemplate* equal = module.Find(*k)) return module.Call(*equal, splats);
  }
  jit::Record record(&module);
  std::string name;
  const std::vector<jit::LaneValue> outputs = body.Emit(graph, record, &name);
  std::optional<jit::JitTemplate> function = write(record, outputs, name);
  if (!function) return std::nullopt;
  module.Keep(std::move(record.looked_at_parameters() ? key_with_values : key), *function);
  return module.Call(*function, splats);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_REGION_BODY_H_
