// SPDX-License-Identifier: Apache-2.0
//
// Ops that only move or repeat elements, in one canonical form each:
//   identity reshape, transpose, broadcast_in_dim, slice, one-operand concatenate -> the operand
//   chains of reshape, of transpose, of broadcast_in_dim and of concatenate       -> one of them
//   slice of a concatenate that lies within one operand                           -> its slice
//   broadcast_in_dim or transpose that only adds, drops or moves unit dimensions  -> reshape
//   broadcast_in_dim of a reshape that only adds or drops unit dimensions         -> the broadcast
//   broadcast_in_dim or reshape of a splat constant                               -> splat constant
// Dimensions written as unit dimensions being expanded are dropped from the operand first, so a
// broadcast's operand has only dimensions that vary.
// Afterwards a broadcast operand of an elementwise node is one broadcast_in_dim away from its data.
#include <algorithm>
#include <optional>

#include "core/graph/rewriter.h"
#include "core/graph/uses.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

std::vector<int64_t> WithoutUnits(std::span<const int64_t> dims) {
  std::vector<int64_t> kept;
  for (int64_t dim : dims) {
    if (dim != 1) kept.push_back(dim);
  }
  return kept;
}

class Canonicalizer {
 public:
  explicit Canonicalizer(const Graph& source) : source_(source) {}

  Status Visit(Rewriter& r, const Node& node) {
    if (node.results.size != 1 || !source_.type(node.results.begin).IsTensor()) {
      return r.Clone(node);
    }
    const OpName op = node.name;
    const TensorType& type = source_.tensor(node.results.begin);
    const LocationId location = r.MapLocation(node.location);
    const OpView view(source_, node);
    ValueId simple = kNone;
    if (op == ops::kReshape) {
      simple = Reshape(r, r.Map(source_.operands(node)[0]), type, location);
    } else if (op == ops::kTranspose) {
      const auto permutation = view.Ints("permutation");
      simple = Transpose(r, r.Map(source_.operands(node)[0]),
                         {permutation.begin(), permutation.end()}, type, location);
    } else if (op == ops::kBroadcastInDim) {
      const auto dims = view.Ints("broadcast_dimensions");
      simple = Broadcast(r, r.Map(source_.operands(node)[0]), {dims.begin(), dims.end()}, type,
                         location);
    } else if (op == ops::kSlice || op == ops::kConcatenate) {
      const ValueId x = node.operands.size > 0 ? r.Map(source_.operands(node)[0]) : kNone;
      if (x != kNone && r.type(x) == type && (op == ops::kSlice || node.operands.size == 1)) {
        simple = x;
      } else if (op == ops::kSlice) {
        simple = SliceOfOne(r, x, view, type, location);
      } else {
        simple = Concatenate(r, view, type, location);
      }
    }
    if (simple == kNone) return r.Clone(node);
    r.SetMapped(node.results.begin, simple);
    return OkStatus();
  }

 private:
  ValueId Splat(Rewriter& r, const DenseElements& splat, const TensorType& type,
                LocationId location) {
    return r.Emit(ops::kConstant, {}, type, {{"value", SplatOf(splat, type)}}, location);
  }

  ValueId Reshape(Rewriter& r, ValueId x, const TensorType& type, LocationId location) {
    while (IsOp(r.Def(x), ops::kReshape)) x = r.target().operands(*r.Def(x))[0];
    if (r.type(x) == type) return x;
    if (const DenseElements* splat = SplatElements(r.target(), r.Def(x))) {
      return Splat(r, *splat, type, location);
    }
    return r.Emit(ops::kReshape, {x}, type, {}, location);
  }

  ValueId Transpose(Rewriter& r, ValueId x, std::vector<int64_t> permutation,
                    const TensorType& type, LocationId location) {
    while (IsOp(r.Def(x), ops::kTranspose)) {
      const Node& inner = *r.Def(x);
      const auto first = OpView(r.target(), inner).Ints("permutation");
      for (int64_t& p : permutation) p = first[static_cast<size_t>(p)];
      x = r.target().operands(inner)[0];
    }
    if (const DenseElements* splat = SplatElements(r.target(), r.Def(x))) {
      return Splat(r, *splat, type, location);
    }
    // Dimensions of size 1 may move freely: what matters is the order of the others.
    int64_t last = -1;
    bool in_order = true;
    for (int64_t p : permutation) {
      if (r.type(x).dims[static_cast<size_t>(p)] == 1) continue;
      in_order &= p > last;
      last = p;
    }
    if (in_order) return Reshape(r, x, type, location);
    return r.Emit(ops::kTranspose, {x}, type,
                  {{"permutation", Attribute::Ints(std::move(permutation))}}, location);
  }

  ValueId Broadcast(Rewriter& r, ValueId x, std::vector<int64_t> dims, const TensorType& type,
                    LocationId location) {
    // Look through broadcasts and through reshapes that only add or drop unit dimensions.
    for (;;) {
      const Node* def = r.Def(x);
      if (IsOp(def, ops::kBroadcastInDim)) {
        const auto first = OpView(r.target(), *def).Ints("broadcast_dimensions");
        std::vector<int64_t> composed;
        for (int64_t d : first) composed.push_back(dims[static_cast<size_t>(d)]);
        // A dimension that the inner broadcast expanded and the outer one keeps is expanded by the
        // composition as well, since the inner operand's size there is 1.
        dims = std::move(composed);
        x = r.target().operands(*def)[0];
        continue;
      }
      if (IsOp(def, ops::kReshape)) {
        const ValueId inner = r.target().operands(*def)[0];
        std::vector<int64_t> composed;
        if (!ThroughReshape(r.type(inner), r.type(x), dims, &composed)) break;
        dims = std::move(composed);
        x = inner;
        continue;
      }
      break;
    }
    if (const DenseElements* splat = SplatElements(r.target(), r.Def(x))) {
      return Splat(r, *splat, type, location);
    }
    const TensorType operand = r.type(x);
    if (WithoutUnits(operand.dims) == WithoutUnits(type.dims) &&
        std::is_sorted(dims.begin(), dims.end())) {
      return Reshape(r, x, type, location);
    }
    // Keep only the operand's dimensions that vary.
    std::vector<int64_t> kept_sizes, kept_dims;
    for (size_t i = 0; i < dims.size(); ++i) {
      if (operand.dims[i] == 1) continue;
      kept_sizes.push_back(operand.dims[i]);
      kept_dims.push_back(dims[i]);
    }
    if (kept_sizes.size() != operand.dims.size()) {
      TensorType squeezed = operand;
      squeezed.dims = kept_sizes;
      x = Reshape(r, x, squeezed, location);
    }
    return r.Emit(ops::kBroadcastInDim, {x}, type,
                  {{"broadcast_dimensions", Attribute::Ints(std::move(kept_dims))}}, location);
  }

  ValueId SliceOfOne(Rewriter& r, ValueId x, const OpView& slice, const TensorType& type,
                     LocationId location) {
    const Node* def = r.Def(x);
    if (!IsOp(def, ops::kConcatenate)) return kNone;
    const int64_t dimension = OpView(r.target(), *def).Int("dimension");
    const size_t d = static_cast<size_t>(dimension);
    int64_t before = 0;
    for (ValueId operand : r.target().operands(*def)) {
      const int64_t after = before + r.type(operand).dims[d];
      if (slice.Ints("start_indices")[d] < before || slice.Ints("limit_indices")[d] > after) {
        before = after;
        continue;
      }
      if (r.type(operand) == type) return operand;
      std::vector<NamedAttribute> attributes = CopyAttributes(source_, slice.node());
      for (NamedAttribute& attribute : attributes) {
        if (attribute.name == "strides") continue;
        const auto ints = attribute.value.ints();
        std::vector<int64_t> moved(ints.begin(), ints.end());
        moved[d] -= before;
        attribute.value = Attribute::Ints(std::move(moved));
      }
      return r.Emit(ops::kSlice, {operand}, type, std::move(attributes), location);
    }
    return kNone;
  }

  // Operands that are concatenated along the same dimension are so at once: what is written twice
  // otherwise is written once. Not without end, where each of a chain is used elsewhere, too.
  ValueId Concatenate(Rewriter& r, const OpView& view, const TensorType& type,
                      LocationId location) {
    constexpr size_t kMaxOperands = 16;
    const int64_t dimension = view.Int("dimension");
    std::vector<ValueId> operands;
    bool stays = false;  // Any of those that are taken apart.
    for (ValueId v : source_.operands(view.node())) {
      const ValueId x = r.Map(v);
      const Node* def = r.Def(x);
      if (IsOp(def, ops::kConcatenate) && OpView(r.target(), *def).Int("dimension") == dimension) {
        for (ValueId inner : r.target().operands(*def)) operands.push_back(inner);
        if (!index_) index_.emplace(source_);
        stays |= !IsOp(index_->Def(v), ops::kConcatenate) || index_->uses(v) != 1;
      } else {
        operands.push_back(x);
      }
    }
    if (operands.size() == view.num_operands() || (stays && operands.size() > kMaxOperands)) {
      return kNone;
    }
    return r.Emit(ops::kConcatenate, operands, type, CopyAttributes(source_, view.node()),
                  location);
  }

  // `outer` = reshape(`inner`) that only adds or drops unit dimensions, then broadcast by `dims`:
  // writes the dimensions by which `inner` broadcasts directly.
  static bool ThroughReshape(const TensorType& inner, const TensorType& outer,
                             const std::vector<int64_t>& dims, std::vector<int64_t>* composed) {
    if (WithoutUnits(inner.dims) != WithoutUnits(outer.dims)) return false;
    if (std::find(inner.dims.begin(), inner.dims.end(), 1) != inner.dims.end()) return false;
    for (size_t i = 0; i < outer.dims.size(); ++i) {
      if (outer.dims[i] != 1) composed->push_back(dims[i]);
    }
    return true;
  }

  const Graph& source_;
  std::optional<GraphIndex> index_;  // Made for whoever asks: most graphs have nothing to ask.
};

}  // namespace

Status CanonicalizeShapes(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kReshape, ops::kTranspose, ops::kBroadcastInDim, ops::kSlice,
                      ops::kConcatenate})) {
    return OkStatus();
  }
  Canonicalizer canonicalizer(source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return canonicalizer.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
