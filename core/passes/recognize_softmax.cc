// SPDX-License-Identifier: Apache-2.0
//
// Recognizes softmax over the last dimension in the form that exporters spell out,
//   e = exponential(x - broadcast(reduce_max(x)));  e / broadcast(reduce_add(e))
// and makes it one webhlo.softmax, which touches memory once instead of four times.
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
    const std::optional<ValueId> x = Match(node);
    if (!x) return r.Clone(node);
    r.SetMapped(node.results.begin,
                r.Emit(ops::kWebhloSoftmax, {r.Map(*x)}, source_.tensor(node.results.begin), {},
                       r.MapLocation(node.location)));
    return OkStatus();
  }

 private:
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
    if (!IsRowReduction(source_.operands(*subtract)[1], x, ops::kMaximum,
                        -std::numeric_limits<double>::infinity())) {
      return std::nullopt;
    }
    return x;
  }

  // value = broadcast(reduce(x, init) over the last dimension) back to x's shape.
  bool IsRowReduction(ValueId value, ValueId x, OpName body_op, double init) const {
    const Node* broadcast = index_.Def(value);
    if (!IsOp(broadcast, ops::kBroadcastInDim)) return false;
    const TensorType& type = source_.tensor(x);
    if (source_.tensor(value).dims != type.dims) return false;
    const Node* reduce = index_.Def(source_.operands(*broadcast)[0]);
    if (IsOp(reduce, ops::kReshape)) {
      reduce = index_.Def(source_.operands(*reduce)[0]);
    }
    if (!IsOp(reduce, ops::kReduce) || reduce->results.size != 1 ||
        source_.operands(*reduce)[0] != x) {
      return false;
    }
    const int64_t last = type.rank() - 1;
    const auto dims = OpView(source_, *reduce).Ints("dimensions");
    if (dims.size() != 1 || dims[0] != last) return false;
    const std::optional<double> start =
        SplatValue(source_, index_.Def(source_.operands(*reduce)[1]));
    if (!start || *start != init) return false;
    // The broadcast puts every dimension but the last back where it came from: its operand has the
    // row dimensions in order, units possibly dropped.
    int64_t previous = -1;
    int64_t rows = 1;
    const auto to = OpView(source_, *broadcast).Ints("broadcast_dimensions");
    const TensorType& operand = source_.tensor(source_.operands(*broadcast)[0]);
    for (size_t i = 0; i < to.size(); ++i) {
      if (to[i] <= previous || to[i] == last ||
          operand.dims[i] != type.dims[static_cast<size_t>(to[i])]) {
        return false;
      }
      previous = to[i];
      rows *= operand.dims[i];
    }
    const int64_t row = type.dims[static_cast<size_t>(last)];
    return row > 0 && rows * row == type.NumElements() &&
           SimpleReduceBody(source_, source_.regions_of(*reduce)[0]) == body_op;
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
