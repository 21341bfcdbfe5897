// SPDX-License-Identifier: Apache-2.0
//
// Ops of CHLO that a few ops of StableHLO spell exactly:
// https://github.com/openxla/stablehlo/blob/main/docs/generated/chlo.md
#include <limits>

#include "core/graph/tensor.h"
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Status CheckFloats(const OpView& op, size_t operands, bool complex) {
  RETURN_IF_ERROR(CheckTensors(op, operands));
  const ElementType element = op.operand(0).element;
  OP_CHECK(op, IsFloat(element) || (complex && IsComplex(element)), "has operands of type ",
           ToString(op.operand(0)), ", expected floating-point", complex ? " or complex" : "",
           " elements");
  return OkStatus();
}

Status InferSame(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckFloats(op, 1, true));
  results[0] = op.operand_type(0);
  return OkStatus();
}

Status InferPredicate(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckFloats(op, 1, false));
  results[0] = TensorType(ElementType::kI1, op.operand(0).dims);
  return OkStatus();
}

// ---- Constants

Status InferConstant(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckSizedTensors(op, 0));
  results[0] = op.attribute("value")->dense().type;
  return OkStatus();
}

Status ExpandConstant(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  e.SetResult(0, e.Emit(ops::kConstant, {}, e.op().result(), CopyAttributes(r.source(), node)));
  return OkStatus();
}

Status InferConstantLike(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const Attribute& value = *op.attribute("value");
  const ElementType element = op.operand(0).element;
  const bool fits = value.kind() == Attribute::Kind::kFloat  ? IsFloat(element)
                    : value.kind() == Attribute::Kind::kInt  ? IsInteger(element)
                    : value.kind() == Attribute::Kind::kBool ? element == ElementType::kI1
                                                             : false;
  if (!fits) {
    return op.UnsupportedError(
        StrCat("has a value that is no number of its operand's type, ", ToString(op.operand(0))));
  }
  results[0] = op.operand_type(0);
  return OkStatus();
}

Status ExpandConstantLike(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const Attribute& value = *e.op().attribute("value");
  const TensorType& type = e.op().operand(0);
  DenseElements one{TensorType(type.element, {}), true, {}};
  one.bytes.resize(static_cast<size_t>(ByteWidth(type.element)));
  if (value.kind() == Attribute::Kind::kFloat) {
    StoreF64(type.element, one.bytes.data(), value.float_value());
  } else {
    StoreI64(type.element, one.bytes.data(), value.int_value());
  }
  e.SetResult(0, e.Emit(ops::kConstant, {}, type, {{"value", SplatOf(one, type)}}));
  return OkStatus();
}

// ---- Of complex numbers

// The number that `parts` makes of the parts of operand 0, each of which has the type that it is
// given.
template <typename Parts>
void ExpandComplex(Expansion& e, Parts parts) {
  const TensorType& type = e.op().operand(0);
  const TensorType part(type.element == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64,
                        type.dims);
  const auto [real, imag] =
      parts(e.Emit(ops::kReal, {e.Operand(0)}, part), e.Emit(ops::kImag, {e.Operand(0)}, part));
  e.SetResult(0, e.Emit(ops::kComplex, {real, imag}, type));
}

Status ExpandConj(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  if (IsComplex(e.op().operand(0).element)) {
    ExpandComplex(e, [&](ValueId x, ValueId y) { return std::pair(x, e.Emit(ops::kNegate, {y})); });
  } else {
    e.SetResult(0, e.Operand(0));
  }
  return OkStatus();
}

// (x - y) (x + y) + 2xyi: x^2 - y^2 does not cancel, and is zero where |x| = |y|, whatever their
// sum.
Status ExpandSquare(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  if (!IsComplex(e.op().operand(0).element)) {
    e.SetResult(0, e.Emit(ops::kMultiply, {e.Operand(0), e.Operand(0)}));
    return OkStatus();
  }
  ExpandComplex(e, [&](ValueId x, ValueId y) {
    const TensorType predicate(ElementType::kI1, e.type(x).dims);
    const ValueId equal = e.Compare("EQ", e.Emit(ops::kAbs, {x}), e.Emit(ops::kAbs, {y}));
    const ValueId finite = e.Emit(ops::kIsFinite, {x}, predicate);
    const ValueId product =
        e.Emit(ops::kMultiply, {e.Emit(ops::kSubtract, {x, y}), e.Emit(ops::kAdd, {x, y})});
    const ValueId xy = e.Emit(ops::kMultiply, {x, y});
    return std::pair(e.Select(e.Emit(ops::kAnd, {finite, equal}), e.Splat(0, e.type(x)), product),
                     e.Emit(ops::kAdd, {xy, xy}));
  });
  return OkStatus();
}

Status ExpandTan(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  e.SetResult(0, e.Emit(ops::kTan, {e.Operand(0)}));
  return OkStatus();
}

// ---- Of floats

Status ExpandIsInf(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  ValueId x = e.Operand(0);
  if (node.name == ops::kChloIsInf) x = e.Emit(ops::kAbs, {x});
  const double infinity = node.name == ops::kChloIsNegInf ? -kInfinity : kInfinity;
  e.SetResult(0, e.Compare("EQ", x, e.Splat(infinity, e.type(x))));
  return OkStatus();
}

// The integers that hold floats of an element type, where there are such.
std::optional<ElementType> BitsOf(ElementType element) {
  switch (BitWidth(element)) {
    case 4:
      return ElementType::kU4;
    case 8:
      return ElementType::kU8;
    case 16:
      return ElementType::kU16;
    case 32:
      return ElementType::kU32;
    case 64:
      return ElementType::kU64;
    default:
      return std::nullopt;
  }
}

Status InferNextAfter(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckFloats(op, 2, false));
  RETURN_IF_ERROR(CheckType(op, "y", op.operand_type(1), op.operand_type(0), "C1"));
  if (!BitsOf(op.operand(0).element)) {
    return op.UnsupportedError(
        StrCat("has no integers that hold the bits of ", ElementTypeName(op.operand(0).element)));
  }
  results[0] = op.operand_type(0);
  return OkStatus();
}

// A float's neighbour has the bits beside its own: the larger ones where it grows in magnitude.
Status ExpandNextAfter(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const ValueId x = e.Operand(0), y = e.Operand(1);
  const TensorType& type = e.op().operand(0);
  const TensorType integers(*BitsOf(type.element), type.dims);
  const auto bits = [&](ValueId v) { return e.Emit(ops::kBitcastConvert, {v}, integers); };
  const ValueId zero = e.Splat(0, type), one = e.Splat(1, integers);

  const ValueId grows = e.Compare("EQ", e.Compare("LT", x, y), e.Compare("GT", x, zero));
  const ValueId beside = e.Emit(ops::kAdd, {bits(x), e.Select(grows, one, e.Splat(-1, integers))});
  const ValueId sign = e.Emit(ops::kAnd, {bits(y), bits(e.Splat(-0.0, type))});
  const ValueId from_zero = e.Emit(ops::kOr, {sign, one});
  ValueId next = e.Select(e.Compare("EQ", x, zero), from_zero, beside);
  next = e.Emit(ops::kBitcastConvert, {next}, type);
  next = e.Select(e.Compare("EQ", x, y), y, next);
  const ValueId nan = e.Emit(ops::kOr, {e.Compare("NE", x, x), e.Compare("NE", y, y)});
  e.SetResult(0, e.Select(nan, e.Emit(ops::kAdd, {x, y}), next));
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "chlo.conj", .infer = InferSame, .expand = ExpandConj},
    {.name = "chlo.constant", .infer = InferConstant, .expand = ExpandConstant},
    {.name = "chlo.constant_like", .infer = InferConstantLike, .expand = ExpandConstantLike},
    {.name = "chlo.is_inf", .infer = InferPredicate, .expand = ExpandIsInf},
    {.name = "chlo.is_neg_inf", .infer = InferPredicate, .expand = ExpandIsInf},
    {.name = "chlo.is_pos_inf", .infer = InferPredicate, .expand = ExpandIsInf},
    {.name = "chlo.next_after", .infer = InferNextAfter, .expand = ExpandNextAfter},
    {.name = "chlo.square", .infer = InferSame, .expand = ExpandSquare},
    {.name = "chlo.tan", .infer = InferSame, .expand = ExpandTan},
};

}  // namespace

WEBHLO_EXPORT_OPS(chlo_sugar, kOps);

}  // namespace webhlo
