// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.rng: https://openxla.org/stablehlo/spec#rng
// The specification leaves open where its numbers come from. Here webhlo.random_state, the one op
// with a hidden state, hands out the next stretch of one Philox sequence, and the rest is written
// in ops that every engine has: rng_bit_generator and arithmetic.
#include "core/ops/rng.h"

#include <numbers>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

struct RandomNumbers {
  uint64_t key = 0;
  uint64_t counter = 0;
};
RandomNumbers random_numbers;

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  const TensorType &a = op.operand(0), &b = op.operand(1), &shape = op.operand(2);
  const ElementType element = op.result().element;
  OP_CHECK(op, a.rank() == 0 && b.rank() == 0 && shape.rank() == 1, "a, b and shape have types ",
           ToString(a), ", ", ToString(b), " and ", ToString(shape),
           ", expected two scalars and a vector");
  OP_CHECK(op, !IsComplex(element) && IsInteger(shape.element), "makes ", ToString(op.result()),
           " of ", ToString(shape));
  // C1
  RETURN_IF_ERROR(CheckElement(op, "a", a.element, element, "C1"));
  RETURN_IF_ERROR(CheckElement(op, "b", b.element, element, "C1"));
  // C2
  OP_CHECK(op, op.String("rng_distribution") != "NORMAL" || IsFloat(element),
           "a normal distribution of ", ElementTypeName(element), " (C2)");
  // C3
  OP_CHECK(op, shape.dims[0] == op.result().rank(), "shape has ", shape.dims[0],
           " entries, the result has rank ", op.result().rank(), " (C3)");
  results[0] = op.result_type(0);
  return OkStatus();
}

// Where the shape is a literal it is the result's.
Status CheckShapeOperand(const OpView& op, const DenseElements* shape) {
  if (!shape) return OkStatus();
  std::vector<int64_t> dims;
  const auto width = static_cast<size_t>(ByteWidth(shape->type.element));
  for (size_t d = 0; d < static_cast<size_t>(shape->type.dims[0]); ++d) {
    dims.push_back(
        LoadI64(shape->type.element, shape->bytes.data() + (shape->splat ? 0 : d * width)));
  }
  return CheckShape(op, "result", op.result(), dims, "C3");
}

class Draw {
 public:
  Draw(Rewriter& r, const Node& node) : r_(r), e_(r, node) {}

  Status Expand() {
    const OpView& op = e_.op();
    RETURN_IF_ERROR(CheckShapeOperand(op, ConstantElements(r_.target(), r_.Def(e_.Operand(2)))));
    const TensorType& result = op.result();
    if (op.String("rng_distribution") == "NORMAL") {
      e_.SetResult(0, e_.Convert(Normal(), result.element));
    } else if (IsFloat(result.element)) {
      e_.SetResult(0, UniformFloats());
    } else {
      e_.SetResult(0, UniformIntegers());
    }
    return OkStatus();
  }

 private:
  TensorType Of(ElementType element) const { return {element, e_.op().result().dims}; }
  // The scalar operand, in another type and everywhere.
  ValueId Spread(size_t operand, ElementType element) {
    return e_.Broadcast(e_.Convert(e_.Operand(operand), element), {}, Of(element));
  }
  // What narrow floats are computed in.
  ElementType Wide() const {
    return e_.op().result().element == ElementType::kF64 ? ElementType::kF64 : ElementType::kF32;
  }

  ValueId Bits(ElementType element) {
    const TensorType state(ElementType::kU64, {2}), bits = Of(element);
    const int64_t bytes = bits.ByteSize();
    const ValueId next =
        e_.Emit(ops::kWebhloRandomState, {}, state, {{"count", Attribute::Int(bytes / 16 + 1)}});
    const Type types[] = {state, bits};
    return 1 + r_.EmitNode(ops::kRngBitGenerator, std::span(&next, 1), types,
                           {{"rng_algorithm", Attribute::String("PHILOX")}}, {}, 0);
  }

  // Floats of 0 <= x < 1: random mantissas below an exponent of 0, less one.
  ValueId UnitInterval() {
    const bool wide = Wide() == ElementType::kF64;
    const ElementType word = wide ? ElementType::kU64 : ElementType::kU32;
    const ValueId shift = e_.Splat(wide ? 12 : 9, Of(word));
    const ValueId mantissa = e_.Emit(ops::kShiftRightLogical, {Bits(word), shift});
    const ValueId exponent = e_.Splat(wide ? 0x3FFp52 : 0x7Fp23, Of(word));
    const ValueId floats =
        e_.Emit(ops::kBitcastConvert, {e_.Emit(ops::kOr, {mantissa, exponent})}, Of(Wide()));
    return e_.Emit(ops::kSubtract, {floats, e_.Splat(1, Of(Wide()))});
  }

  ValueId UniformFloats() {
    const ElementType element = e_.op().result().element;
    const ValueId a = Spread(0, Wide()), b = Spread(1, Wide());
    const ValueId scaled =
        e_.Emit(ops::kMultiply, {UnitInterval(), e_.Emit(ops::kSubtract, {b, a})});
    const ValueId x = e_.Convert(e_.Emit(ops::kAdd, {scaled, a}), element);
    // Rounding may have reached b.
    const ValueId below = e_.Compare("LT", x, Spread(1, element));
    return e_.Select(below, x, Spread(0, element));
  }

  ValueId UniformIntegers() {
    constexpr ElementType kWord = ElementType::kU64;
    const ValueId a = Spread(0, kWord);
    const ValueId range = e_.Emit(ops::kSubtract, {Spread(1, kWord), a});
    const ValueId x = e_.Emit(ops::kAdd, {e_.Emit(ops::kRemainder, {Bits(kWord), range}), a});
    return e_.Convert(x, e_.op().result().element);
  }

  // Box and Muller's: the radius of one number and the angle of another.
  ValueId Normal() {
    const TensorType type = Of(Wide());
    const ValueId up = e_.Emit(ops::kSubtract, {e_.Splat(1, type), UnitInterval()});
    const ValueId squared = e_.Emit(ops::kMultiply, {e_.Emit(ops::kLog, {up}), e_.Splat(-2, type)});
    const ValueId angle =
        e_.Emit(ops::kMultiply, {UnitInterval(), e_.Splat(2 * std::numbers::pi, type)});
    const ValueId x =
        e_.Emit(ops::kMultiply, {e_.Emit(ops::kSqrt, {squared}), e_.Emit(ops::kCosine, {angle})});
    return e_.Emit(ops::kAdd, {e_.Emit(ops::kMultiply, {x, Spread(1, Wide())}), Spread(0, Wide())});
  }

  Rewriter& r_;
  Expansion e_;
};

Status Expand(Rewriter& r, const Node& node) { return Draw(r, node).Expand(); }

Status InferState(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 0));
  results[0] = TensorType(ElementType::kU64, {2});
  return OkStatus();
}

Task NextState(const ReferenceArgs& args) {
  args.outputs[0].SetI64(0, static_cast<int64_t>(random_numbers.key));
  args.outputs[0].SetI64(1, static_cast<int64_t>(random_numbers.counter));
  random_numbers.counter += static_cast<uint64_t>(args.op.Int("count"));
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.rng", .infer = Infer, .expand = Expand},
    {.name = "webhlo.random_state",
     .infer = InferState,
     .reference = NextState,
     .has_side_effect = true,
     .foldable = false},
};

}  // namespace

WEBHLO_EXPORT_OPS(rng, kOps);

void SeedRandomNumbers(uint64_t seed) { random_numbers = {seed, 0}; }

}  // namespace webhlo
