// SPDX-License-Identifier: Apache-2.0
//
// What the families of elementwise ops share. An op is a struct that states its semantics once for
// each kind of element, and Row<Op>() makes its OpDef from them:
//
//   kName, kTypes          name and allowed element types (TypeClass)
//   kArity                 1 or 2 operands, all of the result's type
//   kUlps                  how far an f32 result may be from the exact one; without it every member
//                          rounds once, and f64 tiles and all three answers agree exactly
//   bool Bool(bool...)                   i1
//   I Integer<I>(I..., int bits)         integers: I holds the value, `bits` is the type's width
//   double Real(double...)               floats, in the reference and in f64 functions
//   complex<double> Complex(...)         complex, in the reference and in tiles
//   V Vector(l, V...)                    over a vocabulary, for the classes kVector
//   kVector                classes of types that Vector computes: in tiles of floats (of f64 those
//                          that round once), and in the JIT; others go lane by lane, by Real and
//                          Integer
//   V Vector64(l, V...)    over a vocabulary of f64, for f64, where Vector rounds more than once
//   V Wide(l, V...)        over a vocabulary of f64, for f32 and less in place of Vector
//   kLanes = true          when Vector asks for lane functions itself
//   kSteps                 how many functions of the C library a lane function takes, where it is
//                          many (OpDef::reference_cost)
//   kPartwise = true       when complex numbers are two floats to it
//   Pair<V> Pairs(l, Pair<V>...)   over a vocabulary of f64: complex numbers, in the JIT
//   kPairsOfFloats = true  when only numbers of f32 are computed so
//   kNarrow = false        when lane functions are wrong for integers of 8 and 16 bits, which they
//                          take as ones of 32
//
// Missing members are types the op does not have. Ops of other shapes (compare, select, convert)
// write their rows by hand with the same parts.
#ifndef WEBHLO_CORE_OPS_ELEMENTWISE_H_
#define WEBHLO_CORE_OPS_ELEMENTWISE_H_

#include <cmath>
#include <complex>
#include <cstdint>
#include <string>
#include <type_traits>

#include "core/base/float_math.h"
#include "core/base/strings.h"
#include "core/graph/op_def.h"
#include "core/jit/lane_function.h"
#include "core/jit/speaker.h"
#include "core/kernels/complex-inl.h"
#include "core/kernels/math-inl.h"
#include "core/kernels/math64-inl.h"
#include "core/ops/elementwise_tiles.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo::elementwise {

using Complex128 = std::complex<double>;

// Complex numbers are in lexicographic order.
inline double Maximum(double a, double b) { return NanMaximum(a, b); }
inline double Minimum(double a, double b) { return NanMinimum(a, b); }
inline bool Less(Complex128 a, Complex128 b) {
  return a.real() < b.real() || (a.real() == b.real() && a.imag() < b.imag());
}
inline Complex128 Maximum(Complex128 a, Complex128 b) { return Less(a, b) ? b : a; }
inline Complex128 Minimum(Complex128 a, Complex128 b) { return Less(b, a) ? b : a; }

// Bits of kTypes and kVector.
enum TypeClass : uint32_t {
  kBool = 1,
  kSigned = 2,
  kUnsigned = 4,
  kFloat = 8,
  kComplex = 16,
  kInteger = kSigned | kUnsigned,
};

inline uint32_t ClassOf(ElementType type) {
  if (type == ElementType::kI1) return kBool;
  if (IsSignedInteger(type)) return kSigned;
  if (IsUnsignedInteger(type)) return kUnsigned;
  if (IsFloat(type)) return kFloat;
  if (IsComplex(type)) return kComplex;
  return 0;
}

inline std::string ClassNames(uint32_t classes) {
  std::string out;
  auto add = [&](uint32_t bit, std::string_view name) {
    if (!(classes & bit)) return;
    if (!out.empty()) out += " or ";
    out += name;
  };
  add(kBool, "boolean");
  if ((classes & kInteger) == kInteger) {
    add(kInteger, "integer");
  } else {
    add(kSigned, "signed integer");
    add(kUnsigned, "unsigned integer");
  }
  add(kFloat, "floating-point");
  add(kComplex, "complex");
  return out;
}

// The members of a function of floats that nothing but lanes computes.
template <int arity>
struct LaneFunction {
  static constexpr float kUlps = 0.51f;
  static constexpr ElementCost kCost = ElementCost::kLanes;
  static constexpr uint32_t kTypes = kFloat;
  static constexpr uint32_t kVector = 0;
  static constexpr int kArity = arity;
};

inline Status CheckClass(const OpView& op, const TensorType& type, uint32_t classes) {
  if (ClassOf(type.element) & classes) return OkStatus();
  return op.Error(StrCat("has operands of type ", ToString(type), ", expected ",
                         ClassNames(classes), " elements"));
}

template <class Op>
WEBHLO_SMALL Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, Op::kArity));
  RETURN_IF_ERROR(CheckClass(op, op.operand(0), Op::kTypes));
  if constexpr (Op::kArity == 2) {
    RETURN_IF_ERROR(CheckType(op, "rhs", op.operand_type(1), op.operand_type(0), "C1"));
  }
  RETURN_IF_ERROR(CheckResultType(op, op.operand(0), "C1"));
  results[0] = op.operand_type(0);
  return OkStatus();
}

// Calls f with I = int64_t or uint64_t, as the type is signed.
template <class F>
void ForSignedness(ElementType type, F f) {
  if (IsUnsignedInteger(type)) {
    f(uint64_t{});
  } else {
    f(int64_t{});
  }
}

template <class Op>
WEBHLO_SMALL void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[Op::kArity - 1];
  const TensorView& out = args.outputs[0];
  const ElementType type = a.element();
  const int bits = BitWidth(type);
  auto call = [&](auto f, auto load) {
    if constexpr (Op::kArity == 1) return f(load(a));
    if constexpr (Op::kArity == 2) return f(load(a), load(b));
  };
  for (int64_t i = begin; i < end; ++i) {
    switch (ClassOf(type)) {
      case kBool:
        if constexpr ((Op::kTypes & kBool) != 0) {
          out.SetBool(i, call([](auto... v) { return Op::Bool(v...); },
                              [&](const TensorView& t) { return t.Bool(i); }));
        }
        break;
      case kSigned:
      case kUnsigned:
        if constexpr ((Op::kTypes & kInteger) != 0) {
          ForSignedness(type, [&](auto tag) {
            using I = decltype(tag);
            out.SetI64(i, static_cast<int64_t>(
                              call([&](auto... v) { return Op::template Integer<I>(v..., bits); },
                                   [&](const TensorView& t) { return static_cast<I>(t.I64(i)); })));
          });
        }
        break;
      case kFloat:
        if constexpr ((Op::kTypes & kFloat) != 0) {
          out.SetF64(i, call([](auto... v) { return Op::Real(v...); },
                             [&](const TensorView& t) { return t.F64(i); }));
        }
        break;
      case kComplex:
        if constexpr ((Op::kTypes & kComplex) != 0) {
          out.SetC128(i, call([](auto... v) { return Op::Complex(v...); },
                              [&](const TensorView& t) { return t.C128(i); }));
        }
        break;
    }
  }
}

template <class Op>
concept HasVector64 = requires(jit::Speaker& l, jit::LaneValue v) {
  Op::Vector64(l, v);
};
template <class Op>
concept IsWide = requires(jit::Speaker& l, jit::LaneValue v) {
  Op::Wide(l, v);
}
|| requires(jit::Speaker& l, jit::LaneValue v) { Op::Wide(l, v, v); };

template <class Op>
concept HasPairs = requires(jit::Speaker& l, Pair<jit::LaneValue> z) {
  Op::Pairs(l, z);
}
|| requires(jit::Speaker& l, Pair<jit::LaneValue> z) { Op::Pairs(l, z, z); };

template <class Op, class T>
WEBHLO_TILE void VectorTile(const void* const* inputs, void* output, size_t count) {
  VectorLoop<T, T, Op::kArity>(inputs, output, count, [](auto& l, auto... v) {
    if constexpr (std::is_same_v<T, double> && HasVector64<Op>) {
      return Op::Vector64(l, v...);
    } else {
      return Op::Vector(l, v...);
    }
  });
}
// Of floats, by vectors of double.
template <class Op>
WEBHLO_TILE void WideTile(const void* const* inputs, void* output, size_t count) {
  Hwy<double> l;
  constexpr auto d = Hwy<double>::d;
  constexpr hn::Rebind<float, Hwy<double>::D> narrow{};
  const size_t lanes = hn::Lanes(d);
  float* out = static_cast<float*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; i += lanes) {
    auto in = [&](int k) {
      return hn::PromoteTo(d, hn::LoadU(narrow, static_cast<const float*>(inputs[k]) + i));
    };
    const auto result = [&] {
      if constexpr (Op::kArity == 1) return hn::DemoteTo(narrow, Op::Wide(l, in(0)));
      if constexpr (Op::kArity == 2) return hn::DemoteTo(narrow, Op::Wide(l, in(0), in(1)));
    }();
    if (i + lanes <= count) {
      hn::StoreU(result, narrow, out + i);
    } else {
      hn::StoreN(result, narrow, out + i, count - i);
    }
  }
}
template <class Op, class T>
WEBHLO_SMALL void RealTile(const void* const* inputs, void* output, size_t count) {
  ScalarLoop<T, T, Op::kArity>(inputs, output, count,
                               [](auto... v) { return CallOnLane<Op>(v...); });
}
template <class Op, class I>
WEBHLO_SMALL void IntegerTile(const void* const* inputs, void* output, size_t count) {
  ScalarLoop<I, I, Op::kArity>(inputs, output, count, [](auto... v) {
    return static_cast<I>(Op::template Integer<I>(v..., static_cast<int>(8 * sizeof(I))));
  });
}
template <class Op>
WEBHLO_SMALL void BoolTile(const void* const* inputs, void* output, size_t count) {
  ScalarLoop<uint8_t, uint8_t, Op::kArity>(
      inputs, output, count, [](auto... v) { return static_cast<uint8_t>(Op::Bool(v != 0 ...)); });
}

template <class Op>
constexpr float UlpsOf() {
  if constexpr (requires { Op::kUlps; }) return Op::kUlps;
  return ElementwiseOp().ulps;
}

// Whether Vector computes floats of type T; else Real does, element by element.
template <class Op, class T>
constexpr bool IsVector() {
  if constexpr ((Op::kVector & kFloat) == 0) {
    return false;
  } else {
    return UlpsOf<Op>() <= 0.5f || std::is_same_v<T, float> || HasVector64<Op>;
  }
}

template <class Op, class T>
constexpr TileFunction FloatTile() {
  if constexpr (IsVector<Op, T>()) {
    return &VectorTile<Op, T>;
  } else if constexpr (IsWide<Op> && std::is_same_v<T, float>) {
    return &WideTile<Op>;
  } else {
    return &RealTile<Op, T>;
  }
}

// Complex numbers through the reference's arithmetic; where the parts do not meet, as vectors.
template <class Op, class T>
WEBHLO_SMALL void ComplexTile(const void* const* inputs, void* output, size_t count) {
  using C = std::complex<T>;
  ScalarLoop<C, C, Op::kArity>(inputs, output, count, [](auto... v) {
    return static_cast<C>(Op::Complex(Complex128(v)...));
  });
}
template <class Op, class T>
void PartsTile(const void* const* inputs, void* output, size_t count) {
  VectorTile<Op, T>(inputs, output, 2 * count);
}

template <class Op, class T>
constexpr TileFunction ComplexTileOf() {
  if constexpr (requires { Op::kPartwise; }) {
    return &PartsTile<Op, T>;
  } else {
    return &ComplexTile<Op, T>;
  }
}

template <class Op>
TileFunction Tile(const OpView& op) {
  const ElementType type = op.operand(0).element;
  if constexpr ((Op::kTypes & kComplex) != 0) {
    if (type == ElementType::kC64) return ComplexTileOf<Op, float>();
    if (type == ElementType::kC128) return ComplexTileOf<Op, double>();
  }
  if constexpr ((Op::kTypes & kFloat) != 0) {
    switch (type) {
      case ElementType::kF32:
        return FloatTile<Op, float>();
      case ElementType::kF64:
        return FloatTile<Op, double>();
      case ElementType::kF16:
        return &SmallFloatTile<Half, Op::kArity, FloatTile<Op, float>()>;
      case ElementType::kBF16:
        return &SmallFloatTile<Bfloat16, Op::kArity, FloatTile<Op, float>()>;
      default:
        break;
    }
  }
  if constexpr ((Op::kTypes & kSigned) != 0) {
    switch (type) {
      case ElementType::kI8:
        return &IntegerTile<Op, int8_t>;
      case ElementType::kI16:
        return &IntegerTile<Op, int16_t>;
      case ElementType::kI32:
        return &IntegerTile<Op, int32_t>;
      case ElementType::kI64:
        return &IntegerTile<Op, int64_t>;
      default:
        break;
    }
  }
  if constexpr ((Op::kTypes & kUnsigned) != 0) {
    switch (type) {
      case ElementType::kU8:
        return &IntegerTile<Op, uint8_t>;
      case ElementType::kU16:
        return &IntegerTile<Op, uint16_t>;
      case ElementType::kU32:
        return &IntegerTile<Op, uint32_t>;
      case ElementType::kU64:
        return &IntegerTile<Op, uint64_t>;
      default:
        break;
    }
  }
  if constexpr ((Op::kTypes & kBool) != 0) {
    if (type == ElementType::kI1) return &BoolTile<Op>;
  }
  return nullptr;
}

// Whether the JIT needs the op's lane functions.
template <class Op>
constexpr bool UsesLanes() {
  if constexpr (requires { Op::kLanes; }) return true;
  if constexpr ((Op::kTypes & kFloat) != 0 && !IsVector<Op, double>()) return true;
  return (Op::kTypes & ~kComplex & ~Op::kVector) != 0;
}

template <class Op>
constexpr bool EmitsComplex(ElementType type) {
  if constexpr ((Op::kTypes & kComplex) == 0) return false;
  if constexpr (requires { Op::kPairsOfFloats; }) return type == ElementType::kC64;
  return HasPairs<Op> || requires { Op::kPartwise; };
}

template <class Op>
bool CanEmit(const OpView& op) {
  const ElementType type = op.operand(0).element;
  if (!jit::LaneHolding(type) || !(ClassOf(type) & Op::kTypes)) return false;
  if (IsComplex(type)) return EmitsComplex<Op>(type);
  if constexpr (requires { Op::kNarrow; }) return type == ElementType::kI1 || ByteWidth(type) >= 4;
  return true;
}

// A complex number as two values of f64, and as a number of `type` again.
WEBHLO_SMALL inline Pair<jit::LaneValue> WidePair(jit::Speaker& l, jit::LaneValue v) {
  return {l.Convert(v.Part(0), ElementType::kF64), l.Convert(v.Part(1), ElementType::kF64)};
}
WEBHLO_SMALL inline jit::LaneValue NarrowPair(jit::Speaker& l, Pair<jit::LaneValue> z,
                                              ElementType type) {
  return l.Convert(jit::Speaker::Complex(z.re, z.im), type);
}

template <class Op>
WEBHLO_SMALL jit::LaneValue EmitComplex(jit::Record& record,
                                        std::span<const jit::LaneValue> inputs) {
  const jit::LaneValue a = inputs[0], b = inputs[Op::kArity - 1];
  if constexpr (HasPairs<Op>) {
    jit::Speaker l(record, ElementType::kF64);
    const Pair<jit::LaneValue> x = WidePair(l, a), y = WidePair(l, b);
    if constexpr (Op::kArity == 1) return NarrowPair(l, Op::Pairs(l, x), a.element());
    if constexpr (Op::kArity == 2) return NarrowPair(l, Op::Pairs(l, x, y), a.element());
  } else {
    jit::Speaker l(record, a.element());
    const auto part = [&](int k) {
      if constexpr (Op::kArity == 1) return Op::Vector(l, a.Part(k));
      if constexpr (Op::kArity == 2) return Op::Vector(l, a.Part(k), b.Part(k));
    };
    const jit::LaneValue re = part(0);
    return l.Complex(re, part(1));
  }
}

template <class Op>
WEBHLO_SMALL jit::LaneValue Emit(jit::Record& record, const OpView&,
                                 std::span<const jit::LaneValue> inputs) {
  const ElementType type = inputs[0].element();
  if constexpr (EmitsComplex<Op>(ElementType::kC64)) {
    if (IsComplex(type)) return EmitComplex<Op>(record, inputs);
  }
  jit::Speaker l(record, type);
  if constexpr (HasVector64<Op>) {
    if (type == ElementType::kF64) return Op::Vector64(l, inputs[0]);
  }
  if constexpr (IsWide<Op>) {
    if (IsFloat(type) && type != ElementType::kF64) {
      constexpr ElementType kF64 = ElementType::kF64;
      jit::Speaker wide(record, kF64);
      const jit::LaneValue x = wide.Convert(inputs[0], kF64),
                           y = wide.Convert(inputs[Op::kArity - 1], kF64);
      if constexpr (Op::kArity == 1) return wide.Convert(Op::Wide(wide, x), type);
      if constexpr (Op::kArity == 2) return wide.Convert(Op::Wide(wide, x, y), type);
    }
  }
  if constexpr (Op::kVector != 0) {
    if (type == ElementType::kF64 ? IsVector<Op, double>() : (ClassOf(type) & Op::kVector) != 0) {
      const jit::LaneValue a = l.Held(inputs[0]), b = l.Held(inputs[Op::kArity - 1]);
      if constexpr (Op::kArity == 1) return l.Narrow(Op::Vector(l, a), type);
      if constexpr (Op::kArity == 2) return l.Narrow(Op::Vector(l, a, b), type);
    }
  }
  const jit::LaneValue a = l.Widen(inputs[0]), b = l.Widen(inputs[Op::kArity - 1]);
  if constexpr (Op::kArity == 1) return l.Narrow(l.template Lanes<Op>(a), type);
  if constexpr (Op::kArity == 2) return l.Narrow(l.template Lanes<Op>(a, b), type);
}

template <class Op>
constexpr ElementCost CostOf() {
  if constexpr (requires { Op::kCost; }) return Op::kCost;
  return ElementCost::kSimple;
}

template <class Op>
constexpr auto LaneFunctionOf() -> decltype(ElementwiseOp::lane_function) {
  if constexpr (UsesLanes<Op>()) {
    return &jit::LaneFunction<Op>;
  } else {
    return nullptr;
  }
}

template <class Op>
constexpr auto StepsOf() -> decltype(OpDef::reference_cost) {
  if constexpr (requires { Op::kSteps; }) {
    return [](const OpView&) -> double { return Op::kSteps; };
  } else {
    return nullptr;
  }
}

template <class Op>
struct RowOf {
  static constexpr ElementwiseOp kElementwise = {.tile = &Tile<Op>,
                                                 .can_emit = &CanEmit<Op>,
                                                 .emit = &Emit<Op>,
                                                 .lane_function = LaneFunctionOf<Op>(),
                                                 .cost = CostOf<Op>(),
                                                 .ulps = UlpsOf<Op>()};
};

template <class Op>
constexpr OpDef Row() {
  return {.name = Op::kName,
          .infer = &Infer<Op>,
          .elements = &Elements<Op>,
          .kernels = kTileKernels,
          .elementwise = &RowOf<Op>::kElementwise,
          .reference_cost = StepsOf<Op>()};
}

}  // namespace webhlo::elementwise

#endif  // WEBHLO_CORE_OPS_ELEMENTWISE_H_
