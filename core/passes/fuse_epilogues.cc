// SPDX-License-Identifier: Apache-2.0
//
// Moves what follows a webhlo.conv2d or webhlo.matmul with constant weights into its epilogue,
// where its kernel does it for free: the addition of a constant vector over the last dimension
// (bias), then a bound from below and above (relu, relu6, clamp). Reshapes in between that keep the
// last dimension are looked through.
#include <optional>
#include <vector>

#include "core/graph/rewriter.h"
#include "core/passes/epilogue.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class EpilogueFuser {
 public:
  EpilogueFuser(const Graph& source, const PassContext& context)
      : source_(source),
        index_(source),
        constant_(ConstantValues(source, context)),
        chain_of_(source.nodes.size(), kNone) {}

  Status Visit(Rewriter& r, const Node& node) {
    if (IsPlainProduct(source_, node, constant_)) FindChain(node);
    const uint32_t chain = chain_of_[IdOf(node)];
    if (chain == kNone) return r.Clone(node);
    if (chains_[chain].last == &node) Emit(r, chains_[chain]);
    return OkStatus();
  }

 private:
  struct Chain {
    const Node* product;
    const Node* last;
    ValueId bias = kNone;  // A vector of the source, perhaps with sizes of one before it.
    Bounds bounds;
  };

  size_t IdOf(const Node& node) const { return static_cast<size_t>(&node - source_.nodes.data()); }

  // Follows the product's result from one single user to the next. What stands outside a loop stays
  // there.
  void FindChain(const Node& product) {
    Chain chain = {&product, nullptr, kNone, {}};
    ValueId value = product.results.begin;
    const int64_t channels = source_.tensor(value).dims.back();
    for (const Node* user; (user = index_.OnlyUser(value)) != nullptr;) {
      if (user->results.size != 1 || !index_.SameRegion(*user, product)) break;
      if (user->name == ops::kReshape) {
        const TensorType& type = source_.tensor(user->results.begin);
        if (type.rank() == 0 || type.dims.back() != channels) break;
      } else if (AddBias(*user, value, channels, &chain) ||
                 AddBounds(source_, index_, *user, value, &chain.bounds)) {
        chain.last = user;
      } else {
        break;
      }
      value = user->results.begin;
    }
    if (chain.last == nullptr) return;
    for (const Node* node = &product;; node = index_.OnlyUser(node->results.begin)) {
      chain_of_[IdOf(*node)] = static_cast<uint32_t>(chains_.size());
      if (node == chain.last) break;
    }
    chains_.push_back(chain);
  }

  bool AddBias(const Node& node, ValueId value, int64_t channels, Chain* chain) const {
    if (node.name != ops::kAdd || chain->bias != kNone || !chain->bounds.empty()) return false;
    const auto operands = source_.operands(node);
    const ValueId other = operands[operands[0] == value ? 1 : 0];
    if (!constant_[other]) return false;
    const TensorType& type = source_.tensor(other);
    ValueId vector = other;
    // Of a single row it is the vector already, but for sizes of one before it.
    if (type.dims.back() != channels || type.NumElements() != channels) {
      const Node* broadcast = index_.Def(other);
      if (!IsOp(broadcast, ops::kBroadcastInDim)) return false;
      vector = source_.operands(*broadcast)[0];
      const auto dims = OpView(source_, *broadcast).Ints("broadcast_dimensions");
      if (dims.size() != 1 || dims[0] != type.rank() - 1 ||
          source_.tensor(vector).dims[0] != channels) {
        return false;
      }
    }
    chain->bias = vector;
    return true;
  }

  void Emit(Rewriter& r, const Chain& chain) const {
    const auto operands = source_.operands(*chain.product);
    const Node& last = *chain.last;
    const TensorType& type = source_.tensor(last.results.begin);
    std::optional<ValueId> bias;
    if (chain.bias != kNone) {
      bias = r.Map(chain.bias);
      const TensorType vector(type.element, {type.dims.back()});
      if (r.type(*bias).dims != vector.dims) {
        bias = r.Emit(ops::kReshape, {*bias}, vector, {}, r.MapLocation(last.location));
      }
    }
    ValueId x =
        EmitProduct(r, *chain.product, r.Map(operands[0]), r.Map(operands[1]), bias, chain.bounds);
    if (r.type(x).dims != type.dims) {
      x = r.Emit(ops::kReshape, {x}, type, {}, r.MapLocation(last.location));
    }
    r.SetMapped(last.results.begin, x);
  }

  const Graph& source_;
  GraphIndex index_;
  std::vector<bool> constant_;
  std::vector<Chain> chains_;
  std::vector<uint32_t> chain_of_;  // By node.
};

}  // namespace

Status FuseEpilogues(const PassContext& context, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWebhloConv2d, ops::kWebhloMatmul})) return OkStatus();
  EpilogueFuser fuser(source, context);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return fuser.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
