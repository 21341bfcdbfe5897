// SPDX-License-Identifier: Apache-2.0
//
// Merges pure nodes that have the same op, operands, attributes and result types, and the same
// computations if any, as far as these use nothing from outside (a reduce's body). A node may stand
// for a later equal one in the same region or in the region of a loop or a branch inside it.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

size_t Mix(size_t seed, size_t value) {
  return seed ^ (value + 0x9e3779b9u + (seed << 6) + (seed >> 2));
}

class Merger {
 public:
  explicit Merger(const Graph& source) : source_(source) { seen_.reserve(source.nodes.size()); }

  // What is found in a region is not visible after it, in its sibling regions above all.
  Status VisitRegion(Rewriter& r, const Region& region) {
    const size_t scope = scopes_.size();
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      RETURN_IF_ERROR(Visit(r, source_.nodes[region.nodes.begin + i]));
    }
    while (scopes_.size() > scope) {
      Forget(scopes_.back());
      scopes_.pop_back();
    }
    return OkStatus();
  }

  Status Visit(Rewriter& r, const Node& node) {
    if (!IsPure(node) || node.results.size == 0 || !RegionsAreClosed(source_, node) ||
        IsControlFlow(node)) {
      return Clone(r, node);
    }
    const std::vector<ValueId> operands = r.MapAll(source_.operands(node));
    size_t hash = Mix(0, static_cast<size_t>(node.name));
    for (ValueId operand : operands) hash = Mix(hash, operand);
    for (uint32_t i = 0; i < node.results.size; ++i) {
      hash = Mix(hash, source_.values[node.results.begin + i].type);
    }
    for (const NamedAttribute& a : source_.attributes(node)) hash = Mix(hash, AttributeHash(a));
    const auto [begin, end] = seen_.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (Same(r, node, operands, it->second)) {
        for (uint32_t i = 0; i < node.results.size; ++i) {
          r.SetMapped(node.results.begin + i, it->second.target_result + i);
        }
        return OkStatus();
      }
    }
    RETURN_IF_ERROR(Clone(r, node));
    seen_.emplace(hash, Seen{&node, operands, r.Map(node.results.begin)});
    scopes_.push_back({hash, &node});
    return OkStatus();
  }

 private:
  // A computation that uses nothing from outside must not come to.
  Status Clone(Rewriter& r, const Node& node) {
    if (node.regions.size == 0 || IsControlFlow(node)) return r.Clone(node);
    auto seen = std::exchange(seen_, {});
    auto scopes = std::exchange(scopes_, {});
    const Status status = r.Clone(node);
    seen_ = std::move(seen);
    scopes_ = std::move(scopes);
    return status;
  }

  struct Seen {
    const Node* node;
    std::vector<ValueId> operands;
    ValueId target_result;
  };
  struct Scoped {
    size_t hash;
    const Node* node;
  };

  static size_t AttributeHash(const NamedAttribute& attribute) {
    size_t hash = std::hash<std::string>()(attribute.name);
    const Attribute& value = attribute.value;
    switch (value.kind()) {
      case Attribute::Kind::kInts:
        for (int64_t v : value.ints()) hash = Mix(hash, std::hash<int64_t>()(v));
        break;
      case Attribute::Kind::kString:
        hash = Mix(hash, std::hash<std::string>()(value.string()));
        break;
      case Attribute::Kind::kDense: {
        const std::vector<uint8_t>& bytes = value.dense().bytes;
        hash = Mix(hash, std::hash<std::string_view>()(
                             {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
        break;
      }
      default:
        hash = Mix(hash, static_cast<size_t>(value.int_value()));
    }
    return hash;
  }

  bool Same(const Rewriter&, const Node& node, const std::vector<ValueId>& operands,
            const Seen& seen) const {
    const Node& other = *seen.node;
    if (node.name != other.name || operands != seen.operands ||
        node.results.size != other.results.size) {
      return false;
    }
    for (uint32_t i = 0; i < node.results.size; ++i) {
      if (source_.values[node.results.begin + i].type !=
          source_.values[other.results.begin + i].type) {
        return false;
      }
    }
    const auto a = source_.attributes(node), b = source_.attributes(other);
    const auto x = source_.regions_of(node), y = source_.regions_of(other);
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end()) || x.size() != y.size()) return false;
    for (size_t i = 0; i < x.size(); ++i) {
      if (!SameRegion(source_.regions[x[i]], source_.regions[y[i]])) return false;
    }
    return true;
  }

  // Bodies are built alike, so equal ones number their values alike.
  bool SameRegion(const Region& x, const Region& y) const {
    const ValueId dx = x.arguments.begin, dy = y.arguments.begin;
    const auto same_values = [&](std::span<const ValueId> a, std::span<const ValueId> b) {
      if (a.size() != b.size()) return false;
      for (size_t i = 0; i < a.size(); ++i) {
        if (a[i] - dx != b[i] - dy || source_.values[a[i]].type != source_.values[b[i]].type) {
          return false;
        }
      }
      return true;
    };
    if (x.arguments.size != y.arguments.size || x.nodes.size != y.nodes.size ||
        !same_values(source_.results(x), source_.results(y))) {
      return false;
    }
    for (uint32_t i = 0; i < x.arguments.size; ++i) {
      if (source_.values[dx + i].type != source_.values[dy + i].type) return false;
    }
    for (uint32_t i = 0; i < x.nodes.size; ++i) {
      const Node& a = source_.nodes[x.nodes.begin + i];
      const Node& b = source_.nodes[y.nodes.begin + i];
      const auto p = source_.attributes(a), q = source_.attributes(b);
      if (a.name != b.name || a.regions.size > 0 || b.regions.size > 0 ||
          a.results.size != b.results.size || a.results.begin - dx != b.results.begin - dy ||
          !same_values(source_.operands(a), source_.operands(b)) ||
          !std::equal(p.begin(), p.end(), q.begin(), q.end())) {
        return false;
      }
    }
    return true;
  }

  void Forget(const Scoped& scoped) {
    const auto [begin, end] = seen_.equal_range(scoped.hash);
    for (auto it = begin; it != end; ++it) {
      if (it->second.node == scoped.node) {
        seen_.erase(it);
        return;
      }
    }
  }

  const Graph& source_;
  std::unordered_multimap<size_t, Seen> seen_;
  std::vector<Scoped> scopes_;
};

}  // namespace

Status EliminateCommonSubexpressions(const PassContext&, const Graph& source, Graph* target) {
  Merger merger(source);
  Rewriter rewriter(source, target,
                    [&](Rewriter& r, const Node& node) { return merger.Visit(r, node); });
  rewriter.set_region_visitor(
      [&](const Region& region) { return merger.VisitRegion(rewriter, region); });
  return rewriter.Run();
}

}  // namespace webhlo
