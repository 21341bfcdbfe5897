// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/places.h"

#include <algorithm>
#include <unordered_set>

#include "core/runtime/aliases.h"

namespace webhlo {

std::vector<Place> Places::Of(std::span<const ValueId> values) const {
  std::vector<Place> places;
  for (ValueId v : values) places.push_back(places_[v]);
  return places;
}

int64_t Places::ByteSize(ValueId v) const {
  const Type& type = graph_.type(v);
  return type.IsTensor() ? type.tensor.ByteSize() : 0;
}

Place Places::New(ValueId v, BufferRef at) {
  if (!graph_.type(v).IsTensor()) at.space = BufferRef::Space::kNone;
  places_[v] = {storages_.Add(ByteSize(v), at), 0};
  return places_[v];
}

void Places::NewForResults(const Node& node, int in_place_operand) {
  std::span<const ValueId> candidates;
  if (in_place_operand == KernelChoice::kAnyOperand) {
    candidates = graph_.operands(node);
  } else if (in_place_operand != KernelChoice::kNotInPlace) {
    candidates = graph_.operands(node).subspan(static_cast<size_t>(in_place_operand), 1);
  }
  std::vector<uint32_t> taken;
  for (ValueId result = node.results.begin; result < node.results.end(); ++result) {
    if (places_[result].storage != kNone || WriteOverNext(node, result, candidates)) continue;
    New(result);
    OfferPlace(node, result, candidates, &taken);
  }
}

bool Places::NewForOperands(const Region& region, const Node& concatenate,
                            const GraphIndex& index) {
  const std::vector<int64_t> offsets = OffsetsOfOperands(OpView(graph_, concatenate));
  const ValueId result = concatenate.results.begin;
  if (offsets.empty() || ByteSize(result) == 0) return false;
  std::vector<ValueId> sources;
  std::unordered_set<ValueId> found;
  int64_t bytes = 0;
  for (ValueId operand : graph_.operands(concatenate)) {
    const ValueId source = ComputedIn(region, operand, index);
    const bool is_first = source != kNone && found.insert(source).second;
    sources.push_back(is_first ? source : kNone);
    if (is_first) bytes += ByteSize(operand);
  }
  if (bytes < ByteSize(result) / 2) return false;
  const Place whole = places_[result].storage == kNone ? New(result) : places_[result];
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i] != kNone) places_[sources[i]] = {whole.storage, whole.offset + offsets[i]};
  }
  return true;
}

// The value behind a name of its bytes, if a step of the region computes it whose result has no
// place yet; else kNone.
ValueId Places::ComputedIn(const Region& region, ValueId value, const GraphIndex& index) const {
  for (;;) {
    const Node* def = index.Def(value);
    if (!def || places_[value].storage != kNone) return kNone;
    const uint32_t at = static_cast<uint32_t>(def - graph_.nodes.data()) - region.nodes.begin;
    if (at >= region.nodes.size) return kNone;
    if (def->op->aliases_operands) {
      value = graph_.operands(*def)[value - def->results.begin];
      continue;
    }
    const bool is_step = def->name != ops::kConstant && !IsControlFlow(*def) &&
                         (def->name != ops::kSlice || !OffsetOfSlice(OpView(graph_, *def)));
    return is_step && !next_.contains(value) ? value : kNone;
  }
}

void Places::SettleNext(const Region& body, std::span<const ValueId> next,
                        std::span<const Place> places) {
  const std::vector<ValueId> over = ResultsOverArguments(graph_, body, next);
  for (size_t i = 0; i < over.size(); ++i) {
    // A value is written to one place; it is copied to others.
    if (over[i] != kNone && HasBytes(places[i])) next_.emplace(over[i], places[i]);
  }
}

// A result may take the place of an operand with elements as many and as wide: each is read before
// it is written.
bool Places::Fits(const Node& node, ValueId operand, ValueId result, bool is_only_candidate) const {
  const TensorType& from = graph_.tensor(operand);
  const TensorType& to = graph_.tensor(result);
  return from.dims == to.dims && ByteWidth(from.element) == ByteWidth(to.element) &&
         !IsReadElsewhere(node, operand, is_only_candidate);
}

// Lets a result take the place of a candidate that dies here.
void Places::OfferPlace(const Node& node, ValueId result, std::span<const ValueId> candidates,
                        std::vector<uint32_t>* taken) {
  for (ValueId operand : candidates) {
    const Place& place = places_[operand];
    if (place.offset != 0 || !Fits(node, operand, result, candidates.size() == 1) ||
        std::find(taken->begin(), taken->end(), place.storage) != taken->end() ||
        !storages_.OfferPlace(place.storage, places_[result].storage)) {
      continue;
    }
    taken->push_back(place.storage);
    return;
  }
}

// Writes a value over the argument whose place it takes, if its kernel can and that is an operand.
bool Places::WriteOverNext(const Node& node, ValueId result, std::span<const ValueId> candidates) {
  const auto found = next_.find(result);
  if (found == next_.end()) return false;
  for (ValueId operand : candidates) {
    if (places_[operand] != found->second || !Fits(node, operand, result, candidates.size() == 1)) {
      continue;
    }
    places_[result] = found->second;
    return true;
  }
  return false;
}

// Whether the node also reads the operand's storage through another operand that is a part of it
// or, when `at_all`, in any way, the same value again included: such reads could come after writes.
bool Places::IsReadElsewhere(const Node& node, ValueId operand, bool at_all) const {
  int reads = 0;
  for (ValueId other : graph_.operands(node)) {
    if (places_[other].storage != places_[operand].storage) continue;
    if (places_[other].offset != places_[operand].offset ||
        graph_.tensor(other).dims != graph_.tensor(operand).dims) {
      return true;
    }
    ++reads;
  }
  return at_all && reads > 1;
}

}  // namespace webhlo
