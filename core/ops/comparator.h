// SPDX-License-Identifier: Apache-2.0
//
// Comparators of sorts that are an order by keys, as JAX, PyTorch and TensorFlow write them: the
// first operand, then where it is equal the next, ascending or descending; of floats with zeros and
// NaNs made alike first, or not.
#ifndef WEBHLO_CORE_OPS_COMPARATOR_H_
#define WEBHLO_CORE_OPS_COMPARATOR_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/kernels/sort/radix_sort.h"

namespace webhlo {

class ComparatorReader {
 public:
  ComparatorReader(const Graph& graph, RegionId region)
      : graph_(graph), region_(graph.regions[region]) {}

  // The keys from the most significant to the least; nothing for any other comparator.
  std::optional<std::vector<SortKey>> Keys() const {
    std::vector<SortKey> keys;
    if (!Read(graph_.results(region_)[0], &keys)) return std::nullopt;
    return keys;
  }

 private:
  const Node* Def(ValueId v) const {
    for (uint32_t i = 0; i < region_.nodes.size; ++i) {
      const Node& node = graph_.nodes[region_.nodes.begin + i];
      if (node.results.begin == v) return &node;
    }
    return nullptr;
  }
  const Node* Def(ValueId v, OpName name) const {
    const Node* node = Def(v);
    return node && node->name == name ? node : nullptr;
  }
  ValueId Operand(const Node& node, size_t i) const { return graph_.operands(node)[i]; }
  std::optional<double> Splat(ValueId v) const { return SplatValue(graph_, Def(v)); }

  // less(k), or less(k) or (equal(k) and what follows).
  bool Read(ValueId v, std::vector<SortKey>* keys) const {
    if (const std::optional<SortKey> key = Key(v, "LT", "GT")) {
      keys->push_back(*key);
      return true;
    }
    const auto follows = [&](ValueId less, ValueId equal, ValueId rest) {
      const std::optional<SortKey> key = Key(less, "LT", "GT");
      std::optional<SortKey> same = Key(equal, "EQ", "EQ");
      if (!key || !same) return false;
      same->descending = key->descending;
      if (*key != *same || keys->size() == kMaxKeys) return false;
      keys->push_back(*key);
      return Read(rest, keys);
    };
    if (const Node* either = Def(v, ops::kOr)) {
      for (size_t i : {0, 1}) {
        const Node* both = Def(Operand(*either, 1 - i), ops::kAnd);
        if (!both) continue;
        for (size_t k : {0, 1}) {
          const size_t before = keys->size();
          if (follows(Operand(*either, i), Operand(*both, k), Operand(*both, 1 - k))) return true;
          keys->resize(before);
        }
      }
    }
    if (const Node* select = Def(v, ops::kSelect)) {
      return follows(Operand(*select, 2), Operand(*select, 0), Operand(*select, 1));
    }
    return false;
  }

  // A compare of both sides of one operand; descending when it says `greater`, or has them swapped.
  std::optional<SortKey> Key(ValueId v, std::string_view less, std::string_view greater) const {
    const Node* compare = Def(v, ops::kCompare);
    if (!compare) return std::nullopt;
    const OpView op(graph_, *compare);
    const std::string_view direction = op.String("comparison_direction");
    if (direction != less && direction != greater) return std::nullopt;
    SortKey lhs, rhs;
    const std::optional<uint32_t> a = Side(op.operand_id(0), &lhs);
    const std::optional<uint32_t> b = Side(op.operand_id(1), &rhs);
    if (!a || !b || *a / 2 != *b / 2 || *a == *b || lhs != rhs) return std::nullopt;
    lhs.operand = *a / 2;
    lhs.element = op.operand(0).element;
    if (op.operand(0).quantized || !HasSortKey(lhs.element)) return std::nullopt;
    if (IsFloat(lhs.element) && op.String("compare_type") != "TOTALORDER") {
      // Nothing comes before or after a NaN, which is no order: they are put last, as of equals.
      lhs.merges_zeros = lhs.merges_nans = true;
    }
    lhs.descending = (direction == greater && less != greater) != (*a > *b && less != greater);
    return lhs;
  }

  // An argument, perhaps with zeros and NaNs made alike; its number.
  std::optional<uint32_t> Side(ValueId v, SortKey* key) const {
    if (v >= region_.arguments.begin && v < region_.arguments.end()) {
      return v - region_.arguments.begin;
    }
    const Node* select = Def(v, ops::kSelect);
    if (!select) return std::nullopt;
    const Node* compare = Def(Operand(*select, 0), ops::kCompare);
    const std::optional<double> value = Splat(Operand(*select, 1));
    if (!compare || !value) return std::nullopt;
    const ValueId inner = Operand(*select, 2);
    const OpView condition(graph_, *compare);
    if (condition.operand_id(0) != inner && !SameArgument(condition.operand_id(0), inner)) {
      return std::nullopt;
    }
    const std::string_view direction = condition.String("comparison_direction");
    if (condition.String("compare_type") == "TOTALORDER") return std::nullopt;
    if (direction == "EQ" && *value == 0 && Splat(condition.operand_id(1)) == 0.0) {
      key->merges_zeros = true;
    } else if (direction == "NE" && *value != *value &&
               condition.operand_id(0) == condition.operand_id(1)) {
      key->merges_nans = true;
    } else {
      return std::nullopt;
    }
    return Side(inner, key);
  }

  // Whether both are the same argument, whatever was made alike: what is NaN or zero stays so.
  bool SameArgument(ValueId a, ValueId b) const {
    SortKey unused;
    const std::optional<uint32_t> first = Side(a, &unused), second = Side(b, &unused);
    return first && first == second;
  }

  static constexpr size_t kMaxKeys = 16;

  const Graph& graph_;
  const Region& region_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_COMPARATOR_H_
