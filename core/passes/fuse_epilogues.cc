// SPDX-License-Identifier: Apache-2.0
//
// Moves what follows a webhlo.conv2d or webhlo.matmul with constant weights into it, where its
// kernel does it for free: the addition of a constant vector over the last dimension (bias), then a
// bound from below and above (relu, relu6, clamp). Reshapes in between that keep the last dimension
// are looked through.
#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class EpilogueFuser {
 public:
  EpilogueFuser(const Graph& source, const PassContext& context)
      : source_(source), index_(source), constant_(ConstantValues(source, context)) {}

  Status Visit(Rewriter& r, const Node& node) {
    const OpName op = node.name;
    bool fused = false;
    if (op == ops::kAdd) {
      fused = FuseBias(r, node, 0) || FuseBias(r, node, 1);
    } else if (op == ops::kMaximum || op == ops::kMinimum) {
      fused = FuseBounds(r, node, 0) || FuseBounds(r, node, 1);
    } else if (op == ops::kClamp) {
      fused = FuseBounds(r, node, 1);
    }
    return fused ? OkStatus() : r.Clone(node);
  }

 private:
  // The target node of the heavy op that the node's operand comes from, through reshapes, when
  // nothing else uses it. What stands outside a loop stays there.
  const Node* Producer(Rewriter& r, const Node& user, size_t side) const {
    const ValueId operand = source_.operands(user)[side];
    if (source_.tensor(operand).element != ElementType::kF32 ||
        source_.tensor(operand).rank() == 0) {
      return nullptr;
    }
    const int64_t channels = source_.tensor(operand).dims.back();
    ValueId value = operand;
    for (;;) {
      if (index_.uses(value) != 1) return nullptr;
      const Node* def = index_.Def(value);
      if (!def || !index_.SameRegion(*def, user)) return nullptr;
      if (!IsOp(def, ops::kReshape)) break;
      value = source_.operands(*def)[0];
      const TensorType& type = source_.tensor(value);
      if (type.rank() == 0 || type.dims.back() != channels) return nullptr;
    }
    // What was fused so far shows in the target only.
    ValueId mapped = r.Map(value);
    const Node* node = r.Def(mapped);
    while (IsOp(node, ops::kReshape)) {
      mapped = r.target().operands(*node)[0];
      node = r.Def(mapped);
    }
    if (!IsOp(node, ops::kWebhloConv2d) && !IsOp(node, ops::kWebhloMatmul)) {
      return nullptr;
    }
    return r.type(mapped).dims.back() == channels ? node : nullptr;
  }

  bool IsMatmulOfRankTwo(Rewriter& r, const Node& heavy) const {
    return heavy.name == ops::kWebhloConv2d || r.type(heavy.results.begin).rank() == 2;
  }

  bool FuseBias(Rewriter& r, const Node& node, size_t side) {
    const ValueId other = source_.operands(node)[1 - side];
    if (!constant_[other]) return false;
    const Node* broadcast = index_.Def(other);
    const TensorType& type = source_.tensor(node.results.begin);
    if (!IsOp(broadcast, ops::kBroadcastInDim)) return false;
    const auto dims = OpView(source_, *broadcast).Ints("broadcast_dimensions");
    if (dims.size() != 1 || dims[0] != type.rank() - 1) return false;
    const Node* found = Producer(r, node, side);
    if (!found || found->operands.size != 2) return false;
    const Node heavy = *found;  // Emitting below moves the nodes.
    const OpView view = r.View(heavy);
    if (view.has("clamp_min") || view.has("clamp_max") || !IsMatmulOfRankTwo(r, heavy) ||
        !WeightsAreConstant(r, node, side)) {
      return false;
    }
    const ValueId operands[] = {r.target().operands(heavy)[0], r.target().operands(heavy)[1],
                                r.Map(source_.operands(*broadcast)[0])};
    Replace(r, node, heavy, operands, CopyAttributes(r.target(), heavy));
    return true;
  }

  bool FuseBounds(Rewriter& r, const Node& node, size_t side) {
    const Node* found = Producer(r, node, side);
    if (!found) return false;
    const Node heavy = *found;
    if (!IsMatmulOfRankTwo(r, heavy) || !WeightsAreConstant(r, node, side)) return false;
    std::vector<NamedAttribute> attributes = CopyAttributes(r.target(), heavy);
    if (!AddBounds(source_, index_, node, source_.operands(node)[side], &attributes)) return false;
    const std::span<const ValueId> span = r.target().operands(heavy);
    const std::vector<ValueId> operands(span.begin(), span.end());
    Replace(r, node, heavy, operands, std::move(attributes));
    return true;
  }

  // The heavy op's second operand in the source is constant (its kernel packs weights and bias).
  bool WeightsAreConstant(Rewriter&, const Node& node, size_t side) const {
    const Node* def = index_.Def(source_.operands(node)[side]);
    while (def && def->name != ops::kWebhloConv2d && def->name != ops::kWebhloMatmul) {
      // Reshapes and what was fused already: follow the operand that is not constant.
      const Node* next = nullptr;
      for (ValueId operand : source_.operands(*def)) {
        if (!constant_[operand]) next = index_.Def(operand);
      }
      def = next;
    }
    return def && constant_[source_.operands(*def)[1]];
  }

  void Replace(Rewriter& r, const Node& node, const Node& heavy, std::span<const ValueId> operands,
               std::vector<NamedAttribute> attributes) {
    const TensorType product = r.type(heavy.results.begin);
    const TensorType& type = source_.tensor(node.results.begin);
    ValueId x = r.Emit(heavy.name, operands, product, std::move(attributes), heavy.location);
    if (product.dims != type.dims) {
      x = r.Emit(ops::kReshape, {x}, type, {}, r.MapLocation(node.location));
    }
    r.SetMapped(node.results.begin, x);
  }

  const Graph& source_;
  GraphIndex index_;
  std::vector<bool> constant_;
};

}  // namespace

Status FuseEpilogues(const PassContext& context, const Graph& source, Graph* target) {
  EpilogueFuser fuser(source, context);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return fuser.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
