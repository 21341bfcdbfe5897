// SPDX-License-Identifier: Apache-2.0
//
// Recognizes softmax over the last dimension in the form that exporters spell out,
//   e = exponential(x - broadcast(reduce_max(x)));  e / broadcast(reduce_add(e))
// and makes it one webhlo.softmax, which touches memory once instead of four times. Where rows of
// -infinity are made zeros after that, as PyTorch's attention does,
//   select(broadcast(reduce_max(x) == -infinity), 0, softmax(x))
// it is one that does so itself.
#include <cmath>
#include <limits>

#include "core/graph/rewriter.h"
#include "core/ops/reducer.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

class SoftmaxRecognizer {
 public:
  explicit SoftmaxRecognizer(const Graph& source) : source_(source), index_(source) {}

  Status Visit(Rewriter& r, const Node& node) {
    const std::optional<ValueId> masked = MatchMasked(node), x = masked ? masked : Match(node);
    if (!x) return r.Clone(node);
    std::vector<NamedAttribute> attributes;
    if (masked) attributes.push_back({"zero_masked_rows", Attribute::Bool(true)});
    r.SetMapped(node.results.begin,
                r.Emit(ops::kWebhloSoftmax, {r.Map(*x)}, source_.tensor(node.results.begin),
                       std::move(attributes), r.MapLocation(node.location)));
    return OkStatus();
  }

 private:
  static constexpr double kLowest = -std::numeric_limits<double>::infinity();

  std::optional<ValueId> MatchMasked(const Node& select) const {
    if (select.name != ops::kSelect) return std::nullopt;
    const auto operands = source_.operands(select);
    for (const size_t softmax : {1, 2}) {
      const Node* divide = index_.Def(operands[softmax]);
      if (!IsOp(divide, ops::kDivide) || index_.uses(operands[softmax]) != 1 ||
          !index_.SameRegion(*divide, select)) {
        continue;
      }
      const std::optional<double> other =
          SplatValue(source_, index_.Def(operands[softmax == 1 ? 2 : 1]));
      const std::optional<ValueId> x = Match(*divide);
      if (x && other && *other == 0 && !std::signbit(*other) &&
          TellsMaskedRows(operands[0], *x, softmax == 2))
        return x;
    }
    return std::nullopt;
  }

  // value = broadcast(reduce_max(x) == -infinity) back to x's shape; `!=` if not `equal`.
  bool TellsMaskedRows(ValueId value, ValueId x, bool equal) const {
    const std::optional<ValueId> rows = BroadcastRows(value, source_.tensor(x));
    if (!rows) return false;
    for (const Node* node = index_.Def(*rows); node;) {
      const auto operands = source_.operands(*node);
      if (node->name == ops::kNot) {
        equal = !equal;
      } else if (node->name == ops::kCompare) {
        const std::string_view direction = OpView(source_, *node).String("comparison_direction");
        const std::optional<double> lowest = SplatValue(source_, index_.Def(operands[1]));
        return direction == (equal ? "EQ" : "NE") && lowest && *lowest == kLowest &&
               IsReduction(operands[0], x, ops::kMaximum, kLowest);
      } else if (node->name != ops::kReshape) {
        return false;
      }
      node = index_.Def(operands[0]);
    }
    return false;
  }

  std::optional<ValueId> Match(const Node& divide) const {
    if (divide.name != ops::kDivide) return std::nullopt;
    const TensorType& type = source_.tensor(divide.results.begin);
    if (type.element != ElementType::kF32 || type.rank() == 0) return std::nullopt;
    const ValueId e = source_.operands(divide)[0];
    if (!IsRowReduction(source_.operands(divide)[1], e, ops::kAdd, 0)) return std::nullopt;
    const Node* exponential = index_.Def(e);
    if (!IsOp(exponential, ops::kExponential) || index_.uses(e) != 2 ||
        !index_.SameRegion(*exponential, divide)) {
      return std::nullopt;
    }
    const Node* subtract = index_.Def(source_.operands(*exponential)[0]);
    if (!IsOp(subtract, ops::kSubtract) || index_.uses(subtract->results.begin) != 1) {
      return std::nullopt;
    }
    const ValueId x = source_.operands(*subtract)[0];
    if (!IsRowReduction(source_.operands(*subtract)[1], x, ops::kMaximum, kLowest)) {
      return std::nullopt;
    }
    return x;
  }

  // value = broadcast(reduce(x, init) over the last dimension) back to x's shape.
  bool IsRowReduction(ValueId value, ValueId x, OpName body_op, double init) const {
    const std::optional<ValueId> rows = BroadcastRows(value, source_.tensor(x));
    return rows && IsReduction(*rows, x, body_op, init);
  }

  // value = reduce(x, init) over the last dimension, perhaps reshaped.
  bool IsReduction(ValueId value, ValueId x, OpName body_op, double init) const {
    const Node* reduce = index_.Def(value);
    while (IsOp(reduce, ops::kReshape)) reduce = index_.Def(source_.operands(*reduce)[0]);
    if (!IsOp(reduce, ops::kReduce) || reduce->results.size != 1 ||
        source_.operands(*reduce)[0] != x) {
      return false;
    }
    const auto dims = OpView(source_, *reduce).Ints("dimensions");
    if (dims.size() != 1 || dims[0] != source_.tensor(x).rank() - 1) return false;
    const std::optional<double> start =
        SplatValue(source_, index_.Def(source_.operands(*reduce)[1]));
    return start && *start == init &&
           SimpleReduceBody(source_, source_.regions_of(*reduce)[0]) == body_op;
  }

  // The operand of a broadcast to this type that gives each row, over the last dimension, one
  // value: it has the row dimensions in order, units possibly dropped.
  std::optional<ValueId> BroadcastRows(ValueId value, const TensorType& type) const {
    const Node* broadcast = index_.Def(value);
    if (!IsOp(broadcast, ops::kBroadcastInDim) || source_.tensor(value).dims != type.dims) {
      return std::nullopt;
    }
    const int64_t last = type.rank() - 1;
    int64_t previous = -1;
    int64_t rows = 1;
    const auto to = OpView(source_, *broadcast).Ints("broadcast_dimensions");
    const TensorType& operand = source_.tensor(source_.operands(*broadcast)[0]);
    for (size_t i = 0; i < to.size(); ++i) {
      if (to[i] <= previous || to[i] == last ||
          operand.dims[i] != type.dims[static_cast<size_t>(to[i])]) {
        return std::nullopt;
      }
      previous = to[i];
      rows *= operand.dims[i];
    }
    const int64_t row = type.dims[static_cast<size_t>(last)];
    if (row == 0 || rows * row != type.NumElements()) return std::nullopt;
    return source_.operands(*broadcast)[0];
  }

  const Graph& source_;
  GraphIndex index_;
};

}  // namespace

Status RecognizeSoftmax(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kExponential})) return OkStatus();
  SoftmaxRecognizer recognizer(source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return recognizer.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
