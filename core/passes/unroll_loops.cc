// SPDX-License-Identifier: Apache-2.0
//
// Replaces a `while` whose trip count is known and small by copies of its body. The pattern is the
// one that counted loops have: a counter that starts at a literal, grows by a literal, and is
// compared with a literal. JAX writes `lax.map` over one batch row like this.
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

class Unroller {
 public:
  explicit Unroller(const Graph& source) : source_(source), index_(source) {}

  Status Visit(Rewriter& r, const Node& node) {
    if (source_.op_name(node) != "stablehlo.while") return r.Clone(node);
    const std::optional<int64_t> trips = TripCount(node);
    const RegionId body = source_.regions_of(node)[1];
    if (!trips || *trips > kMaxTrips || *trips * CountNodes(body) > kMaxUnrolledNodes) {
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
    const ValueId counter = source_.operands(*compare)[0];
    if (counter < cond.arguments.begin || counter >= cond.arguments.end()) return std::nullopt;
    const uint32_t k = counter - cond.arguments.begin;
    const auto limit = Literal(source_, index_, source_.operands(*compare)[1]);
    const auto start = Literal(source_, index_, source_.operands(node)[k]);
    const Node* add = index_.Def(source_.results(body)[k]);
    if (!limit || !start || !IsOp(source_, add, "stablehlo.add")) return std::nullopt;
    const ValueId body_counter = body.arguments.begin + k;
    std::optional<int64_t> step;
    for (int side = 0; side < 2; ++side) {
      if (source_.operands(*add)[side] == body_counter) {
        step = Literal(source_, index_, source_.operands(*add)[1 - side]);
      }
    }
    if (!step || *step <= 0 || *step > (1 << 30)) return std::nullopt;
    constexpr int64_t kFar = int64_t{1} << 40;  // Keeps the arithmetic below from overflowing.
    if (*start < -kFar || *start > kFar || *limit < -kFar || *limit > kFar) return std::nullopt;
    const int64_t end = direction == "LE" ? *limit + 1 : *limit;
    if (direction != "LT" && direction != "LE") return std::nullopt;
    return end <= *start ? 0 : (end - *start + *step - 1) / *step;
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
