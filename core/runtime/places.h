// SPDX-License-Identifier: Apache-2.0
//
// Places: where the values of a graph lie while a plan is built: a storage
// (core/runtime/storages.h) and where in it they begin. Values that are the same bytes share one,
// and a result may take the place of what nobody reads after it.
#ifndef WEBHLO_CORE_RUNTIME_PLACES_H_
#define WEBHLO_CORE_RUNTIME_PLACES_H_

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/graph/graph.h"
#include "core/graph/uses.h"
#include "core/runtime/plan.h"
#include "core/runtime/storages.h"

namespace webhlo {

class Places {
 public:
  explicit Places(const Graph& graph) : graph_(graph), places_(graph.values.size()) {}

  Place& operator[](ValueId v) { return places_[v]; }
  const Place& operator[](ValueId v) const { return places_[v]; }
  std::vector<Place> Of(std::span<const ValueId> values) const;
  // Of consecutive values.
  std::span<const Place> Of(ValueId first, uint32_t count) const {
    return std::span(places_).subspan(first, count);
  }

  // Bytes of a value; none of tokens and the like.
  int64_t ByteSize(ValueId v) const;
  bool HasBytes(const Place& place) const {
    return storages_[place.storage].at.space != BufferRef::Space::kNone;
  }

  // Gives the value a storage of its own. Tokens and the like have no bytes anywhere.
  Place New(ValueId v, BufferRef at = {.space = BufferRef::Space::kArena});
  // Gives the node's results storages of their own, unless their places are settled. They may take
  // those of operands if the kernel says so (KernelChoice::in_place_operand).
  void NewForResults(const Node& node, int in_place_operand);
  // The operands of a concatenation are to be computed where they lie in its result, as far as they
  // are computed in its region, if that is half of it or more: what a decoder keeps of all its
  // layers, for one, is not copied together. Before the region is visited; whether it is so.
  bool NewForOperands(const Region& region, const Node& concatenate, const GraphIndex& index);
  // When a region ends, `next` takes the places of its arguments: for each a value or kNone. Those
  // that can be written there are (ResultsOverArguments).
  void SettleNext(const Region& body, std::span<const ValueId> next, std::span<const Place> places);

  Storages& storages() { return storages_; }
  const Storages& storages() const { return storages_; }

 private:
  bool Fits(const Node& node, ValueId operand, ValueId result, bool is_only_candidate) const;
  void OfferPlace(const Node& node, ValueId result, std::span<const ValueId> candidates,
                  std::vector<uint32_t>* taken);
  bool WriteOverNext(const Node& node, ValueId result, std::span<const ValueId> candidates);
  bool IsReadElsewhere(const Node& node, ValueId operand, bool at_all) const;
  ValueId ComputedIn(const Region& region, ValueId value, const GraphIndex& index) const;

  const Graph& graph_;
  Storages storages_;
  std::vector<Place> places_;  // By value.
  // Values that take the place of an argument: there.
  std::unordered_map<ValueId, Place> next_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_PLACES_H_
