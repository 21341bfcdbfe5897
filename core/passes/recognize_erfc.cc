// SPDX-License-Identifier: Apache-2.0
//
// Recognizes the complementary error function in the form that exporters spell it out in, 60 ops
// for one, and makes it chlo.erfc again: half the time where a gelu follows a product. (Its sister
// chlo.erf comes as a composite, see decode_chlo.cc.) The form is that of MLIR's chlo dialect,
// after Cephes' erfcf (https://www.netlib.org/cephes/):
//
//   abs(x) < 1 ? 1 - x P(x^2) : x < 0 ? 2 - g : g
//   g = -x^2 < -88.72 ? 0 : exp(-x^2) / abs(x) (abs(x) < 2 ? Q(1 / x^2) : R(1 / x^2))
//
// chlo.erfc is more exact (docs/accuracy.md): up to 10 units in the last place are lost here where
// abs(x) is about 1, some tens where it is large.
#include <array>
#include <initializer_list>
#include <span>
#include <unordered_map>

#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// Of polynomials, highest power first.
constexpr std::array kSmall = {7.8538615e-05F, -0.00080101937F, 0.0051883277F, -0.026853813F,
                               0.112835854F,   -0.37612626F,    1.1283791F};
constexpr std::array kMiddle = {0.0232682F,   -0.13870394F, 0.36874247F, -0.5824733F, 0.62100047F,
                                -0.49445152F, 0.340488F,    -0.2741127F, 0.56382596F};
constexpr std::array kLarge = {-10.477664F, 12.9772F,    -7.4955187F,  2.921019F,
                               -1.0152652F, 0.42184633F, -0.28207675F, 0.5641895F};
constexpr float kLeastLog = -88.72284F;

class ErfcRecognizer {
 public:
  explicit ErfcRecognizer(const Graph& source) : source_(source), index_(source) {}

  // The x of a node that is erfc(x), or kNone.
  ValueId Match(const Node& node) {
    if (node.name != ops::kSelect ||
        source_.tensor(node.results.begin).element != ElementType::kF32) {
      return kNone;
    }
    root_ = &node;
    ValueId x = kNone;
    return MatchErfc(node.results.begin, &x) ? x : kNone;
  }

 private:
  // What is computed by this op, as often as the whole; takes its operands.
  bool Is(ValueId v, OpName op, std::initializer_list<ValueId*> operands) const {
    const Node* def = index_.Def(v);
    if (!def || def->name != op || !index_.SameRegion(*def, *root_)) return false;
    const ValueId* from = source_.operands(*def).data();
    for (ValueId* operand : operands) *operand = *from++;
    return true;
  }
  bool IsNumber(ValueId v, float number) const {
    const std::optional<double> value = SplatValue(source_, index_.Def(v));
    return value && static_cast<float>(*value) == number;
  }
  // v < number; takes v.
  bool IsBelow(ValueId condition, float number, ValueId* v) const {
    ValueId bound = kNone;
    return Is(condition, ops::kCompare, {v, &bound}) && IsNumber(bound, number) &&
           OpView(source_, *index_.Def(condition)).String("comparison_direction") == "LT";
  }
  bool IsAbs(ValueId v, ValueId x) const {
    ValueId of = kNone;
    return Is(v, ops::kAbs, {&of}) && of == x;
  }
  bool IsSquare(ValueId v, ValueId x) const {
    ValueId a = kNone, b = kNone;
    return Is(v, ops::kMultiply, {&a, &b}) && a == x && b == x;
  }
  bool IsNegativeSquare(ValueId v, ValueId x) const {
    ValueId square = kNone;
    return Is(v, ops::kNegate, {&square}) && IsSquare(square, x);
  }
  bool IsInverse(ValueId v, ValueId* of) const {
    ValueId one = kNone;
    return Is(v, ops::kDivide, {&one, of}) && IsNumber(one, 1);
  }
  // c[0] y^n + ... + c[n], by Horner's rule; takes y.
  bool IsPolynomial(ValueId v, std::span<const float> c, ValueId* y) const {
    *y = kNone;
    for (size_t i = c.size() - 1; i > 0; --i) {
      ValueId product = kNone, last = kNone, factor = kNone;
      if (!Is(v, ops::kAdd, {&product, &last}) || !IsNumber(last, c[i]) ||
          !Is(product, ops::kMultiply, {&v, &factor}) || (*y != kNone && factor != *y)) {
        return false;
      }
      *y = factor;
    }
    return IsNumber(v, c[0]);
  }
  bool IsPolynomialOfInverseSquare(ValueId v, std::span<const float> c, ValueId x) const {
    ValueId y = kNone, square = kNone;
    return IsPolynomial(v, c, &y) && IsInverse(y, &square) && IsSquare(square, x);
  }

  bool MatchErfc(ValueId v, ValueId* x) const {
    ValueId is_small = kNone, small = kNone, rest = kNone, magnitude = kNone;
    return Is(v, ops::kSelect, {&is_small, &small, &rest}) && IsBelow(is_small, 1, &magnitude) &&
           Is(magnitude, ops::kAbs, {x}) && MatchSmall(small, *x) && MatchRest(rest, *x);
  }
  // 1 - x P(x^2)
  bool MatchSmall(ValueId v, ValueId x) const {
    ValueId one = kNone, product = kNone, factor = kNone, p = kNone, square = kNone;
    return Is(v, ops::kSubtract, {&one, &product}) && IsNumber(one, 1) &&
           Is(product, ops::kMultiply, {&factor, &p}) && factor == x &&
           IsPolynomial(p, kSmall, &square) && IsSquare(square, x);
  }
  bool MatchRest(ValueId v, ValueId x) const {
    ValueId is_negative = kNone, reflected = kNone, g = kNone, tested = kNone, two = kNone,
            same = kNone;
    return Is(v, ops::kSelect, {&is_negative, &reflected, &g}) &&
           IsBelow(is_negative, 0, &tested) && tested == x &&
           Is(reflected, ops::kSubtract, {&two, &same}) && IsNumber(two, 2) && same == g &&
           MatchPositive(g, x);
  }
  bool MatchPositive(ValueId v, ValueId x) const {
    ValueId is_tiny = kNone, zero = kNone, product = kNone, log = kNone, scale = kNone, p = kNone;
    return Is(v, ops::kSelect, {&is_tiny, &zero, &product}) && IsNumber(zero, 0) &&
           IsBelow(is_tiny, kLeastLog, &log) && IsNegativeSquare(log, x) &&
           Is(product, ops::kMultiply, {&scale, &p}) && MatchScale(scale, x) &&
           MatchPolynomials(p, x);
  }
  // exp(-x^2) (1 / abs(x))
  bool MatchScale(ValueId v, ValueId x) const {
    ValueId power = kNone, inverse = kNone, exponent = kNone, magnitude = kNone;
    return Is(v, ops::kMultiply, {&power, &inverse}) && Is(power, ops::kExponential, {&exponent}) &&
           IsNegativeSquare(exponent, x) && IsInverse(inverse, &magnitude) && IsAbs(magnitude, x);
  }
  bool MatchPolynomials(ValueId v, ValueId x) const {
    ValueId is_middle = kNone, middle = kNone, large = kNone, magnitude = kNone;
    return Is(v, ops::kSelect, {&is_middle, &middle, &large}) &&
           IsBelow(is_middle, 2, &magnitude) && IsAbs(magnitude, x) &&
           IsPolynomialOfInverseSquare(middle, kMiddle, x) &&
           IsPolynomialOfInverseSquare(large, kLarge, x);
  }

  const Graph& source_;
  const GraphIndex index_;
  const Node* root_ = nullptr;  // What is looked at.
};

}  // namespace

Status RecognizeErfc(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kExponential})) return OkStatus();
  ErfcRecognizer recognizer(source);
  std::unordered_map<const Node*, ValueId> found;
  for (const Node& node : source.nodes) {
    const ValueId x = recognizer.Match(node);
    if (x != kNone) found.emplace(&node, x);
  }
  if (found.empty()) return OkStatus();
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) {
                    const auto x = found.find(&node);
                    if (x == found.end()) return r.Clone(node);
                    const ValueId result = node.results.begin;
                    r.SetMapped(result,
                                r.Emit(ops::kChloErfc, {r.Map(x->second)}, source.tensor(result),
                                       {}, r.MapLocation(node.location)));
                    return OkStatus();
                  })
      .Run();
}

}  // namespace webhlo
