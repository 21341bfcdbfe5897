// SPDX-License-Identifier: Apache-2.0
//
// A value that a `while` carries from trip to trip unchanged is the value outside it: the loop uses
// that one and no longer carries it. JAX writes every weight that a scan reads as such a carry;
// seen from inside as what it is, it can be packed.
#include <vector>

#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class Forwarder {
 public:
  explicit Forwarder(const Graph& source) : source_(source), outside_(source.values.size(), kNone) {
    // Inner loops stand before those around them, which may carry on what these carry unchanged.
    for (const Node& node : source.nodes) {
      if (node.name == ops::kWhile) FindUnchanged(node);
    }
  }

  bool Any() const { return any_; }

  Status Visit(Rewriter& r, const Node& node) {
    if (node.name != ops::kWhile || !CarriesLess(node)) return r.Clone(node);
    const std::vector<ValueId> carried = r.MapAll(source_.operands(node));
    std::vector<RegionId> regions;
    for (RegionId region : source_.regions_of(node)) {
      const RegionId id = r.builder().BeginRegion();
      std::vector<ValueId> arguments = carried;
      for (uint32_t k = 0; k < carried.size(); ++k) {
        const ValueId argument = source_.regions[region].arguments.begin + k;
        if (!IsForwarded(node, k)) {
          arguments[k] = r.builder().AddArgument(source_.type(argument),
                                                 r.MapLocation(source_.values[argument].location));
        }
      }
      ASSIGN_OR_RETURN(std::vector<ValueId> results, r.InlineRegion(region, arguments));
      const bool is_body = regions.size() == 1;
      r.builder().EndRegion(is_body ? Kept(node, results) : results);
      regions.push_back(id);
    }
    std::vector<Type> types;
    for (uint32_t k = 0; k < carried.size(); ++k) {
      if (!IsForwarded(node, k)) types.push_back(source_.type(node.results.begin + k));
    }
    ValueId next = r.EmitNode(ops::kWhile, Kept(node, carried), types,
                              CopyAttributes(source_, node), regions, r.MapLocation(node.location));
    for (uint32_t k = 0; k < carried.size(); ++k) {
      r.SetMapped(node.results.begin + k, IsForwarded(node, k) ? carried[k] : next++);
    }
    return OkStatus();
  }

 private:
  void FindUnchanged(const Node& node) {
    const Region& body = source_.regions[source_.regions_of(node)[1]];
    const std::span<const ValueId> next = source_.results(body);
    uint32_t forwarded = 0;
    for (uint32_t k = 0; k < node.results.size; ++k) {
      ValueId value = next[k];
      while (outside_[value] != kNone) value = outside_[value];
      const ValueId result = node.results.begin + k;
      if (value != body.arguments.begin + k || !source_.type(result).IsTensor()) continue;
      outside_[result] = source_.operands(node)[k];
      ++forwarded;
    }
    // A loop that changes nothing is left to itself.
    if (forwarded == node.results.size) {
      for (uint32_t k = 0; k < node.results.size; ++k) outside_[node.results.begin + k] = kNone;
    } else {
      any_ |= forwarded > 0;
    }
  }

  bool IsForwarded(const Node& node, uint32_t k) const {
    return outside_[node.results.begin + k] != kNone;
  }
  bool CarriesLess(const Node& node) const {
    for (uint32_t k = 0; k < node.results.size; ++k) {
      if (IsForwarded(node, k)) return true;
    }
    return false;
  }
  std::vector<ValueId> Kept(const Node& node, const std::vector<ValueId>& values) const {
    std::vector<ValueId> kept;
    for (uint32_t k = 0; k < values.size(); ++k) {
      if (!IsForwarded(node, k)) kept.push_back(values[k]);
    }
    return kept;
  }

  const Graph& source_;
  // By result of a loop: the operand that it is, if the loop carries that unchanged.
  std::vector<ValueId> outside_;
  bool any_ = false;
};

}  // namespace

Status ForwardCarries(const PassContext&, const Graph& source, Graph* target) {
  Forwarder forwarder(source);
  if (!forwarder.Any()) return OkStatus();
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return forwarder.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
