// SPDX-License-Identifier: Apache-2.0
//
// Values that share an offset make one block. Blocks are placed one by one into the tightest gap
// that the blocks already placed leave them (best fit): large blocks first, or blocks of the most
// crowded step first. While the plan is above the lower bound, the block that made it so (or, if it
// is there already, any) moves to the front of the order and all are placed again. The best plan is
// kept.
//
// Looking at every pair of blocks that live together is quadratic where tens of thousands do (the
// arguments of one program). After so many pairs, the blocks that are left, the smallest, are
// placed above the others by a sweep over time, which looks at no pairs.
#include "core/memory/planner.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <set>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/base/sort.h"
#include "core/base/strings.h"

namespace webhlo {
namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 62;
// Further orders are tried as long as they take a few milliseconds together.
constexpr int64_t kMaxPairsOfAll = 200 * 1000;
constexpr int kMaxOrders = 100;
// Pairs of live blocks that placing one order looks at, and pairs of values for all hints.
constexpr int64_t kMaxPairs = 2 * 1000 * 1000;

struct Block {
  std::vector<int32_t> values;
  int64_t size = 0;  // The largest value.
  int32_t first = 0;
  int32_t last = 0;
  int32_t at_first = 1;  // How many values live at its first step, and at its last.
  int32_t at_last = 1;
};

bool Overlap(const MemoryValue& a, const MemoryValue& b) {
  return a.first <= b.last && b.first <= a.last;
}

class Planner {
 public:
  explicit Planner(std::span<const MemoryValue> values) : values_(values), placed_(values) {}

  Result<MemoryPlan> Plan() {
    int64_t total = 0;
    for (const MemoryValue& value : values_) {
      WEBHLO_CHECK(value.size >= 0 && value.first <= value.last);
      if (value.size > kMaxBytes - static_cast<int64_t>(kBufferAlignment) ||
          !CheckedAdd(total, Rounded(value), &total) || total > kMaxBytes) {
        return OutOfMemory("arena: the sizes of all values do not fit 62 bits");
      }
    }
    JoinValues();
    ComputePressure();

    MemoryPlan best;
    best.arena_size = kMaxBytes;
    std::vector<int32_t> order(blocks_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto larger = [&](int32_t a, int32_t b) {
      const Block &x = blocks_[a], &y = blocks_[b];
      if (x.size != y.size) return x.size > y.size;
      const int64_t x_life = int64_t{x.last} - x.first, y_life = int64_t{y.last} - y.first;
      return x_life != y_life ? x_life > y_life : a < b;
    };
    Sort(order, larger);
    Place(order, &best);
    const auto go_on = [&] { return best.arena_size > lower_bound_ && pairs_ <= kMaxPairsOfAll; };
    if (go_on()) {
      std::vector<int64_t> crowd(blocks_.size());
      for (size_t i = 0; i < blocks_.size(); ++i) crowd[i] = MaxPressure(blocks_[i]);
      Sort(order, [&](int32_t a, int32_t b) { return crowd[a] > crowd[b]; });
      int32_t top = Place(order, &best);
      uint32_t random = 1;
      for (int i = 0; i < kMaxOrders && go_on(); ++i) {
        auto at = std::find(order.begin(), order.end(), top);
        if (at == order.begin()) {
          random = random * 1664525 + 1013904223;
          at += (random >> 8) % order.size();
        }
        std::rotate(order.begin(), at, at + 1);
        top = Place(order, &best);
      }
    }
    best.lower_bound = lower_bound_;
    best.pairs = pairs_ + kMaxPairs - hint_pairs_;
    return best;
  }

 private:
  static int64_t Rounded(const MemoryValue& value) {
    return RoundUp(value.size, static_cast<int64_t>(kBufferAlignment));
  }

  // ---- Blocks ----

  int32_t Root(int32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }

  void Merge(int32_t a, int32_t b) {
    Block &x = blocks_[a], &y = blocks_[b];
    if (x.values.size() < y.values.size()) {
      Merge(b, a);
      return;
    }
    x.values.insert(x.values.end(), y.values.begin(), y.values.end());
    x.size = std::max(x.size, y.size);
    x.at_first = (x.first <= y.first ? x.at_first : 0) + (y.first <= x.first ? y.at_first : 0);
    x.at_last = (x.last >= y.last ? x.at_last : 0) + (y.last >= x.last ? y.at_last : 0);
    x.first = std::min(x.first, y.first);
    x.last = std::max(x.last, y.last);
    y.values.clear();
    parent_[b] = a;
  }

  // Whether value `j` may be written over value `i`: at that step nothing else of the two blocks is
  // live, and neither is it at any other step at which both blocks are.
  bool MayReplace(int32_t i, int32_t j) {
    if (values_[i].last != values_[j].first) return false;
    const Block &x = blocks_[Root(i)], &y = blocks_[Root(j)];
    if (&x == &y) return false;
    if (x.last < y.first) return true;
    if (x.last == y.first) return x.at_last == 1 && y.at_first == 1;
    const int64_t pairs = static_cast<int64_t>(x.values.size() * y.values.size());
    if (pairs > 10000 || pairs > hint_pairs_) return false;  // A hint; not worth quadratic time.
    hint_pairs_ -= pairs;
    for (int32_t a : x.values) {
      for (int32_t b : y.values) {
        if ((a != i || b != j) && Overlap(values_[a], values_[b])) return false;
      }
    }
    return true;
  }

  void JoinValues() {
    const int32_t n = static_cast<int32_t>(values_.size());
    parent_.resize(n);
    std::iota(parent_.begin(), parent_.end(), 0);
    blocks_.resize(n);
    for (int32_t i = 0; i < n; ++i) {
      const MemoryValue& v = values_[i];
      blocks_[i] = {.values = {i}, .size = Rounded(v), .first = v.first, .last = v.last};
    }
    std::vector<bool> replaced(n, false);
    for (int32_t j = 0; j < n; ++j) {
      const int32_t i = values_[j].in_place_of;
      WEBHLO_CHECK(i >= -1 && i < n);
      if (i < 0 || replaced[i] || values_[i].size == 0 || values_[j].size == 0) continue;
      if (!MayReplace(i, j)) continue;
      replaced[i] = true;
      Merge(Root(i), Root(j));
    }
    std::erase_if(blocks_, [](const Block& b) { return b.values.empty() || b.size == 0; });
    for (Block& block : blocks_) {
      Sort(block.values, [&](int32_t a, int32_t b) {
        return values_[a].first != values_[b].first ? values_[a].first < values_[b].first : a < b;
      });
    }
  }

  // ---- Live bytes ----

  // pressure_[k]: bytes live from step starts_[k] until before step starts_[k + 1].
  void ComputePressure() {
    std::vector<std::pair<int64_t, int64_t>> changes;  // Step, bytes more or less.
    for (const Block& block : blocks_) {
      // The block's bytes at a step are those of its largest value that lives then.
      std::priority_queue<std::pair<int64_t, int64_t>> live;  // Size, last step.
      int64_t bytes = 0;
      size_t next = 0;
      int64_t step = block.first;
      while (next < block.values.size() || !live.empty()) {
        for (; next < block.values.size() && values_[block.values[next]].first <= step; ++next) {
          const MemoryValue& v = values_[block.values[next]];
          live.emplace(Rounded(v), v.last);
        }
        while (!live.empty() && live.top().second < step) live.pop();
        const int64_t now = live.empty() ? 0 : live.top().first;
        if (now != bytes) changes.emplace_back(step, now - bytes);
        bytes = now;
        // The next step at which the largest dies or another value begins.
        int64_t then = live.empty() ? INT64_MAX : live.top().second + 1;
        if (next < block.values.size()) {
          then = std::min<int64_t>(then, values_[block.values[next]].first);
        }
        step = then;
      }
    }
    Sort(changes);
    int64_t bytes = 0;
    for (size_t i = 0; i < changes.size();) {
      const int64_t step = changes[i].first;
      for (; i < changes.size() && changes[i].first == step; ++i) bytes += changes[i].second;
      starts_.push_back(step);
      pressure_.push_back(bytes);
      lower_bound_ = std::max(lower_bound_, bytes);
    }
  }

  int64_t MaxPressure(const Block& block) const {
    size_t k = std::upper_bound(starts_.begin(), starts_.end(), block.first) - starts_.begin() - 1;
    int64_t bytes = 0;
    for (; k < starts_.size() && starts_[k] <= block.last; ++k) {
      bytes = std::max(bytes, pressure_[k]);
    }
    return bytes;
  }

  // ---- Placement ----

  // The values of placed blocks, found by lifetime: leaves in order of first step, inner nodes know
  // the greatest last step below them (-1: nothing placed).
  struct LifetimeTree {
    explicit LifetimeTree(std::span<const MemoryValue> values) : by_first(values.size()) {
      std::iota(by_first.begin(), by_first.end(), 0);
      Sort(by_first, [&](int32_t a, int32_t b) {
        return values[a].first != values[b].first ? values[a].first < values[b].first : a < b;
      });
      leaf_of.resize(values.size());
      for (size_t i = 0; i < by_first.size(); ++i) leaf_of[by_first[i]] = static_cast<int32_t>(i);
      while (leaves < values.size()) leaves *= 2;
      greatest_last.assign(2 * leaves, INT32_MIN);
    }
    void Clear() { std::fill(greatest_last.begin(), greatest_last.end(), INT32_MIN); }
    void Add(int32_t value, int32_t last) {
      for (size_t node = leaves + leaf_of[value]; node > 0; node /= 2) {
        greatest_last[node] = std::max(greatest_last[node], last);
      }
    }
    // Calls f(value) for placed values whose leaf is below `end` and whose last is >= `from`.
    template <typename F>
    void ForEach(size_t end, int32_t from, const F& f) const {
      Visit(1, 0, leaves, end, from, f);
    }
    template <typename F>
    void Visit(size_t node, size_t begin, size_t width, size_t end, int32_t from,
               const F& f) const {
      if (begin >= end || greatest_last[node] == INT32_MIN || greatest_last[node] < from) return;
      if (width == 1) {
        f(by_first[begin]);
        return;
      }
      Visit(2 * node, begin, width / 2, end, from, f);
      Visit(2 * node + 1, begin + width / 2, width / 2, end, from, f);
    }
    std::vector<int32_t> by_first;
    std::vector<int32_t> leaf_of;
    size_t leaves = 1;
    std::vector<int32_t> greatest_last;
  };

  // Places all blocks in `order`; keeps the plan in `best` if it is better. Returns the block that
  // ends the arena.
  int32_t Place(std::span<const int32_t> order, MemoryPlan* best) {
    MemoryPlan plan;
    plan.offsets.assign(values_.size(), 0);
    placed_.Clear();
    // Where the block may not begin: strictly between the two.
    std::vector<std::pair<int64_t, int64_t>> taken;
    int32_t top = 0;
    int64_t pairs = 0;
    for (size_t done = 0; done < order.size(); ++done) {
      const int32_t b = order[done];
      if (pairs > kMaxPairs) {
        PlaceBySweep(order.subspan(done), &plan);
        break;
      }
      const Block& block = blocks_[b];
      taken.clear();
      for (int32_t value : block.values) {
        const MemoryValue& v = values_[value];
        const size_t end =
            std::partition_point(placed_.by_first.begin(), placed_.by_first.end(),
                                 [&](int32_t i) { return values_[i].first <= v.last; }) -
            placed_.by_first.begin();
        placed_.ForEach(end, v.first, [&](int32_t other) {
          const int64_t offset = plan.offsets[other];
          taken.emplace_back(offset - Rounded(v), offset + Rounded(values_[other]));
        });
      }
      pairs += static_cast<int64_t>(taken.size());
      Sort(taken);
      int64_t free_from = 0;
      int64_t offset = -1;
      int64_t slack = INT64_MAX;
      const auto offer = [&](int64_t room) {
        if (room >= 0 && room < slack) {
          slack = room;
          offset = free_from;
        }
      };
      for (const auto& [from, to] : taken) {
        offer(from - free_from);
        free_from = std::max(free_from, to);
      }
      offer(plan.arena_size - free_from - block.size);
      if (offset < 0) offset = free_from;
      SetOffset(block, offset, &plan);
      for (int32_t value : block.values) {
        if (values_[value].size != 0) placed_.Add(value, values_[value].last);
      }
      if (offset + block.size > plan.arena_size) {
        plan.arena_size = offset + block.size;
        top = b;
        // No better than what there is.
        if (plan.arena_size >= best->arena_size) break;
      }
    }
    pairs_ += pairs;
    if (plan.arena_size < best->arena_size) *best = std::move(plan);
    return top;
  }

  void SetOffset(const Block& block, int64_t offset, MemoryPlan* plan) const {
    for (int32_t value : block.values) plan->offsets[value] = offset;
  }

  // Places blocks above the arena so far, as a heap would that sees them come and go: each in the
  // tightest gap. Of blocks that come together the ones that stay are lowest, so that those that go
  // leave one gap behind. Arguments all come at the first step, results all go after the last: the
  // better of forwards and backwards in time is kept. A block holds its bytes from its first step
  // to its last.
  void PlaceBySweep(std::span<const int32_t> blocks, MemoryPlan* plan) const {
    MemoryPlan backwards = *plan;
    Sweep(blocks, 1, plan);
    Sweep(blocks, -1, &backwards);
    if (backwards.arena_size < plan->arena_size) *plan = std::move(backwards);
  }

  // `way`: 1 forwards, -1 backwards in time.
  void Sweep(std::span<const int32_t> blocks, int64_t way, MemoryPlan* plan) const {
    const auto comes = [&](int32_t b) { return way > 0 ? blocks_[b].first : -blocks_[b].last; };
    const auto goes = [&](int32_t b) { return way > 0 ? blocks_[b].last : -blocks_[b].first; };
    std::vector<int32_t> order(blocks.begin(), blocks.end());
    Sort(order, [&](int32_t a, int32_t b) {
      if (comes(a) != comes(b)) return comes(a) < comes(b);
      return goes(a) != goes(b) ? goes(a) > goes(b) : a < b;
    });
    std::map<int64_t, int64_t> gaps;                // Offset, size; no two touch.
    std::set<std::pair<int64_t, int64_t>> by_size;  // Size, offset.
    const auto add_gap = [&](int64_t offset, int64_t size) {
      gaps.emplace(offset, size);
      by_size.emplace(size, offset);
    };
    const auto take_gap = [&](std::map<int64_t, int64_t>::iterator gap) {
      by_size.erase({gap->second, gap->first});
      return gaps.erase(gap);
    };
    using Going = std::pair<int64_t, int32_t>;  // When, which block.
    std::priority_queue<Going, std::vector<Going>, std::greater<>> live;
    for (int32_t b : order) {
      for (; !live.empty() && live.top().first < comes(b); live.pop()) {
        const Block& gone = blocks_[live.top().second];
        int64_t from = plan->offsets[gone.values[0]];
        int64_t to = from + gone.size;
        auto gap = gaps.lower_bound(from);
        if (gap != gaps.end() && gap->first == to) {
          to += gap->second;
          gap = take_gap(gap);
        }
        if (gap != gaps.begin() && std::prev(gap)->first + std::prev(gap)->second == from) {
          from = std::prev(gap)->first;
          take_gap(std::prev(gap));
        }
        add_gap(from, to - from);
      }
      const int64_t size = blocks_[b].size;
      int64_t offset = plan->arena_size;
      if (const auto fit = by_size.lower_bound({size, 0}); fit != by_size.end()) {
        const auto [room, at] = *fit;
        offset = at;
        take_gap(gaps.find(at));
        if (room > size) add_gap(at + size, room - size);
      } else {
        // The arena grows, from the beginning of a gap at its end.
        if (!gaps.empty()) {
          const auto end = std::prev(gaps.end());
          if (end->first + end->second == plan->arena_size) {
            offset = end->first;
            take_gap(end);
          }
        }
        plan->arena_size = offset + size;
      }
      SetOffset(blocks_[b], offset, plan);
      live.emplace(goes(b), b);
    }
  }

  std::span<const MemoryValue> values_;
  std::vector<int32_t> parent_;
  std::vector<Block> blocks_;
  std::vector<int64_t> starts_;
  std::vector<int64_t> pressure_;
  int64_t lower_bound_ = 0;
  int64_t pairs_ = 0;
  int64_t hint_pairs_ = kMaxPairs;
  LifetimeTree placed_;
};

}  // namespace

Result<MemoryPlan> PlanMemory(std::span<const MemoryValue> values) {
  return Planner(values).Plan();
}

std::string ToString(std::span<const MemoryValue> values, const MemoryPlan& plan) {
  std::vector<int32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  Sort(order, [&](int32_t a, int32_t b) { return values[a].first < values[b].first; });
  std::string out;
  for (int32_t i : order) {
    const MemoryValue& v = values[i];
    StrAppend(&out, "value ", i, ": steps ", v.first, "..", v.last, ", bytes ", plan.offsets[i],
              "..", plan.offsets[i] + v.size);
    if (v.in_place_of >= 0 && plan.offsets[i] == plan.offsets[v.in_place_of]) {
      StrAppend(&out, ", in place of ", v.in_place_of);
    }
    out.push_back('\n');
  }
  const int64_t percent = plan.lower_bound == 0
                              ? 100
                              : (plan.arena_size * 100 + plan.lower_bound / 2) / plan.lower_bound;
  StrAppend(&out, "arena: ", plan.arena_size, " bytes, lower bound ", plan.lower_bound, " (",
            percent, " %)\n");
  return out;
}

}  // namespace webhlo
