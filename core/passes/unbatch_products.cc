// SPDX-License-Identifier: Apache-2.0
//
// A dot_general whose right operand is the same for all indices of a batching dimension, because it
// was broadcast to have it, becomes one without that dimension: torchax writes the layers of a
// transformer so where sizes are free. The weights are no copies any more, can be packed, and the
// rows of all batches are one product's.
//   dot_general(x[b,m,k], broadcast(w[k,n]), batching [0] x [0]) -> dot_general(x[b,m,k], w[k,n])
// Only where the result has its dimensions in the same order.
#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/graph/rewriter.h"
#include "core/ops/infer_util.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

constexpr std::string_view kLhsBatching = "lhs_batching_dimensions";
constexpr std::string_view kRhsBatching = "rhs_batching_dimensions";
constexpr std::string_view kRhsContracting = "rhs_contracting_dimensions";

// A product without some of its batching dimensions.
struct Plain {
  const Node* broadcast;          // What defines the right operand.
  std::vector<int64_t> dropped;   // Dimensions of that operand, in order.
  std::vector<int64_t> lhs, rhs;  // The batching dimensions that stay.
};

// Whether all indices of that dimension of a broadcast_in_dim's result are the same.
bool IsBroadcast(const OpView& broadcast, int64_t dimension) {
  const auto from = broadcast.Ints("broadcast_dimensions");
  const auto at = std::find(from.begin(), from.end(), dimension) - from.begin();
  return at == std::ssize(from) || broadcast.operand(0).dims[static_cast<size_t>(at)] == 1;
}

std::optional<Plain> PlainOf(const Graph& source, const GraphIndex& index, const Node& node) {
  if (node.name != ops::kDotGeneral) return std::nullopt;
  Plain plain{index.Def(source.operands(node)[1]), {}, {}, {}};
  if (!plain.broadcast || plain.broadcast->name != ops::kBroadcastInDim) return std::nullopt;
  const OpView op(source, node), broadcast(source, *plain.broadcast);
  const auto lhs = op.Ints(kLhsBatching), rhs = op.Ints(kRhsBatching);
  // Results begin with the batching dimensions; those that are dropped come behind those that stay
  // then, in the order of the left operand, before its other ones.
  int64_t before = -1;
  for (size_t i = 0; i < lhs.size(); ++i) {
    if (!IsBroadcast(broadcast, rhs[i])) {
      if (!plain.dropped.empty()) return std::nullopt;
      plain.lhs.push_back(lhs[i]);
      plain.rhs.push_back(rhs[i]);
      continue;
    }
    if (lhs[i] < before) return std::nullopt;
    before = lhs[i];
    plain.dropped.push_back(rhs[i]);
  }
  if (plain.dropped.empty()) return std::nullopt;
  const auto contracting = op.Ints("lhs_contracting_dimensions");
  for (int64_t d = 0; d < before; ++d) {
    if (!Contains(lhs, d) && !Contains(contracting, d)) return std::nullopt;
  }
  std::sort(plain.dropped.begin(), plain.dropped.end());
  return plain;
}

// What dimensions are called without those that are dropped.
std::vector<int64_t> Renumber(std::span<const int64_t> dimensions,
                              std::span<const int64_t> dropped) {
  std::vector<int64_t> renumbered;
  for (int64_t d : dimensions) {
    renumbered.push_back(d - std::count_if(dropped.begin(), dropped.end(),
                                           [&](int64_t other) { return other < d; }));
  }
  return renumbered;
}

// The right operand without those dimensions.
ValueId EmitRhs(Rewriter& r, const Plain& plain, LocationId location) {
  const OpView broadcast(r.source(), *plain.broadcast);
  const TensorType &from = broadcast.operand(0), &to = broadcast.result();
  // Those of size one go first.
  TensorType part(from.element, {});
  std::vector<int64_t> kept;
  const auto dimensions = broadcast.Ints("broadcast_dimensions");
  for (size_t i = 0; i < dimensions.size(); ++i) {
    if (Contains(plain.dropped, dimensions[i])) continue;
    part.dims.push_back(from.dims[i]);
    kept.push_back(dimensions[i]);
  }
  ValueId value = r.Map(r.source().operands(*plain.broadcast)[0]);
  if (part != from) value = r.Emit(ops::kReshape, {value}, part, {}, location);
  TensorType type(to.element, {});
  for (int64_t d = 0; d < to.rank(); ++d) {
    if (!Contains(plain.dropped, d)) type.dims.push_back(to.dims[static_cast<size_t>(d)]);
  }
  return r.Emit(ops::kBroadcastInDim, {value}, type,
                {{"broadcast_dimensions", Attribute::Ints(Renumber(kept, plain.dropped))}},
                location);
}

void Rewrite(Rewriter& r, const Node& node, const Plain& plain) {
  const Graph& source = r.source();
  const OpView op(source, node);
  const LocationId location = r.MapLocation(node.location);
  const ValueId rhs = EmitRhs(r, plain, location);
  std::vector<NamedAttribute> attributes = CopyAttributes(source, node);
  for (auto& [name, value] : attributes) {
    if (name == kLhsBatching) value = Attribute::Ints(plain.lhs);
    if (name == kRhsBatching) value = Attribute::Ints(Renumber(plain.rhs, plain.dropped));
    if (name == kRhsContracting)
      value = Attribute::Ints(Renumber(op.Ints(kRhsContracting), plain.dropped));
  }
  r.SetMapped(node.results.begin, r.Emit(node.name, {r.Map(source.operands(node)[0]), rhs},
                                         op.result(), std::move(attributes), location));
}

}  // namespace

Status UnbatchProducts(const PassContext&, const Graph& source, Graph* target) {
  const GraphIndex index(source);
  const auto applies = [&](const Node& node) { return PlainOf(source, index, node).has_value(); };
  if (std::none_of(source.nodes.begin(), source.nodes.end(), applies)) return OkStatus();
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) {
    const std::optional<Plain> plain = PlainOf(source, index, node);
    if (!plain) return r.Clone(node);
    Rewrite(r, node, *plain);
    return OkStatus();
  });
  return rewriter.Run();
}

}  // namespace webhlo
