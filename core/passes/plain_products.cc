// SPDX-License-Identifier: Apache-2.0
//
// Brings the element types of dot_general and convolution to those that kernels have: f32, f64,
// complex numbers of one type, and integers of whole bytes with sums that are integers. Other
// floats are computed in f32, and integers with a float result are summed exactly and converted
// once (core/ops/accumulate.h says what the sums of each type are).
#include <algorithm>
#include <optional>

#include "core/graph/rewriter.h"
#include "core/ops/convolution.h"
#include "core/ops/expansion.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// The types that a product is computed in.
struct Types {
  ElementType lhs, rhs, result;
  bool operator==(const Types&) const = default;
};

// Products that are added for an element of the result.
int64_t NumTerms(const OpView& op) {
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1);
  int64_t terms = 1;
  if (op.Is(ops::kDotGeneral)) {
    for (int64_t d : op.Ints("lhs_contracting_dimensions")) {
      terms *= lhs.dims[static_cast<size_t>(d)];
    }
    return terms;
  }
  const ConvolutionAttributes a(op);
  return rhs.NumElements() / rhs.dims[static_cast<size_t>(a.kernel_output_feature_dimension)];
}

ElementType OfWholeBytes(ElementType element) {
  if (BitWidth(element) >= 8) return element;
  return IsUnsignedInteger(element) ? ElementType::kU8 : ElementType::kI8;
}

Types IntegerTypes(const OpView& op, Types types) {
  if (!IsInteger(types.lhs) || !IsInteger(types.rhs)) return types;  // i1
  const bool small = BitWidth(types.lhs) <= 8 && BitWidth(types.rhs) <= 8;
  if (!IsFloat(types.result)) {
    types.result = OfWholeBytes(types.result);
  } else if (small && NumTerms(op) < 1 << 15) {
    types.result = ElementType::kI32;
  } else {
    types.result = IsUnsignedInteger(types.lhs) ? ElementType::kU64 : ElementType::kI64;
  }
  for (ElementType* operand : {&types.lhs, &types.rhs}) {
    const bool wide = BitWidth(types.result) == 64 || BitWidth(*operand) == 64;
    *operand = wide ? types.result : OfWholeBytes(*operand);
  }
  return types;
}

Types PlainTypes(const OpView& op) {
  const Types types = {op.operand(0).element, op.operand(1).element, op.result().element};
  if (IsComplex(types.result)) return {types.result, types.result, types.result};
  if (!IsFloat(types.lhs)) return IntegerTypes(op, types);
  // plain-convolutions converts these itself, part by part.
  if (op.Is(ops::kConvolution) && IsSmallFloat(types.lhs) && IsSmallFloat(types.rhs) &&
      IsSmallFloat(types.result)) {
    return types;
  }
  const ElementType wide = types.result == ElementType::kF64 ? types.result : ElementType::kF32;
  return {wide, wide, wide};
}

bool Applies(const OpView& op) {
  if (!op.Is(ops::kDotGeneral) && !op.Is(ops::kConvolution)) return false;
  if (op.operand(0).NumElements() == 0 || op.operand(1).NumElements() == 0 ||
      op.result().NumElements() == 0) {
    return false;
  }
  const Types types = {op.operand(0).element, op.operand(1).element, op.result().element};
  return !(PlainTypes(op) == types);
}

void Rewrite(Rewriter& r, const Node& node) {
  Expansion x(r, node);
  const TensorType& result = x.op().result();
  const Types types = PlainTypes(x.op());
  const ValueId product =
      x.Emit(node.name, {x.Convert(x.Operand(0), types.lhs), x.Convert(x.Operand(1), types.rhs)},
             TensorType(types.result, result.dims), CopyAttributes(r.source(), node));
  x.SetResult(0, x.Convert(product, result.element));
}

}  // namespace

Status PlainProducts(const PassContext&, const Graph& source, Graph* target) {
  const auto applies = [&](const Node& node) { return Applies(OpView(source, node)); };
  if (std::none_of(source.nodes.begin(), source.nodes.end(), applies)) return OkStatus();
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) {
    if (!applies(node)) return r.Clone(node);
    Rewrite(r, node);
    return OkStatus();
  });
  return rewriter.Run();
}

}  // namespace webhlo
