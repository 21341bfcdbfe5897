// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.batch_norm_inference, batch_norm_training and batch_norm_grad:
// https://openxla.org/stablehlo/spec#batch_norm_inference and the sections of the other two. They
// expand into what the specification states in simpler ops.
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// The operand, and vectors over its features from operand `first` on; `count` operands in all.
Status CheckOperands(const OpView& op, size_t count, size_t results, size_t vectors_end) {
  RETURN_IF_ERROR(CheckTensors(op, count, results));
  const TensorType& operand = op.operand(0);
  const int64_t feature = op.Int("feature_index");
  RETURN_IF_ERROR(CheckRange(op, "feature_index", feature, operand.rank(), "C1"));
  OP_CHECK(op, IsFloat(operand.element), "operand is ", ToString(operand),
           ", expected floating-point elements");
  for (size_t i = 1; i < count; ++i) {
    RETURN_IF_ERROR(
        CheckElement(op, StrCat("operand ", i), op.operand(i).element, operand.element, "C2"));
    if (i >= vectors_end) continue;
    RETURN_IF_ERROR(CheckShape(op, StrCat("operand ", i), op.operand(i),
                               std::vector{operand.dims[static_cast<size_t>(feature)]}, "C3"));
  }
  return OkStatus();
}

Status SetVector(const OpView& op, std::span<Type> results, size_t i) {
  const TensorType& operand = op.operand(0);
  return SetResult(op, results, i, operand.element,
                   {operand.dims[static_cast<size_t>(op.Int("feature_index"))]});
}

Status InferInference(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckOperands(op, 5, 1, 5));
  results[0] = op.operand_type(0);
  return OkStatus();
}

Status InferTraining(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckOperands(op, 3, 3, 3));
  results[0] = op.operand_type(0);
  RETURN_IF_ERROR(SetVector(op, results, 1));
  return SetVector(op, results, 2);
}

Status InferGrad(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckOperands(op, 5, 3, 4));
  RETURN_IF_ERROR(CheckShape(op, "grad_output", op.operand(4), op.operand(0).dims, "C3"));
  results[0] = op.operand_type(0);
  RETURN_IF_ERROR(SetVector(op, results, 1));
  return SetVector(op, results, 2);
}

// The specification's helper functions over one node.
class BatchNorm : public Expansion {
 public:
  BatchNorm(Rewriter& r, const Node& node)
      : Expansion(r, node), feature_(op().Int("feature_index")), operand_(Operand(0)) {
    for (int64_t d = 0; d < op().operand(0).rank(); ++d) {
      if (d != feature_)
        others_.push_back(d);
      else
        features_ = op().operand(0).dims[static_cast<size_t>(d)];
    }
  }

  ValueId operand() const { return operand_; }
  // A vector over the features, of the operand's type.
  ValueId Wide(ValueId vector) { return Broadcast(vector, {feature_}, type(operand_)); }
  ValueId Sum(ValueId x) { return Expansion::Sum(x, others_); }
  ValueId ElementsPerFeature(const TensorType& type) {
    const int64_t size = op().operand(0).NumElements();
    return Splat(static_cast<double>(features_ == 0 ? 0 : size / features_), type);
  }
  ValueId Mean(ValueId x) {
    const ValueId sum = Sum(x);
    return Emit(ops::kDivide, {sum, ElementsPerFeature(type(sum))});
  }
  ValueId Centered(ValueId mean) { return Emit(ops::kSubtract, {operand_, Wide(mean)}); }
  ValueId PlusEpsilon(ValueId variance) {
    return Emit(ops::kAdd, {variance, Splat(op().Float("epsilon"), type(variance))});
  }
  ValueId Scaled(ValueId normalized, ValueId scale, ValueId offset) {
    return Emit(ops::kAdd, {Emit(ops::kMultiply, {Wide(scale), normalized}), Wide(offset)});
  }
  ValueId Normalized(ValueId mean, ValueId variance) {
    return Emit(ops::kDivide, {Centered(mean), Wide(Emit(ops::kSqrt, {PlusEpsilon(variance)}))});
  }

 private:
  const int64_t feature_;
  const ValueId operand_;
  int64_t features_ = 0;
  std::vector<int64_t> others_;
};

Status ExpandInference(Rewriter& r, const Node& node) {
  BatchNorm e(r, node);
  const ValueId normalized = e.Normalized(e.Operand(3), e.Operand(4));
  e.SetResult(0, e.Scaled(normalized, e.Operand(1), e.Operand(2)));
  return OkStatus();
}

Status ExpandTraining(Rewriter& r, const Node& node) {
  BatchNorm e(r, node);
  const ValueId mean = e.Mean(e.operand());
  const ValueId centered = e.Centered(mean);
  const ValueId variance = e.Mean(e.Emit(ops::kMultiply, {centered, centered}));
  const ValueId normalized = e.Normalized(mean, variance);
  e.SetResult(0, e.Scaled(normalized, e.Operand(1), e.Operand(2)));
  e.SetResult(1, mean);
  e.SetResult(2, variance);
  return OkStatus();
}

// The names i1 to i6 are the specification's.
Status ExpandGrad(Rewriter& r, const Node& node) {
  BatchNorm e(r, node);
  const ValueId scale = e.Wide(e.Operand(1)), grad_output = e.Operand(4);
  const ValueId centered = e.Centered(e.Operand(2));
  const ValueId variance = e.PlusEpsilon(e.Operand(3));
  const ValueId stddev = e.Wide(e.Emit(ops::kSqrt, {variance}));
  const ValueId normalized = e.Emit(ops::kDivide, {centered, stddev});
  const ValueId elements = e.ElementsPerFeature(e.type(e.operand()));
  const ValueId i1 = e.Emit(ops::kMultiply, {grad_output, elements});
  const ValueId grad_offset = e.Sum(grad_output);
  const ValueId i2 = e.Wide(grad_offset);
  const ValueId i3 = e.Wide(e.Sum(e.Emit(ops::kMultiply, {grad_output, centered})));
  const ValueId i4 = e.Emit(ops::kMultiply, {i3, centered});
  const ValueId i5 = e.Emit(ops::kDivide, {i4, e.Wide(variance)});
  const ValueId i6 = e.Emit(ops::kSubtract, {e.Emit(ops::kSubtract, {i1, i2}), i5});
  const ValueId factor = e.Emit(ops::kDivide, {e.Emit(ops::kDivide, {scale, stddev}), elements});
  e.SetResult(0, e.Emit(ops::kMultiply, {factor, i6}));
  e.SetResult(1, e.Sum(e.Emit(ops::kMultiply, {grad_output, normalized})));
  e.SetResult(2, grad_offset);
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.batch_norm_grad", .infer = InferGrad, .expand = ExpandGrad},
    {.name = "stablehlo.batch_norm_inference", .infer = InferInference, .expand = ExpandInference},
    {.name = "stablehlo.batch_norm_training", .infer = InferTraining, .expand = ExpandTraining},
};

}  // namespace

WEBHLO_EXPORT_OPS(batch_norm, kOps);

}  // namespace webhlo
