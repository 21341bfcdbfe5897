// SPDX-License-Identifier: Apache-2.0
//
// Replaces a `while` whose trip count is known and small by copies of its body. The pattern is the
// one that counted loops have: a counter that starts at a literal, changes by a literal, and is
// compared with a literal. JAX writes `lax.map` over one batch row like this. Trips are counted by
// counting: the counter wraps around where its type does. What the copies add is taken from the
// budget.
#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

constexpr int64_t kMaxTrips = 16;
constexpr int64_t kMaxUnrolledNodes = 1024;

// A literal integer scalar, seen from inside or outside the loop.
std::optional<int64_t> Literal(const Graph& graph, const GraphIndex& index, ValueId value) {
  const DenseElements* elements = SplatElements(graph, index.Def(value));
  if (!elements || !IsInteger(elements->type.element)) return std::nullopt;
  return LoadI64(elements->type.element, elements->bytes.data());
}

// The value that `sum` has in the integer type `type`.
int64_t Wrapped(ElementType type, uint64_t sum) {
  uint64_t bits = 0;
  StoreI64(type, &bits, static_cast<int64_t>(sum));
  return LoadI64(type, &bits);
}

// Whether `a direction b` holds, the two having the integer type `type`.
bool Holds(std::string_view direction, ElementType type, int64_t a, int64_t b) {
  const bool less =
      IsUnsignedInteger(type) ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
  if (direction == "EQ") return a == b;
  if (direction == "NE") return a != b;
  if (direction == "LT") return less;
  if (direction == "LE") return less || a == b;
  if (direction == "GT") return !less && a != b;
  return !less;  // GE
}

class Unroller {
 public:
  Unroller(const PassContext& context, const Graph& source)
      : context_(context), source_(source), index_(source), trips_(source.nodes.size()) {
    ChooseLoops();
  }

  Status Visit(Rewriter& r, const Node& node) {
    const std::optional<int64_t> trips = trips_[Id(node)];
    if (!trips) return r.Clone(node);
    const RegionId body = source_.regions_of(node)[1];
    std::vector<ValueId> carried = r.MapAll(source_.operands(node));
    for (int64_t trip = 0; trip < *trips; ++trip) {
      ASSIGN_OR_RETURN(carried, r.InlineRegion(body, carried));
    }
    for (uint32_t i = 0; i < node.results.size; ++i) {
      r.SetMapped(node.results.begin + i, carried[i]);
    }
    return OkStatus();
  }

 private:
  NodeId Id(const Node& node) const { return static_cast<NodeId>(&node - source_.nodes.data()); }

  // Inner loops first, whose nodes stand before those around them: a loop's size is what it has
  // once the loops within it are unrolled, so that nested loops do not multiply.
  void ChooseLoops() {
    std::vector<int64_t> sizes(source_.nodes.size());  // In nodes, the node itself included.
    const auto size_of = [&](RegionId id) {
      const Region& region = source_.regions[id];
      return std::accumulate(sizes.begin() + region.nodes.begin, sizes.begin() + region.nodes.end(),
                             int64_t{0});
    };
    for (NodeId id = 0; id < source_.nodes.size(); ++id) {
      const Node& node = source_.nodes[id];
      int64_t written = 1;
      for (RegionId region : source_.regions_of(node)) written += size_of(region);
      sizes[id] = written;
      if (node.name != ops::kWhile) continue;
      const std::optional<int64_t> trips = TripCount(node);
      if (!trips) continue;
      const int64_t unrolled = *trips * size_of(source_.regions_of(node)[1]);
      const double added = static_cast<double>(std::max<int64_t>(0, unrolled - written));
      if (unrolled > kMaxUnrolledNodes || !context_.Take(added * WorkBudget::kAddedOperation)) {
        continue;
      }
      trips_[id] = trips;
      sizes[id] = unrolled;
    }
  }

  std::optional<int64_t> TripCount(const Node& node) const {
    const std::span<const RegionId> regions = source_.regions_of(node);
    if (regions.size() != 2) return std::nullopt;
    const Region& cond = source_.regions[regions[0]];
    const Region& body = source_.regions[regions[1]];
    const Node* compare = index_.Def(source_.results(cond)[0]);
    if (!IsOp(compare, ops::kCompare)) return std::nullopt;
    const std::string_view direction = OpView(source_, *compare).String("comparison_direction");
    const std::span<const ValueId> compared = source_.operands(*compare);
    // The counter may stand on either side.
    const size_t side = IsArgument(cond, compared[0]) ? 0 : 1;
    if (!IsArgument(cond, compared[side])) return std::nullopt;
    const uint32_t k = compared[side] - cond.arguments.begin;
    const auto limit = Literal(source_, index_, compared[1 - side]);
    const auto start = Literal(source_, index_, source_.operands(node)[k]);
    const auto step = StepOf(body, k);
    if (!limit || !start || !step) return std::nullopt;
    const ElementType type = source_.tensor(compared[side]).element;
    int64_t counter = *start;
    for (int64_t trips = 0; trips <= kMaxTrips; ++trips) {
      const int64_t lhs = side == 0 ? counter : *limit, rhs = side == 0 ? *limit : counter;
      if (!Holds(direction, type, lhs, rhs)) return trips;
      counter = Wrapped(type, static_cast<uint64_t>(counter) + *step);
    }
    return std::nullopt;
  }

  static bool IsArgument(const Region& region, ValueId value) {
    return value >= region.arguments.begin && value < region.arguments.end();
  }

  // What a trip adds to carried value k, modulo 2^64.
  std::optional<uint64_t> StepOf(const Region& body, uint32_t k) const {
    const ValueId counter = body.arguments.begin + k;
    const Node* update = index_.Def(source_.results(body)[k]);
    const bool is_add = IsOp(update, ops::kAdd);
    if (!is_add && !IsOp(update, ops::kSubtract)) return std::nullopt;
    const std::span<const ValueId> operands = source_.operands(*update);
    const size_t side = operands[0] == counter ? 0 : 1;
    if (operands[side] != counter || (!is_add && side == 1)) return std::nullopt;
    const auto step = Literal(source_, index_, operands[1 - side]);
    if (!step) return std::nullopt;
    return is_add ? static_cast<uint64_t>(*step) : -static_cast<uint64_t>(*step);
  }

  const PassContext& context_;
  const Graph& source_;
  GraphIndex index_;
  std::vector<std::optional<int64_t>> trips_;  // By node: of the loops to unroll.
};

}  // namespace

Status UnrollLoops(const PassContext& context, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWhile})) return OkStatus();
  Unroller unroller(context, source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return unroller.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
