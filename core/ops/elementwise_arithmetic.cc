// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic: https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of the same
// names.
#include <cmath>
#include <complex>
#include <limits>

#include "core/jit/division.h"
#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

constexpr uint32_t kNumbers = kInteger | kFloat | kComplex;
constexpr uint32_t kAll = kBool | kNumbers;

// Wraps: computed without sign and cut to I.
template <class I, class F>
I Wrapping(I a, I b, F f) {
  return static_cast<I>(f(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
}

struct Abs {
  static constexpr std::string_view kName = "stablehlo.abs";
  static constexpr uint32_t kTypes = kSigned | kFloat;  // Complex has a row of its own.
  static constexpr uint32_t kVector = kSigned | kFloat;
  static constexpr int kArity = 1;
  template <class I>
  static I Integer(I a, int) {
    return a < 0 ? Wrapping<I>(0, a, [](uint64_t x, uint64_t y) { return x - y; }) : a;
  }
  static double Real(double a) { return std::fabs(a); }
  template <class L, class V>
  static V Vector(L& l, V a) {
    return l.Abs(a);
  }
};

struct Add {
  static constexpr std::string_view kName = "stablehlo.add";
  static constexpr uint32_t kTypes = kAll;
  static constexpr uint32_t kVector = kBool | kInteger | kFloat;
  static constexpr bool kPartwise = true;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a || b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return Wrapping(a, b, [](uint64_t x, uint64_t y) { return x + y; });
  }
  static double Real(double a, double b) { return a + b; }
  static Complex128 Complex(Complex128 a, Complex128 b) { return a + b; }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Add(a, b);
  }
};

struct Subtract {
  static constexpr std::string_view kName = "stablehlo.subtract";
  static constexpr uint32_t kTypes = kNumbers;
  static constexpr uint32_t kVector = kInteger | kFloat;
  static constexpr bool kPartwise = true;
  static constexpr int kArity = 2;
  template <class I>
  static I Integer(I a, I b, int) {
    return Wrapping(a, b, [](uint64_t x, uint64_t y) { return x - y; });
  }
  static double Real(double a, double b) { return a - b; }
  static Complex128 Complex(Complex128 a, Complex128 b) { return a - b; }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Sub(a, b);
  }
};

struct Multiply {
  static constexpr std::string_view kName = "stablehlo.multiply";
  static constexpr uint32_t kTypes = kAll;
  static constexpr uint32_t kVector = kBool | kInteger | kFloat;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a && b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return Wrapping(a, b, [](uint64_t x, uint64_t y) { return x * y; });
  }
  static double Real(double a, double b) { return a * b; }
  static Complex128 Complex(Complex128 a, Complex128 b) { return Product(a, b); }
  template <class L, class V>
  static Pair<V> Pairs(L& l, Pair<V> a, Pair<V> b) {
    return pairs::Product(l, a, b);
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Mul(a, b);
  }
};

// Truncating; x / 0 is all ones and the least value / -1 is itself.
template <class I>
constexpr I IntegerDivide(I a, I b) {
  if (b == 0) return static_cast<I>(-1);
  if constexpr (std::is_signed_v<I>) {
    if (b == -1) return static_cast<I>(0 - static_cast<std::make_unsigned_t<I>>(a));
  }
  return static_cast<I>(a / b);
}

// Has the dividend's sign; x % 0 is x.
template <class I>
constexpr I IntegerRemainder(I a, I b) {
  if (b == 0) return a;
  if constexpr (std::is_signed_v<I>) {
    if (b == -1) return 0;
  }
  return static_cast<I>(a % b);
}

// A power of two takes |b| near 1, so that squares and products neither overflow nor vanish; what
// is not finite is as in C99 (Annex G).
WEBHLO_SMALL Complex128 QuotientAtEdges(Complex128 a, Complex128 b) {
  double x = a.real(), y = a.imag(), c = b.real(), d = b.imag();
  const double size = std::fmax(std::fabs(c), std::fabs(d));
  const int k = std::isfinite(size) && size > 0 ? std::ilogb(size) : 0;
  c = std::scalbn(c, -k);
  d = std::scalbn(d, -k);
  const double norm = c * c + d * d;
  const double real = std::scalbn((x * c + y * d) / norm, -k);
  const double imag = std::scalbn((y * c - x * d) / norm, -k);
  if (!std::isnan(real) || !std::isnan(imag)) return {real, imag};
  const auto unit = [](double v) { return std::copysign(std::isinf(v) ? 1.0 : 0.0, v); };
  double scale = 1;
  if (norm == 0 && !(std::isnan(x) && std::isnan(y))) {
    scale = std::copysign(std::numeric_limits<double>::infinity(), c);
    return {scale * x, scale * y};
  }
  if ((std::isinf(x) || std::isinf(y)) && std::isfinite(c) && std::isfinite(d)) {
    scale = std::numeric_limits<double>::infinity();
    x = unit(x);
    y = unit(y);
  } else if (std::isinf(size) && std::isfinite(x) && std::isfinite(y)) {
    scale = 0;
    c = unit(c);
    d = unit(d);
  }
  return {scale * (x * c + y * d), scale * (y * c - x * d)};
}

inline Complex128 Quotient(Complex128 a, Complex128 b) {
  const double x = a.real() * b.real() + a.imag() * b.imag();
  const double y = a.imag() * b.real() - a.real() * b.imag();
  const double norm = b.real() * b.real() + b.imag() * b.imag();
  const double size = std::fabs(x) + std::fabs(y);
  // All that f32 has is in here, but for zeros, infinities and NaN.
  if (norm > 0x1p-600 && norm < 0x1p600 && size > 0x1p-600 && size < 0x1p600) {
    return {x / norm, y / norm};
  }
  return QuotientAtEdges(a, b);
}

struct Divide {
  static constexpr std::string_view kName = "stablehlo.divide";
  static constexpr ElementCost kCost = ElementCost::kFunction;
  static constexpr uint32_t kTypes = kNumbers;
  static constexpr uint32_t kVector = kInteger | kFloat;
  static constexpr int kArity = 2;
  template <class I>
  static I Integer(I a, I b, int) {
    return IntegerDivide(a, b);
  }
  static double Real(double a, double b) { return a / b; }
  static Complex128 Complex(Complex128 a, Complex128 b) { return Quotient(a, b); }
  // As Quotient, which has all of zero divided by a number in its range.
  template <class L, class V>
  static Pair<V> Pairs(L& l, Pair<V> a, Pair<V> b) {
    const Pair<V> w = pairs::ProductWithConjugate(l, a, b);
    const V norm = pairs::SquareOf(l, b), size = l.Add(l.Abs(w.re), l.Abs(w.im));
    const V least = math::K<0x1p-600>(l), most = math::K<0x1p600>(l);
    const V none = l.Eq(l.Or(l.Abs(a.re), l.Abs(a.im)), math::K<0.0>(l));
    const V plain = l.And(l.And(l.Lt(least, norm), l.Lt(norm, most)),
                          l.And(l.Or(l.Lt(least, size), none), l.Lt(size, most)));
    const V edges = l.Not(plain);
    // The imaginary part of a / b is the real one of -i a / b.
    return {l.template FixLanes<Divide>(edges, l.Div(w.re, norm), a.re, a.im, b.re, b.im),
            l.template FixLanes<Divide>(edges, l.Div(w.im, norm), a.im, l.Neg(a.re), b.re, b.im)};
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Div(a, b);
  }
};

// C's fmod for floats.
struct Remainder {
  static constexpr std::string_view kName = "stablehlo.remainder";
  static constexpr ElementCost kCost = ElementCost::kLanes;
  static constexpr uint32_t kTypes = kNumbers & ~kComplex;
  static constexpr uint32_t kVector = 0;
  static constexpr int kArity = 2;
  template <class I>
  static I Integer(I a, I b, int) {
    return IntegerRemainder(a, b);
  }
  static double Real(double a, double b) { return std::fmod(a, b); }
};

jit::LaneValue EmitDivide(jit::Record& record, const OpView& op,
                          std::span<const jit::LaneValue> inputs) {
  const ElementType type = inputs[0].element();
  if (IsFloat(type) || IsComplex(type)) return Emit<Divide>(record, op, inputs);
  return jit::Quotient(record, inputs[0], inputs[1]);
}

// The one lane function is that of complex numbers of f64.
double RealOfQuotient(double x, double y, double c, double d) {
  return QuotientAtEdges({x, y}, {c, d}).real();
}
const void* DivideLane(jit::Lane) { return reinterpret_cast<const void*>(&RealOfQuotient); }

// The quotient by 0 is -1 and that of the least value by -1 wraps, so what is left is right there,
// too.
jit::LaneValue EmitRemainder(jit::Record& record, const OpView& op,
                             std::span<const jit::LaneValue> inputs) {
  const ElementType type = inputs[0].element();
  if (IsFloat(type)) return Emit<Remainder>(record, op, inputs);
  jit::Speaker l(record, type);
  const jit::LaneValue quotient = jit::Quotient(record, inputs[0], inputs[1]);
  const jit::LaneValue product = l.Mul(l.Widen(quotient), l.Widen(inputs[1]));
  return l.Narrow(l.Sub(l.Widen(inputs[0]), product), type);
}

constexpr ElementwiseOp kDivide = [] {
  ElementwiseOp op = RowOf<Divide>::kElementwise;
  op.emit = &EmitDivide;
  op.lane_function = &DivideLane;
  return op;
}();
constexpr ElementwiseOp kRemainder = [] {
  ElementwiseOp op = RowOf<Remainder>::kElementwise;
  op.emit = &EmitRemainder;
  // They are divided in vectors.
  op.narrow_integer_cost = ElementCost::kFunction;
  op.lane_function = [](jit::Lane lane) {  // Of floats alone.
    return lane == jit::Lane::kF32 ? jit::LaneAddress<Remainder, float>()
                                   : jit::LaneAddress<Remainder, double>();
  };
  return op;
}();

template <class Op>
constexpr OpDef DivisionRow(const ElementwiseOp* elementwise) {
  OpDef row = Row<Op>();
  row.elementwise = elementwise;
  return row;
}

struct Negate {
  static constexpr std::string_view kName = "stablehlo.negate";
  static constexpr uint32_t kTypes = kNumbers;
  static constexpr uint32_t kVector = kInteger | kFloat;
  static constexpr bool kPartwise = true;
  static constexpr int kArity = 1;
  template <class I>
  static I Integer(I a, int) {
    return Wrapping<I>(0, a, [](uint64_t x, uint64_t y) { return x - y; });
  }
  static double Real(double a) { return -a; }
  static Complex128 Complex(Complex128 a) { return -a; }
  template <class L, class V>
  static V Vector(L& l, V a) {
    return l.Neg(a);
  }
};

// Speakers alone have masks as values.
template <class L, class V>
V Less(L& l, Pair<V> a, Pair<V> b) {
  return l.Or(l.Lt(a.re, b.re), l.And(l.Eq(a.re, b.re), l.Lt(a.im, b.im)));
}

struct MaximumOp {
  static constexpr std::string_view kName = "stablehlo.maximum";
  static constexpr uint32_t kTypes = kAll;
  static constexpr uint32_t kVector = kBool | kInteger | kFloat;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a || b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return a < b ? b : a;
  }
  static double Real(double a, double b) { return elementwise::Maximum(a, b); }
  static Complex128 Complex(Complex128 a, Complex128 b) { return elementwise::Maximum(a, b); }
  template <class L, class V>
  static Pair<V> Pairs(L& l, Pair<V> a, Pair<V> b) {
    return pairs::SelectPair(l, Less(l, a, b), b, a);
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Max(a, b);
  }
};

struct MinimumOp {
  static constexpr std::string_view kName = "stablehlo.minimum";
  static constexpr uint32_t kTypes = kAll;
  static constexpr uint32_t kVector = kBool | kInteger | kFloat;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a && b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return b < a ? b : a;
  }
  static double Real(double a, double b) { return elementwise::Minimum(a, b); }
  static Complex128 Complex(Complex128 a, Complex128 b) { return elementwise::Minimum(a, b); }
  template <class L, class V>
  static Pair<V> Pairs(L& l, Pair<V> a, Pair<V> b) {
    return pairs::SelectPair(l, Less(l, b, a), b, a);
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Min(a, b);
  }
};

struct Sign {
  static constexpr std::string_view kName = "stablehlo.sign";
  static constexpr uint32_t kTypes = kSigned | kFloat | kComplex;
  static constexpr uint32_t kVector = kSigned | kFloat;
  static constexpr int kArity = 1;
  template <class I>
  static I Integer(I a, int) {
    return static_cast<I>((a > 0) - (a < 0));
  }
  static double Real(double a) { return a > 0 ? 1 : a < 0 ? -1 : a; }
  static Complex128 Complex(Complex128 a) {
    if (std::isnan(a.real()) || std::isnan(a.imag())) {
      const double nan = std::numeric_limits<double>::quiet_NaN();
      return {nan, nan};
    }
    // Scaled so that |a| is neither infinite nor a rounded subnormal.
    const double largest = std::fmax(std::fabs(a.real()), std::fabs(a.imag()));
    if (largest == 0) return {0, 0};
    const int exponent = std::isinf(largest) ? 0 : std::ilogb(largest);
    a = {std::scalbn(a.real(), -exponent), std::scalbn(a.imag(), -exponent)};
    return a / std::sqrt(a.real() * a.real() + a.imag() * a.imag());
  }
  static constexpr bool kPairsOfFloats = true;
  template <class L, class V>
  static Pair<V> Pairs(L& l, Pair<V> z) {
    return pairs::Sign(l, z);
  }
  template <class L, class V>
  static V Vector(L& l, V a) {
    return math::Sign(l, a);
  }
};

// abs of complex numbers has a real result; otherwise Abs.
WEBHLO_SMALL Status AbsInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  if (!IsComplex(op.operand(0).element)) return Infer<Abs>(op, results);
  // C1, C2
  const ElementType real =
      op.operand(0).element == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
  return SetResult(op, results, 0, real, op.operand(0).dims);
}

// Of numbers of f32: their squares neither overflow nor vanish in double.
inline double AbsOfFloats(double x, double y) {
  const double square = x * x + y * y;
  const bool infinite = std::isinf(x) || std::isinf(y);  // Even beside a NaN.
  return infinite ? std::numeric_limits<double>::infinity() : std::sqrt(square);
}

WEBHLO_SMALL void AbsElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const ElementType type = args.inputs[0].element();
  if (!IsComplex(type)) return Elements<Abs>(args, begin, end);
  const TensorView& out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    const Complex128 z = args.inputs[0].C128(i);
    out.SetF64(i, type == ElementType::kC64 ? AbsOfFloats(z.real(), z.imag()) : std::abs(z));
  }
}

// Two numbers at a time.
WEBHLO_TILE void AbsOfC64(const void* const* inputs, void* output, size_t count) {
  constexpr hn::FixedTag<double, 2> d{};
  constexpr hn::FixedTag<float, 4> parts{};
  constexpr hn::FixedTag<float, 2> narrow{};
  const float* in = static_cast<const float*>(inputs[0]);
  float* out = static_cast<float*>(output);
  const auto square = [](auto v) { return hn::Mul(v, v); };
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; i += 2) {
    const auto z = hn::LoadU(parts, in + 2 * i);
    const auto a = square(hn::PromoteLowerTo(d, z)), b = square(hn::PromoteUpperTo(d, z));
    const auto x = hn::ConcatEven(d, b, a), y = hn::ConcatOdd(d, b, a);
    const auto infinity = hn::Inf(d);
    const auto infinite = hn::Or(hn::Eq(x, infinity), hn::Eq(y, infinity));
    const auto r = hn::IfThenElse(infinite, infinity, hn::Sqrt(hn::Add(x, y)));
    if (i + 2 <= count) {
      hn::StoreU(hn::DemoteTo(narrow, r), narrow, out + i);
    } else {
      hn::StoreN(hn::DemoteTo(narrow, r), narrow, out + i, 1);
    }
  }
}
WEBHLO_SMALL void AbsOfC128(const void* const* inputs, void* output, size_t count) {
  ScalarLoop<Complex128, double, 1>(inputs, output, count,
                                    [](Complex128 z) { return std::abs(z); });
}

bool AbsCanEmit(const OpView& op) { return IsComplex(op.operand(0).element) || CanEmit<Abs>(op); }

jit::LaneValue AbsEmit(jit::Record& record, const OpView& op,
                       std::span<const jit::LaneValue> inputs) {
  const jit::LaneValue z = inputs[0], x = z.Part(0), y = z.Part(1);
  if (!IsComplex(z.element())) return Emit<Abs>(record, op, inputs);
  jit::Speaker wide(record, ElementType::kF64);
  if (z.element() == ElementType::kC128) return wide.Lanes<Abs>(x, y);
  const jit::LaneValue square = pairs::SquareOf(wide, WidePair(wide, z));
  jit::Speaker l(record, ElementType::kF32);
  const jit::LaneValue infinity = math::K<math::kInfinity>(l);
  const jit::LaneValue infinite = l.Or(l.Eq(l.Abs(x), infinity), l.Eq(l.Abs(y), infinity));
  return l.Select(infinite, infinity, l.Convert(wide.Sqrt(square), ElementType::kF32));
}

// The one lane function is that of numbers of f64.
double AbsOfParts(double x, double y) { return std::abs(Complex128(x, y)); }
const void* AbsLane(jit::Lane) { return reinterpret_cast<const void*>(&AbsOfParts); }

TileFunction AbsTile(const OpView& op) {
  switch (op.operand(0).element) {
    case ElementType::kC64:
      return &AbsOfC64;
    case ElementType::kC128:
      return &AbsOfC128;
    default:
      return Tile<Abs>(op);
  }
}

constexpr ElementwiseOp AbsElementwise() {
  ElementwiseOp op = RowOf<Abs>::kElementwise;
  op.tile = &AbsTile;
  op.can_emit = &AbsCanEmit;
  op.emit = &AbsEmit;
  op.lane_function = &AbsLane;
  return op;
}
constexpr ElementwiseOp kAbs = AbsElementwise();

constexpr OpDef AbsRow() {
  OpDef row = Row<Abs>();
  row.infer = &AbsInfer;
  row.elements = &AbsElements;
  row.elementwise = &kAbs;
  return row;
}

constexpr OpDef kOps[] = {
    AbsRow(),
    Row<Add>(),
    DivisionRow<Divide>(&kDivide),
    Row<MaximumOp>(),
    Row<MinimumOp>(),
    Row<Multiply>(),
    Row<Negate>(),
    DivisionRow<Remainder>(&kRemainder),
    Row<Sign>(),
    Row<Subtract>(),
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_arithmetic, kOps);

}  // namespace webhlo
