// SPDX-License-Identifier: Apache-2.0
//
// Makes two products with a softmax between them,
//   webhlo.matmul(webhlo.softmax(webhlo.matmul(q, k)), v)
// one webhlo.attention, whose scores are never in memory as a whole. What follows the first product
// is its epilogue by then.
#include "core/graph/rewriter.h"
#include "core/kernels/matmul/attention.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// Of fewer queries the scores are small, and keys and values had better be read where they are.
constexpr int64_t kFewestQueries = 16, kFewestKeys = 16, kShortest = 4;

class AttentionFuser {
 public:
  explicit AttentionFuser(const Graph& source) : source_(source), index_(source) {}

  Status Visit(Rewriter& r, const Node& node) {
    const std::optional<Match> match = MatchFrom(node);
    if (!match) return r.Clone(node);
    return Emit(r, node, *match);
  }

 private:
  struct Match {
    const Node* scores;  // The first product.
    const Node* softmax;
  };

  const TensorType& ResultOf(const Node& node) const { return source_.tensor(node.results.begin); }

  // A product of two batches of matrices, the first one as it is.
  bool IsBatched(const Node* node) const {
    if (!IsOp(node, ops::kWebhloMatmul)) return false;
    const OpView view(source_, *node);
    return view.result().element == ElementType::kF32 && !view.Bool("transpose_lhs") &&
           view.operand(0).rank() == view.operand(1).rank();
  }

  // What defines the value, behind reshapes that keep its rows; null where anyone else uses it.
  const Node* OnlyDef(ValueId value, const Node& user) const {
    while (index_.uses(value) == 1) {
      const Node* def = index_.Def(value);
      if (def == nullptr || !index_.SameRegion(*def, user)) return nullptr;
      if (def->name != ops::kReshape) return def;
      const ValueId from = source_.operands(*def)[0];
      if (source_.tensor(from).rank() < 2 || source_.tensor(value).rank() < 2 ||
          LastTwo(source_.tensor(from)) != LastTwo(source_.tensor(value))) {
        return nullptr;
      }
      value = from;
    }
    return nullptr;
  }

  static std::array<int64_t, 2> LastTwo(const TensorType& type) {
    return {type.dims[type.dims.size() - 2], type.dims.back()};
  }

  std::optional<Match> MatchFrom(const Node& product) const {
    if (!IsBatched(&product) || product.regions.size > 0) return std::nullopt;
    const Node* softmax = OnlyDef(source_.operands(product)[0], product);
    if (!IsOp(softmax, ops::kWebhloSoftmax)) return std::nullopt;
    const Node* scores = OnlyDef(source_.operands(*softmax)[0], *softmax);
    if (!IsBatched(scores)) return std::nullopt;
    const OpView first(source_, *scores), second(source_, product);
    const auto [m, n] = LastTwo(first.result());
    const int64_t k = first.operand(0).dims.back(), d = second.result().dims.back();
    if (m < kFewestQueries || n < kFewestKeys || k < kShortest || d < kShortest ||
        LastTwo(second.operand(0)) != LastTwo(first.result())) {
      return std::nullopt;
    }
    const AttentionSizes sizes = {.batch = second.result().NumElements() / (m * d),
                                  .m = m,
                                  .k = k,
                                  .n = n,
                                  .d = d,
                                  .extras = first.num_operands() - 2};
    if (!FitsAttention(sizes)) return std::nullopt;
    return Match{scores, softmax};
  }

  Status Emit(Rewriter& r, const Node& product, const Match& match) const {
    const OpView first(source_, *match.scores), second(source_, product);
    const LocationId location = r.MapLocation(match.softmax->location);
    // The shape of the batch is the first product's: its epilogue knows it.
    const std::vector<int64_t>& dims = first.result().dims;
    const auto as_batch = [&](ValueId value, TensorType type) {
      std::vector<int64_t> wanted(dims.begin(), dims.end() - 2);
      wanted.insert(wanted.end(), type.dims.end() - 2, type.dims.end());
      if (wanted == type.dims) return value;
      type.dims = std::move(wanted);
      return r.Emit(ops::kReshape, {value}, type, {}, location);
    };
    std::vector<ValueId> operands = r.MapAll(source_.operands(*match.scores));
    const ValueId values = source_.operands(product)[1];
    operands.insert(operands.begin() + 2, as_batch(r.Map(values), source_.tensor(values)));
    std::vector<RegionId> regions;
    if (match.scores->regions.size > 0) {
      ASSIGN_OR_RETURN(RegionId body, r.CloneRegion(source_.regions_of(*match.scores)[0]));
      regions.push_back(body);
    }
    std::vector<NamedAttribute> attributes;
    const auto add = [&](bool is_set, std::string_view name) {
      if (is_set) attributes.push_back({std::string(name), Attribute::Bool(true)});
    };
    add(first.Bool("transpose_rhs"), "transpose_keys");
    add(second.Bool("transpose_rhs"), "transpose_values");
    add(OpView(source_, *match.softmax).Bool("zero_masked_rows"), "zero_masked_rows");
    TensorType type = first.result();
    type.dims.back() = second.result().dims.back();
    const Type result(type);
    ValueId out = r.EmitNode(ops::kWebhloAttention, operands, std::span(&result, 1),
                             std::move(attributes), regions, location);
    if (type.dims != second.result().dims) {
      out = r.Emit(ops::kReshape, {out}, second.result(), {}, location);
    }
    r.SetMapped(product.results.begin, out);
    return OkStatus();
  }

  const Graph& source_;
  GraphIndex index_;
};

}  // namespace

Status FuseAttention(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWebhloSoftmax})) return OkStatus();
  AttentionFuser fuser(source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return fuser.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
