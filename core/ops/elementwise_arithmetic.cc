// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic: https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of the same
// names.
#include <cmath>
#include <complex>

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

struct Divide {
  static constexpr std::string_view kName = "stablehlo.divide";
  static constexpr ElementCost kCost = ElementCost::kFunction;
  static constexpr uint32_t kTypes = kNumbers;
  static constexpr uint32_t kVector = kFloat;
  static constexpr int kArity = 2;
  template <class I>
  static I Integer(I a, I b, int) {
    return IntegerDivide(a, b);
  }
  static double Real(double a, double b) { return a / b; }
  static Complex128 Complex(Complex128 a, Complex128 b) { return a / b; }
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
    return a / std::abs(a);
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

WEBHLO_SMALL void AbsElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  if (!IsComplex(args.inputs[0].element())) return Elements<Abs>(args, begin, end);
  const TensorView& out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    out.SetF64(i, std::abs(args.inputs[0].C128(i)));
  }
}

constexpr OpDef AbsRow() {
  OpDef row = Row<Abs>();
  row.infer = &AbsInfer;
  row.elements = &AbsElements;
  return row;
}

constexpr OpDef kOps[] = {
    AbsRow(),        Row<Add>(),    Row<Divide>(),    Row<MaximumOp>(), Row<MinimumOp>(),
    Row<Multiply>(), Row<Negate>(), Row<Remainder>(), Row<Sign>(),      Row<Subtract>(),
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_arithmetic, kOps);

}  // namespace webhlo
