// SPDX-License-Identifier: Apache-2.0
//
// Moves a fusion that follows a webhlo.conv2d or webhlo.matmul as the only user of its result into
// its epilogue. Fusions have been formed by then, and each is moved as a whole: what the product's
// kernel leaves of it is the loop that the fusion would have been.
#include <algorithm>
#include <unordered_map>

#include "core/graph/rewriter.h"
#include "core/passes/epilogue.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// So that tiles, which keep values on the stack, can run any epilogue.
constexpr uint32_t kMaxValues = 160;
constexpr size_t kMaxOperands = 32;

class EpilogueGrower {
 public:
  explicit EpilogueGrower(const Graph& source)
      : source_(source), index_(source), moved_(source.nodes.size(), false) {}

  Status Visit(Rewriter& r, const Node& node) {
    if (moved_[IdOf(node)]) return OkStatus();
    if (IsProduct(&node) && Grow(r, node)) return OkStatus();
    return r.Clone(node);
  }

 private:
  size_t IdOf(const Node& node) const { return static_cast<size_t>(&node - source_.nodes.data()); }
  const TensorType& ResultOf(const Node& node) const { return source_.tensor(node.results.begin); }

  // False when the product stays as it is.
  bool Grow(Rewriter& r, const Node& product) {
    // The fusion, perhaps behind reshapes.
    ValueId value = product.results.begin;
    const Node* user = index_.OnlyUser(value);
    for (; IsOp(user, ops::kReshape); user = index_.OnlyUser(value)) value = user->results.begin;
    if (!IsOp(user, ops::kWebhloFusion) || !index_.SameRegion(*user, product) ||
        !Fits(product, *user, value)) {
      return false;
    }
    const Node* moved = index_.OnlyUser(product.results.begin);
    for (; moved != user; moved = index_.OnlyUser(moved->results.begin))
      moved_[IdOf(*moved)] = true;
    moved_[IdOf(*user)] = true;
    Emit(r, product, *user, value);
    return true;
  }

  bool Fits(const Node& product, const Node& fusion, ValueId value) const {
    const TensorType &type = ResultOf(product), &result = ResultOf(fusion);
    if (fusion.results.size != 1 || type.element != ElementType::kF32 ||
        result.element != ElementType::kF32 || source_.tensor(value).dims != result.dims ||
        product.operands.size + fusion.operands.size > kMaxOperands) {
      return false;
    }
    // The product stays where it is: all else is there already, or a reshape of what is. (Of two
    // products that are added, the second one takes the sum.)
    for (ValueId operand : source_.operands(fusion)) {
      if (operand != value && BehindReshapes(operand) >= product.results.begin) return false;
    }
    return CanHaveShape(product, result.dims) && TilesFit(fusion);
  }

  ValueId BehindReshapes(ValueId v) const {
    for (const Node* def = index_.Def(v); IsOp(def, ops::kReshape); def = index_.Def(v)) {
      v = source_.operands(*def)[0];
    }
    return v;
  }

  // Products are given a fusion's shape where that is a matter of the first operand's, or of the
  // batch that both have.
  bool CanHaveShape(const Node& product, const std::vector<int64_t>& dims) const {
    const TensorType& type = ResultOf(product);
    if (dims == type.dims) return true;
    const OpView view(source_, product);
    if (product.name != ops::kWebhloMatmul || dims.size() < 2 || dims.back() != type.dims.back()) {
      return false;
    }
    if (HasOneRhs(view) ? view.Bool("transpose_lhs")
                        : dims[dims.size() - 2] != type.dims[type.dims.size() - 2]) {
      return false;
    }
    // Its epilogue has nothing of the old shape but vectors over the last dimension.
    for (size_t i = 2; i < view.num_operands(); ++i) {
      if (view.operand(i).rank() != 1) return false;
    }
    for (RegionId id : source_.regions_of(product)) {
      const Range nodes = source_.regions[id].nodes;
      for (NodeId n = nodes.begin; n < nodes.end(); ++n) {
        const OpView node(source_, source_.nodes[n]);
        if (node.Is(ops::kBroadcastInDim) &&
            node.Ints("broadcast_dimensions")[0] != type.rank() - 1) {
          return false;
        }
      }
    }
    return true;
  }

  static bool HasOneRhs(const OpView& product) { return product.operand(1).rank() == 2; }

  bool TilesFit(const Node& fusion) const {
    const OpView view(source_, fusion);
    const Region& region = view.region(0);
    if (region.arguments.size + region.nodes.size > kMaxValues) return false;
    for (NodeId id = region.nodes.begin; id < region.nodes.end(); ++id) {
      const OpView node(source_, source_.nodes[id]);
      const ElementwiseOp* elementwise = node.node().op->elementwise;
      if (elementwise && !(elementwise->tile && elementwise->tile(node))) return false;
    }
    return true;
  }

  void Emit(Rewriter& r, const Node& product, const Node& fusion, ValueId value) {
    const TensorType& type = ResultOf(fusion);
    const OpView view(source_, product);
    std::vector<ValueId> operands = r.MapAll(source_.operands(product));
    if (type.dims != ResultOf(product).dims) {
      // All but these of each operand are as the result has them.
      const size_t own = HasOneRhs(view) ? 1 : 2;
      for (size_t i = 0; i < own; ++i) {
        TensorType operand = view.operand(i);
        std::vector<int64_t> dims(type.dims.begin(),
                                  type.dims.end() - static_cast<std::ptrdiff_t>(own));
        dims.insert(dims.end(), operand.dims.end() - static_cast<std::ptrdiff_t>(own),
                    operand.dims.end());
        operand.dims = std::move(dims);
        operands[i] =
            r.Emit(ops::kReshape, {operands[i]}, operand, {}, r.MapLocation(product.location));
      }
    }
    for (ValueId operand : source_.operands(fusion)) {
      if (operand == value) continue;
      if (operand < product.results.begin) {
        operands.push_back(r.Map(operand));
      } else {
        operands.push_back(r.Emit(ops::kReshape, {r.Map(BehindReshapes(operand))},
                                  source_.tensor(operand), {}, r.MapLocation(product.location)));
      }
    }
    std::vector<Type> types;
    for (ValueId operand : std::span(operands).subspan(2)) {
      types.push_back(r.target().type(operand));
    }

    const RegionId body = r.builder().BeginRegion();
    ValueId x = r.builder().AddArgument(type);
    std::vector<ValueId> extras;
    for (const Type& extra : types) extras.push_back(r.builder().AddArgument(extra));
    size_t next = 0;  // Of the extras.
    std::unordered_map<ValueId, ValueId> local;
    if (product.regions.size > 0) {
      const Region& region = view.region(0);
      local[region.arguments.begin] = x;
      for (uint32_t i = 1; i < region.arguments.size; ++i) {
        local[region.arguments.begin + i] = extras[next++];
      }
      x = CopyNodes(r, region, type.dims, &local);
    }
    const Region& region = source_.regions[source_.regions_of(fusion)[0]];
    const auto fused = source_.operands(fusion);
    for (uint32_t i = 0; i < region.arguments.size; ++i) {
      local[region.arguments.begin + i] = fused[i] == value ? x : extras[next++];
    }
    x = CopyNodes(r, region, type.dims, &local);
    r.builder().EndRegion(std::span(&x, 1));

    const Type result(type);
    r.SetMapped(
        fusion.results.begin,
        r.EmitNode(product.name, operands, std::span(&result, 1), CopyAttributes(source_, product),
                   std::span(&body, 1), r.MapLocation(product.location)));
  }

  // The nodes of a region, for elements of this shape; answers its result.
  ValueId CopyNodes(Rewriter& r, const Region& region, const std::vector<int64_t>& dims,
                    std::unordered_map<ValueId, ValueId>* local) const {
    for (NodeId id = region.nodes.begin; id < region.nodes.end(); ++id) {
      const Node& node = source_.nodes[id];
      const TensorType type(ResultOf(node).element, dims);
      std::vector<NamedAttribute> attributes = CopyAttributes(source_, node);
      if (dims != ResultOf(node).dims) {
        if (const DenseElements* splat = SplatElements(source_, &node)) {
          attributes = {{"value", SplatOf(*splat, type)}};
        } else if (node.name == ops::kBroadcastInDim) {
          attributes = {{"broadcast_dimensions", Attribute::Ints({type.rank() - 1})}};
        }
      }
      std::vector<ValueId> operands;
      for (ValueId operand : source_.operands(node)) operands.push_back(local->at(operand));
      (*local)[node.results.begin] =
          r.Emit(node.name, operands, type, std::move(attributes), r.MapLocation(node.location));
    }
    return local->at(source_.results(region)[0]);
  }

  const Graph& source_;
  GraphIndex index_;
  std::vector<bool> moved_;  // By node.
};

}  // namespace

Status GrowEpilogues(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWebhloConv2d, ops::kWebhloMatmul})) return OkStatus();
  EpilogueGrower grower(source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return grower.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
