// SPDX-License-Identifier: Apache-2.0
//
// Algebra that is exact for every input, NaN, infinities and signed zeros included:
//   x * 1, x / 1, x - 0, x + -0          -> x
//   max(x, -inf), min(x, +inf)           -> x
//   and(x, true), or(x, false)           -> x
//   power(x, 2) -> x * x                 power(x, 1) -> x
//   x / 2^k     -> x * 2^-k              -(-x) -> x, not(not x) -> x
//   unsigned x / 2^k -> x >> k           unsigned x % 2^k -> and(x, 2^k - 1)
//   compare(not) -> the opposite direction where the order is total (EQ/NE)
//   or-reduce(x != -inf) -> max-reduce(x) != -inf
//   reduce over dimensions of one element -> the initial value with it
//   dynamic_slice / dynamic_update_slice at literal starts -> slice / the update itself
//   select with a scalar predicate -> with as many of it
//   select with a literal predicate, convert to the same type, optimization_barrier -> the operand
// x + 0 is not here: it turns -0 into +0.
#include <bit>
#include <cmath>
#include <limits>

#include "core/graph/rewriter.h"
#include "core/ops/reducer.h"
#include "core/ops/slices.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Simplifier {
 public:
  explicit Simplifier(const Graph& source) : source_(source) {}

  Status Visit(Rewriter& r, const Node& node) {
    const OpName op = node.name;
    if (op == ops::kOptimizationBarrier) {
      for (uint32_t i = 0; i < node.results.size; ++i) {
        r.SetMapped(node.results.begin + i, r.Map(source_.operands(node)[i]));
      }
      return OkStatus();
    }
    if (op == ops::kReduce) {
      if (TryMaxInsteadOfOr(r, node) || TryElementwiseReduce(r, node)) return OkStatus();
      return r.Clone(node);
    }
    if (node.results.size != 1 || !source_.type(node.results.begin).IsTensor()) {
      return r.Clone(node);
    }
    const ValueId simple = Simple(r, node, op);
    if (simple == kNone) return r.Clone(node);
    r.SetMapped(node.results.begin, simple);
    return OkStatus();
  }

 private:
  // The target value that equals the node's result, or kNone.
  ValueId Simple(Rewriter& r, const Node& node, OpName op) {
    const std::vector<ValueId> x = r.MapAll(source_.operands(node));
    const TensorType& type = source_.tensor(node.results.begin);
    const LocationId location = r.MapLocation(node.location);
    const auto splat = [&](size_t i) { return SplatValue(r.target(), r.Def(x[i])); };
    // Whether operand i is a splat of exactly that value (sign of zero included).
    const auto is = [&](size_t i, double value) {
      const std::optional<double> s = splat(i);
      return s && *s == value && std::signbit(*s) == std::signbit(value);
    };
    const bool is_float = IsFloat(type.element);

    if (op == ops::kMultiply) {
      if (is(1, 1) && !IsComplex(type.element)) return x[0];
      if (is(0, 1) && !IsComplex(type.element)) return x[1];
    } else if (op == ops::kDivide) {
      if (is(1, 1)) return x[0];
      if (const std::optional<double> s = splat(1); s && is_float && IsInvertible(type, *s)) {
        const ValueId reciprocal =
            r.Emit(ops::kConstant, {}, type, {{"value", SplatOf(type, 1 / *s)}}, location);
        return r.Emit(ops::kMultiply, {x[0], reciprocal}, type, {}, location);
      }
      if (const std::optional<int> k = PowerOfTwo(type, splat(1))) {
        const ValueId places =
            r.Emit(ops::kConstant, {}, type, {{"value", SplatOf(type, *k)}}, location);
        return r.Emit(ops::kShiftRightLogical, {x[0], places}, type, {}, location);
      }
    } else if (op == ops::kRemainder) {
      if (PowerOfTwo(type, splat(1))) {
        const ValueId below =
            r.Emit(ops::kConstant, {}, type, {{"value", SplatOf(type, *splat(1) - 1)}}, location);
        return r.Emit(ops::kAnd, {x[0], below}, type, {}, location);
      }
    } else if (op == ops::kSubtract) {
      if (is(1, 0)) return x[0];
    } else if (op == ops::kAdd) {
      const double zero = is_float ? -0.0 : 0.0;
      if (type.element != ElementType::kI1) {
        if (is(1, zero)) return x[0];
        if (is(0, zero)) return x[1];
      }
    } else if (op == ops::kMaximum && is_float) {
      if (is(1, -kInfinity)) return x[0];
      if (is(0, -kInfinity)) return x[1];
    } else if (op == ops::kMinimum && is_float) {
      if (is(1, kInfinity)) return x[0];
      if (is(0, kInfinity)) return x[1];
    } else if (op == ops::kAnd && type.element == ElementType::kI1) {
      if (is(1, 1)) return x[0];
      if (is(0, 1)) return x[1];
    } else if (op == ops::kOr && type.element == ElementType::kI1) {
      if (is(1, 0)) return x[0];
      if (is(0, 0)) return x[1];
    } else if (op == ops::kPower && is_float) {
      if (is(1, 1)) return x[0];
      // A correctly rounded power(x, 2) is x * x.
      if (is(1, 2)) return r.Emit(ops::kMultiply, {x[0], x[0]}, type, {}, location);
      if (const std::optional<double> n = splat(1); n && type.element != ElementType::kF64) {
        return WholePower(r, x[0], *n, type, location);
      }
    } else if (op == ops::kNegate || op == ops::kNot) {
      const Node* def = r.Def(x[0]);
      if (IsOp(def, op)) return r.target().operands(*def)[0];
      if (op == ops::kNot && IsOp(def, ops::kCompare)) {
        return OppositeCompare(r, *def, type, location);
      }
    } else if (op == ops::kConvert) {
      if (r.type(x[0]) == type) return x[0];
    } else if (op == ops::kSelect) {
      if (x[1] == x[2]) return x[1];
      if (is(0, 1)) return x[1];
      if (is(0, 0)) return x[2];
      // With one predicate for all elements, what it chooses from can be fused as with many.
      if (r.type(x[0]).rank() == 0 && type.rank() > 0) {
        const ValueId predicates =
            r.Emit(ops::kBroadcastInDim, {x[0]}, TensorType(ElementType::kI1, type.dims),
                   {{"broadcast_dimensions", Attribute::Ints({})}}, location);
        return r.Emit(ops::kSelect, {predicates, x[1], x[2]}, type, {}, location);
      }
    } else if (op == ops::kDynamicSlice) {
      return StaticSlice(r, x, type, location);
    } else if (op == ops::kDynamicUpdateSlice) {
      // An update as large as the operand replaces it: starts are clamped to 0.
      if (r.type(x[1]) == type) return x[1];
    }
    return kNone;
  }

  // A power with a small whole exponent as products of doubles, which round once, as power does,
  // but for some 2^-29 of a unit; kNone for others. What leaves the range of doubles leaves that of
  // the type by far.
  static ValueId WholePower(Rewriter& r, ValueId x, double exponent, const TensorType& type,
                            LocationId location) {
    constexpr int kMost = 8;
    const double magnitude = std::fabs(exponent);
    if (magnitude != std::floor(magnitude) || magnitude < 1 || magnitude > kMost) return kNone;
    const TensorType wide(ElementType::kF64, type.dims);
    const auto multiply = [&](ValueId a, ValueId b) {
      return r.Emit(ops::kMultiply, {a, b}, wide, {}, location);
    };
    ValueId base = r.Emit(ops::kConvert, {x}, wide, {}, location), power = kNone;
    for (int n = static_cast<int>(magnitude);;) {
      if (n % 2 != 0) power = power == kNone ? base : multiply(power, base);
      if ((n /= 2) == 0) break;
      base = multiply(base, base);
    }
    if (exponent < 0) {
      const ValueId one = r.Emit(ops::kConstant, {}, wide, {{"value", SplatOf(wide, 1)}}, location);
      power = r.Emit(ops::kDivide, {one, power}, wide, {}, location);
    }
    return r.Emit(ops::kConvert, {power}, type, {}, location);
  }

  // Whether 1/s is exact and neither subnormal nor infinite, so that x/s == x*(1/s) always.
  static bool IsInvertible(const TensorType& type, double s) {
    if (type.element != ElementType::kF32 && type.element != ElementType::kF64) return false;
    int exponent;
    return std::isfinite(s) && s != 0 && std::fabs(std::frexp(s, &exponent)) == 0.5 &&
           exponent > -100 && exponent < 100;
  }

  // k, where unsigned integers are divided by 2^k.
  static std::optional<int> PowerOfTwo(const TensorType& type, std::optional<double> divisor) {
    int exponent;
    if (type.quantized || !IsUnsignedInteger(type.element) || !divisor ||
        std::frexp(*divisor, &exponent) != 0.5 || exponent > 53) {
      return std::nullopt;
    }
    return exponent - 1;
  }

  ValueId OppositeCompare(Rewriter& r, const Node& compare, const TensorType& type,
                          LocationId location) {
    const std::string_view direction = OpView(r.target(), compare).String("comparison_direction");
    if (direction != "EQ" && direction != "NE") return kNone;
    std::vector<NamedAttribute> attributes = CopyAttributes(r.target(), compare);
    for (NamedAttribute& a : attributes) {
      if (a.name == "comparison_direction") {
        a.value = Attribute::String(direction == "EQ" ? "NE" : "EQ");
      }
    }
    const std::span<const ValueId> span = r.target().operands(compare);
    const std::vector<ValueId> operands(span.begin(), span.end());
    return r.Emit(ops::kCompare, operands, type, std::move(attributes), location);
  }

  ValueId StaticSlice(Rewriter& r, const std::vector<ValueId>& x, const TensorType& type,
                      LocationId location) {
    const TensorType& operand = r.type(x[0]);
    if (operand == type) return x[0];  // Starts are clamped to 0.
    std::vector<int64_t> starts;
    for (size_t d = 0; d < type.dims.size(); ++d) {
      const DenseElements* start = SplatElements(r.target(), r.Def(x[d + 1]));
      if (!start || !IsInteger(start->type.element)) return kNone;
      int64_t at = LoadI64(start->type.element, start->bytes.data());
      if (start->type.element == ElementType::kU64 && at < 0) at = operand.dims[d];
      const int64_t last = operand.dims[d] - type.dims[d];
      starts.push_back(at < 0 ? 0 : at > last ? last : at);
    }
    return r.Emit(ops::kSlice, {x[0]}, type, SliceAttributes(std::move(starts), type.dims),
                  location);
  }

  // PyTorch's safe softmax asks of each row whether any score is not -inf, in a pass of its own
  // over the scores. The row's maximum, which softmax needs anyway, answers that: it is -inf
  // exactly when all are (a NaN makes both answers true).
  bool TryMaxInsteadOfOr(Rewriter& r, const Node& node) {
    if (node.results.size != 1 ||
        SimpleReduceBody(source_, source_.regions_of(node)[0]) != ops::kOr) {
      return false;
    }
    const std::vector<ValueId> x = r.MapAll(source_.operands(node));
    if (x.size() != 2) return false;
    const std::optional<double> init = SplatValue(r.target(), r.Def(x[1]));
    const Node* compare = r.Def(x[0]);
    if (!init || *init != 0 || !IsOp(compare, ops::kCompare) ||
        OpView(r.target(), *compare).String("comparison_direction") != "NE") {
      return false;
    }
    const ValueId scores = r.target().operands(*compare)[0];
    const ValueId bound = r.target().operands(*compare)[1];
    const TensorType score_type = r.type(scores);
    const std::optional<double> infinity = SplatValue(r.target(), r.Def(bound));
    if (!infinity || *infinity != -kInfinity || !IsFloat(score_type.element)) return false;

    const LocationId location = r.MapLocation(node.location);
    const TensorType scalar(score_type.element, {});
    const TensorType row(score_type.element, source_.tensor(node.results.begin).dims);
    const ValueId lowest =
        r.Emit(ops::kConstant, {}, scalar, {{"value", SplatOf(scalar, -kInfinity)}}, location);
    const auto dims = OpView(source_, node).Ints("dimensions");
    const ValueId maximum =
        r.EmitReduce(ops::kMaximum, scores, lowest, {dims.begin(), dims.end()}, location);
    const ValueId lowest_row =
        r.Emit(ops::kConstant, {}, row, {{"value", SplatOf(row, -kInfinity)}}, location);
    r.SetMapped(node.results.begin,
                r.Emit(ops::kCompare, {maximum, lowest_row}, TensorType(ElementType::kI1, row.dims),
                       {{"comparison_direction", Attribute::String("NE")}}, location));
    return true;
  }

  // As JAX asks whether all of one index is within bounds. A complex product rounds more than once.
  bool TryElementwiseReduce(Rewriter& r, const Node& node) {
    const OpView view(source_, node);
    if (node.results.size != 1) return false;
    const TensorType& type = view.result();
    const std::optional<OpName> body = SimpleReduceBody(source_, source_.regions_of(node)[0]);
    if (!body || view.operand(0).element != type.element ||
        view.operand(1).element != type.element ||
        view.operand(0).NumElements() != type.NumElements() || IsComplex(type.element)) {
      return false;
    }
    const std::vector<ValueId> x = r.MapAll(source_.operands(node));
    const LocationId location = r.MapLocation(node.location);
    const ValueId init = r.Emit(ops::kBroadcastInDim, {x[1]}, type,
                                {{"broadcast_dimensions", Attribute::Ints({})}}, location);
    const ValueId elements = r.Emit(ops::kReshape, {x[0]}, type, {}, location);
    r.SetMapped(node.results.begin, r.Emit(*body, {init, elements}, type, {}, location));
    return true;
  }

  const Graph& source_;
};

}  // namespace

Status Simplify(const PassContext&, const Graph& source, Graph* target) {
  Simplifier simplifier(source);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return simplifier.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
