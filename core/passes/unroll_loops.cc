// SPDX-License-Identifier: Apache-2.0
//
// Replaces a `while` whose trip count is known and small by copies of its body. The pattern is the
// one that counted loops have: a counter that starts at a literal, changes by a literal, and is
// compared with a literal. JAX writes `lax.map` over one batch row like this. Trips are counted by
// counting: the counter wraps around where its type does.
#include "core/passes/pass.h"
#include "core/passes/rewriter.h"

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
  explicit Unroller(const Graph& source) : source_(source), index_(source) {}

  Status Visit(Rewriter& r, const Node& node) {
    if (source_.op_name(node) != "stablehlo.while") return r.Clone(node);
    const std::optional<int64_t> trips = TripCount(node);
    const RegionId body = source_.regions_of(node)[1];
    if (!trips || *trips * CountNodes(body) > kMaxUnrolledNodes) {
      return r.Clone(node);
    }
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
  std::optional<int64_t> TripCount(const Node& node) const {
    const std::span<const RegionId> regions = source_.regions_of(node);
    if (regions.size() != 2) return std::nullopt;
    const Region& cond = source_.regions[regions[0]];
    const Region& body = source_.regions[regions[1]];
    const Node* compare = index_.Def(source_.results(cond)[0]);
    if (!IsOp(source_, compare, "stablehlo.compare")) return std::nullopt;
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
    const bool is_add = IsOp(source_, update, "stablehlo.add");
    if (!is_add && !IsOp(source_, update, "stablehlo.subtract")) return std::nullopt;
    const std::span<const ValueId> operands = source_.operands(*update);
    const size_t side = operands[0] == counter ? 0 : 1;
    if (operands[side] != counter || (!is_add && side == 1)) return std::nullopt;
    const auto step = Literal(source_, index_, operands[1 - side]);
    if (!step) return std::nullopt;
    return is_add ? static_cast<uint64_t>(*step) : -static_cast<uint64_t>(*step);
  }

  int64_t CountNodes(RegionId id) const {
    const Region& region = source_.regions[id];
    int64_t count = region.nodes.size;
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      for (RegionId inner : source_.regions_of(source_.nodes[region.nodes.begin + i])) {
        count += CountNodes(inner);
      }
    }
    return count;
  }

  const Graph& source_;
  GraphIndex index_;
};

}  // namespace

Status UnrollLoops(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {"stablehlo.while"})) return OkStatus();
  Unroller unroller(source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return unroller.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
