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
//   complex<double> Complex(...)         complex, in the reference
//   V Vector(l, V...)                    over a vocabulary, for the classes kVector
//   kVector                classes of types that Vector computes: in tiles of floats (of f64 those
//                          that round once), and in the JIT; others go lane by lane, by Real and
//                          Integer
//   kLanes = true          when Vector asks for lane functions itself
//   kSteps                 how many functions of the C library a lane function takes, where it is
//                          many (OpDef::reference_cost)
//   kPartwise = true       when complex numbers are two floats to it
//   kNarrow = false        when 32-bit lanes are wrong for the 8 and 16-bit integers that they hold
//
// Missing members are types the op does not have. Ops of other shapes (compare, select, convert)
// write their rows by hand with the same parts.
//
// Tiles may read up to kBufferPadding bytes past the end of their inputs.
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
#include "core/kernels/choice.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/float_convert.h"
#include "core/kernels/math-inl.h"
#include "core/kernels/simd-inl.h"
#include "core/ops/elementwise_cost.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo::elementwise {

// References, and tiles that matter only where the JIT cannot help, are made small; other tiles are
// vectorized, but neither unrolled nor copied into their callers.
#if defined(__clang__)
#define WEBHLO_PLAIN_LOOP _Pragma("clang loop interleave(disable) unroll(disable)")
#else
#define WEBHLO_PLAIN_LOOP
#endif
#define WEBHLO_TILE __attribute__((noinline))

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

// Vectors of T through a vocabulary function of any arity.
template <class T, class R = T, int kArity, class F>
void VectorLoop(const void* const* inputs, void* output, size_t count, F f) {
  Hwy<T> l;
  constexpr auto d = Hwy<T>::d;
  const size_t lanes = hn::Lanes(d);
  T* out = static_cast<T*>(output);
  auto at = [&](size_t i) {
    auto in = [&](int k) { return hn::LoadU(d, static_cast<const T*>(inputs[k]) + i); };
    if constexpr (kArity == 1) return f(l, in(0));
    if constexpr (kArity == 2) return f(l, in(0), in(1));
    if constexpr (kArity == 3) return f(l, in(0), in(1), in(2));
  };
  size_t i = 0;
  WEBHLO_PLAIN_LOOP
  for (; i + lanes <= count; i += lanes) hn::StoreU(at(i), d, out + i);
  if (i < count) hn::StoreN(at(i), d, out + i, count - i);
}

template <class T, class R, int kArity, class F>
void ScalarLoop(const void* const* inputs, void* output, size_t count, F f) {
  const T* a = static_cast<const T*>(inputs[0]);
  const T* b = static_cast<const T*>(inputs[kArity - 1]);
  R* out = static_cast<R*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    if constexpr (kArity == 1) out[i] = f(a[i]);
    if constexpr (kArity == 2) out[i] = f(a[i], b[i]);
  }
}

template <class Op, class T>
WEBHLO_TILE void VectorTile(const void* const* inputs, void* output, size_t count) {
  VectorLoop<T, T, Op::kArity>(inputs, output, count,
                               [](auto& l, auto... v) { return Op::Vector(l, v...); });
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

struct Half {
  static float Decode(uint16_t h) { return HalfToFloat(h); }
  static uint16_t Encode(float f) { return FloatToHalf(f); }
};
struct Bfloat16 {
  static float Decode(uint16_t h) { return Bfloat16ToFloat(h); }
  static uint16_t Encode(float f) { return FloatToBfloat16(f); }
};

// f16 and bf16 through the f32 tile. One more rounding: harmless for + - x / sqrt (24 bits are
// enough for that), within the bound for functions.
template <class Format>
WEBHLO_TILE void RunSmallFloatTile(TileFunction tile, int arity, const void* const* inputs,
                                   void* output, size_t count) {
  constexpr size_t kChunk = 256;
  constexpr size_t kPadding = 16;
  alignas(64) float buffers[3][kChunk + kPadding];
  const void* pointers[3] = {buffers[0], buffers[1], buffers[2]};
  uint16_t* out = static_cast<uint16_t*>(output);
  for (size_t i = 0; i < count; i += kChunk) {
    const size_t n = std::min(kChunk, count - i);
    for (int k = 0; k < arity; ++k) {
      const uint16_t* in = static_cast<const uint16_t*>(inputs[k]) + i;
      WEBHLO_PLAIN_LOOP
      for (size_t j = 0; j < n; ++j) buffers[k][j] = Format::Decode(in[j]);
      // Lanes past the end compute something; let it be something defined.
      for (size_t j = n; j < n + kPadding; ++j) buffers[k][j] = 0;
    }
    tile(pointers, buffers[0], n);
    WEBHLO_PLAIN_LOOP
    for (size_t j = 0; j < n; ++j) out[i + j] = Format::Encode(buffers[0][j]);
  }
}

template <class Format, int kArity, TileFunction kTile>
void SmallFloatTile(const void* const* inputs, void* output, size_t count) {
  RunSmallFloatTile<Format>(kTile, kArity, inputs, output, count);
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
    return UlpsOf<Op>() <= 0.5f || std::is_same_v<T, float>;
  }
}

template <class Op, class T>
constexpr TileFunction FloatTile() {
  if constexpr (IsVector<Op, T>()) {
    return &VectorTile<Op, T>;
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
bool CanEmit(const OpView& op) {
  const ElementType type = op.operand(0).element;
  if (!jit::LaneOf(type) || !(ClassOf(type) & Op::kTypes)) return false;
  if constexpr (requires { Op::kNarrow; }) return type == ElementType::kI1 || ByteWidth(type) >= 4;
  return true;
}

template <class Op>
WEBHLO_SMALL jit::LaneValue Emit(jit::Record& record, const OpView&,
                                 std::span<const jit::LaneValue> inputs) {
  const ElementType type = inputs[0].element;
  jit::Speaker l(record, type);
  const jit::LaneValue a = l.Widen(inputs[0]), b = l.Widen(inputs[Op::kArity - 1]);
  if constexpr (Op::kVector != 0) {
    if (type == ElementType::kF64 ? IsVector<Op, double>() : (ClassOf(type) & Op::kVector) != 0) {
      if constexpr (Op::kArity == 1) return l.Narrow(Op::Vector(l, a), type);
      if constexpr (Op::kArity == 2) return l.Narrow(Op::Vector(l, a, b), type);
    }
  }
  if constexpr (Op::kArity == 1) return l.Narrow(l.template Lanes<Op>(a), type);
  if constexpr (Op::kArity == 2) return l.Narrow(l.template Lanes<Op>(a, b), type);
}

// The tile of a node by itself, as a kernel.
inline std::optional<KernelChoice> ProposeTile(const KernelRequest& request) {
  const OpView& op = request.op;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    if (op.operand(i).dims != op.result().dims) return std::nullopt;  // Scalar pred, min, max.
  }
  if (!op.node().op->elementwise->tile(op)) return std::nullopt;
  return KernelChoice{.sizes = std::string(op.name())};
}

inline Result<std::unique_ptr<Kernel>> MakeTile(const KernelSite& site) {
  const OpView& op = site.op;
  std::vector<int> widths;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    widths.push_back(ByteWidth(op.operand(i).element));
  }
  return MakeTileKernel(op.node().op->elementwise->tile(op), widths, ByteWidth(op.result().element),
                        op.result().NumElements(), ElementWork(op));
}

inline constexpr KernelRow kTileKernels[] = {
    {.name = "tile", .propose = ProposeTile, .make = MakeTile}};

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
