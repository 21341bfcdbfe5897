// SPDX-License-Identifier: Apache-2.0
//
// is_finite, compare, select and clamp:
// https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of the same names.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

// How a compare tile reads an element: as what is ordered by <.
template <class T>
struct Plain {
  using Storage = T;
  static T Key(T v) { return v; }
};
template <class Format>
struct SmallFloat {
  using Storage = uint16_t;
  static float Key(uint16_t v) { return Format::Decode(v); }
};
// Total order of floats: as sign and magnitude, turned to two's complement.
template <class I>
struct Total {
  using Storage = I;
  static I Key(I v) {
    using U = std::make_unsigned_t<I>;
    return static_cast<I>(v ^ static_cast<I>(static_cast<U>(v >> (8 * sizeof(I) - 1)) >> 1));
  }
};
// Complex numbers, by their real parts, and where these are equal by the others.
template <class T>
struct Number {
  T re, im;
  auto operator<=>(const Number&) const = default;
};
struct Truth {
  using Storage = uint8_t;
  static uint8_t Key(uint8_t v) { return v != 0; }
};

// is_finite

WEBHLO_SMALL Status IsFiniteInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckClass(op, op.operand(0), kFloat));
  // C1
  return SetResult(op, results, 0, ElementType::kI1, op.operand(0).dims);
}

WEBHLO_SMALL void IsFiniteElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    out.SetBool(i, std::isfinite(args.inputs[0].F64(i)));
  }
}

// Finite: some exponent bit is zero.
template <class U, U kExponent>
WEBHLO_SMALL void IsFiniteTile(const void* const* inputs, void* output, size_t count) {
  ScalarLoop<U, uint8_t, 1>(inputs, output, count,
                            [](U v) -> uint8_t { return (v & kExponent) != kExponent; });
}

TileFunction IsFiniteTileOf(const OpView& op) {
  switch (op.operand(0).element) {
    case ElementType::kF16:
      return &IsFiniteTile<uint16_t, 0x7c00>;
    case ElementType::kBF16:
      return &IsFiniteTile<uint16_t, 0x7f80>;
    case ElementType::kF32:
      return &IsFiniteTile<uint32_t, 0x7f800000>;
    case ElementType::kF64:
      return &IsFiniteTile<uint64_t, 0x7ff0000000000000>;
    default:
      return nullptr;
  }
}

bool EmitsOperand(const OpView& op) { return jit::LaneHolding(op.operand(0).element).has_value(); }

jit::LaneValue IsFiniteEmit(jit::Record& record, const OpView&,
                            std::span<const jit::LaneValue> inputs) {
  jit::Speaker l(record, inputs[0].element());
  return l.Lt(l.Abs(l.Held(inputs[0])), math::K<math::kInfinity>(l));
}

constexpr ElementwiseOp kIsFinite = {
    .tile = &IsFiniteTileOf, .can_emit = &EmitsOperand, .emit = &IsFiniteEmit};

// compare

bool IsTotalOrder(const OpView& op) { return op.String("compare_type") == "TOTALORDER"; }

WEBHLO_SMALL Status CompareInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1);
  RETURN_IF_ERROR(CheckClass(op, lhs, kBool | kInteger | kFloat | kComplex));
  RETURN_IF_ERROR(CheckElement(op, "rhs", rhs.element, lhs.element, "C1"));
  RETURN_IF_ERROR(CheckShape(op, "rhs", rhs, lhs.dims, "C2"));
  const std::string_view direction = op.String("comparison_direction");
  OP_CHECK(op,
           direction == "EQ" || direction == "NE" || direction == "GE" || direction == "GT" ||
               direction == "LE" || direction == "LT",
           "comparison_direction is ", direction);
  const std::string_view type = op.String("compare_type", "NOTYPE");
  const uint32_t element = ClassOf(lhs.element);
  const bool fits = type == "NOTYPE" || (type == "SIGNED" && element == kSigned) ||
                    (type == "UNSIGNED" && (element & (kUnsigned | kBool))) ||
                    (type == "FLOAT" && (element & (kFloat | kComplex))) ||
                    (type == "TOTALORDER" && element == kFloat);
  OP_CHECK(op, fits, "compare_type is ", type, " for ", ToString(lhs), " (C3)");
  return SetResult(op, results, 0, ElementType::kI1, lhs.dims);  // C2
}

// What EQ, LT, ... say of operands that are less, equal, greater or not ordered.
enum Order : int { kLess = 1, kEqual = 2, kGreater = 4, kUnordered = 8 };

int AcceptedOrders(std::string_view direction) {
  if (direction == "EQ") return kEqual;
  if (direction == "NE") return kLess | kGreater | kUnordered;
  if (direction == "GE") return kEqual | kGreater;
  if (direction == "GT") return kGreater;
  if (direction == "LE") return kLess | kEqual;
  return kLess;
}

template <class T>
int OrderOf(T a, T b) {
  return a < b ? kLess : b < a ? kGreater : a == b ? kEqual : kUnordered;
}

int64_t TotalKey(const TensorView& t, int64_t i) {
  int64_t bits = 0;
  std::memcpy(&bits, t.at(i), static_cast<size_t>(t.width()));
  const int shift = 64 - BitWidth(t.element());
  return Total<int64_t>::Key(static_cast<int64_t>(static_cast<uint64_t>(bits) << shift));
}

WEBHLO_SMALL void CompareElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView &a = args.inputs[0], &b = args.inputs[1], &out = args.outputs[0];
  const int accepted = AcceptedOrders(args.op.String("comparison_direction"));
  const bool total = IsTotalOrder(args.op);
  for (int64_t i = begin; i < end; ++i) {
    int order = kUnordered;
    switch (ClassOf(a.element())) {
      case kBool:
        order = OrderOf(a.Bool(i), b.Bool(i));
        break;
      case kSigned:
        order = OrderOf(a.I64(i), b.I64(i));
        break;
      case kUnsigned:
        order = OrderOf(a.U64(i), b.U64(i));
        break;
      case kFloat:
        order = total ? OrderOf(TotalKey(a, i), TotalKey(b, i)) : OrderOf(a.F64(i), b.F64(i));
        break;
      case kComplex: {
        const Complex128 x = a.C128(i), y = b.C128(i);
        order = OrderOf(x.real(), y.real());
        if (order == kEqual) order = OrderOf(x.imag(), y.imag());
        break;
      }
    }
    out.SetBool(i, (order & accepted) != 0);
  }
}

template <class Read, class F>
WEBHLO_SMALL void CompareTile(const void* const* inputs, void* output, size_t count) {
  using S = typename Read::Storage;
  ScalarLoop<S, uint8_t, 2>(inputs, output, count,
                            [](S a, S b) -> uint8_t { return F()(Read::Key(a), Read::Key(b)); });
}
template <TileFunction kTile>
void SwappedTile(const void* const* inputs, void* output, size_t count) {
  const void* swapped[] = {inputs[1], inputs[0]};
  kTile(swapped, output, count);
}

template <class Read>
TileFunction CompareTileFor(std::string_view direction) {
  if (direction == "EQ") return &CompareTile<Read, std::equal_to<>>;
  if (direction == "NE") return &CompareTile<Read, std::not_equal_to<>>;
  if (direction == "LT") return &CompareTile<Read, std::less<>>;
  if (direction == "LE") return &CompareTile<Read, std::less_equal<>>;
  if (direction == "GT") return &SwappedTile<&CompareTile<Read, std::less<>>>;
  return &SwappedTile<&CompareTile<Read, std::less_equal<>>>;
}

TileFunction CompareTileOf(const OpView& op) {
  const std::string_view direction = op.String("comparison_direction");
  const bool total = IsTotalOrder(op);
  switch (op.operand(0).element) {
    case ElementType::kI1:
      return CompareTileFor<Truth>(direction);
    case ElementType::kI8:
      return CompareTileFor<Plain<int8_t>>(direction);
    case ElementType::kI16:
      return CompareTileFor<Plain<int16_t>>(direction);
    case ElementType::kI32:
      return CompareTileFor<Plain<int32_t>>(direction);
    case ElementType::kI64:
      return CompareTileFor<Plain<int64_t>>(direction);
    case ElementType::kU8:
      return CompareTileFor<Plain<uint8_t>>(direction);
    case ElementType::kU16:
      return CompareTileFor<Plain<uint16_t>>(direction);
    case ElementType::kU32:
      return CompareTileFor<Plain<uint32_t>>(direction);
    case ElementType::kU64:
      return CompareTileFor<Plain<uint64_t>>(direction);
    case ElementType::kF16:
      return total ? CompareTileFor<Total<int16_t>>(direction)
                   : CompareTileFor<SmallFloat<Half>>(direction);
    case ElementType::kBF16:
      return total ? CompareTileFor<Total<int16_t>>(direction)
                   : CompareTileFor<SmallFloat<Bfloat16>>(direction);
    case ElementType::kF32:
      return total ? CompareTileFor<Total<int32_t>>(direction)
                   : CompareTileFor<Plain<float>>(direction);
    case ElementType::kF64:
      return total ? CompareTileFor<Total<int64_t>>(direction)
                   : CompareTileFor<Plain<double>>(direction);
    case ElementType::kC64:
      return CompareTileFor<Plain<Number<float>>>(direction);
    case ElementType::kC128:
      return CompareTileFor<Plain<Number<double>>>(direction);
    default:
      return nullptr;
  }
}

jit::LaneValue CompareEmit(jit::Record& record, const OpView& op,
                           std::span<const jit::LaneValue> inputs) {
  jit::Speaker l(record, inputs[0].element());
  const std::string_view direction = op.String("comparison_direction");
  const bool turned = direction == "GT" || direction == "GE";
  jit::LaneValue a = l.Held(inputs[turned ? 1 : 0]), b = l.Held(inputs[turned ? 0 : 1]);
  const auto compare = [&](jit::LaneValue x, jit::LaneValue y) {
    if (direction == "EQ") return l.Eq(x, y);
    if (direction == "NE") return l.Ne(x, y);
    return direction == "LT" || direction == "GT" ? l.Lt(x, y) : l.Le(x, y);
  };
  if (IsComplex(a.element())) {
    const jit::LaneValue x = a.Part(0), y = b.Part(0), by_imag = compare(a.Part(1), b.Part(1));
    if (direction == "NE") return l.Or(l.Ne(x, y), by_imag);
    const jit::LaneValue both = l.And(l.Eq(x, y), by_imag);
    return direction == "EQ" ? both : l.Or(l.Lt(x, y), both);
  }
  if (IsTotalOrder(op)) {
    auto key = [&](jit::LaneValue v) {
      const jit::LaneValue i = l.Bits(v);
      return l.Xor(i, l.ShiftRightLogical(l.ShiftRight(i, BitWidth(i.element()) - 1), 1));
    };
    a = key(a);
    b = key(b);
  }
  return compare(a, b);
}

// The total order is one of bits, which lanes have of floats of 16 bits and more.
bool CompareCanEmit(const OpView& op) {
  return EmitsOperand(op) && !(IsTotalOrder(op) && ByteWidth(op.operand(0).element) == 1);
}

constexpr ElementwiseOp kCompare = {
    .tile = &CompareTileOf, .can_emit = &CompareCanEmit, .emit = &CompareEmit};

// select

WEBHLO_SMALL Status SelectInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  const TensorType &pred = op.operand(0), &on_true = op.operand(1);
  RETURN_IF_ERROR(CheckElement(op, "pred", pred.element, ElementType::kI1, "I1"));
  if (pred.rank() != 0) RETURN_IF_ERROR(CheckShape(op, "pred", pred, on_true.dims, "C1"));
  RETURN_IF_ERROR(CheckType(op, "on_false", op.operand_type(2), op.operand_type(1), "C2"));
  results[0] = op.operand_type(1);  // C2
  return OkStatus();
}

WEBHLO_SMALL void SelectElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView &pred = args.inputs[0], &out = args.outputs[0];
  const bool scalar = pred.rank() == 0;
  for (int64_t i = begin; i < end; ++i) {
    const TensorView& from = args.inputs[pred.Bool(scalar ? 0 : i) ? 1 : 2];
    std::memcpy(out.at(i), from.at(i), static_cast<size_t>(out.width()));
  }
}

template <class U>
WEBHLO_TILE void SelectTile(const void* const* inputs, void* output, size_t count) {
  const uint8_t* pred = static_cast<const uint8_t*>(inputs[0]);
  const U* on_true = static_cast<const U*>(inputs[1]);
  const U* on_false = static_cast<const U*>(inputs[2]);
  U* out = static_cast<U*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = pred[i] ? on_true[i] : on_false[i];
}

TileFunction SelectTileOf(const OpView& op) {
  switch (ByteWidth(op.result().element)) {
    case 1:
      return &SelectTile<uint8_t>;
    case 2:
      return &SelectTile<uint16_t>;
    case 4:
      return &SelectTile<uint32_t>;
    case 8:
      return &SelectTile<uint64_t>;
    case 16:
      return &SelectTile<Number<uint64_t>>;
    default:
      return nullptr;
  }
}

bool SelectCanEmit(const OpView& op) { return jit::LaneHolding(op.result().element).has_value(); }

jit::LaneValue SelectEmit(jit::Record& record, const OpView&,
                          std::span<const jit::LaneValue> inputs) {
  return jit::Speaker(record, inputs[1].element()).Select(inputs[0], inputs[1], inputs[2]);
}

constexpr ElementwiseOp kSelect = {
    .tile = &SelectTileOf, .can_emit = &SelectCanEmit, .emit = &SelectEmit};

// clamp

WEBHLO_SMALL Status ClampInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  const TensorType &min = op.operand(0), &operand = op.operand(1), &max = op.operand(2);
  RETURN_IF_ERROR(CheckClass(op, operand, kBool | kInteger | kFloat | kComplex));
  if (min.rank() != 0) RETURN_IF_ERROR(CheckShape(op, "min", min, operand.dims, "C1"));
  if (max.rank() != 0) RETURN_IF_ERROR(CheckShape(op, "max", max, operand.dims, "C2"));
  RETURN_IF_ERROR(CheckElement(op, "min", min.element, operand.element, "C3"));
  RETURN_IF_ERROR(CheckElement(op, "max", max.element, operand.element, "C3"));
  results[0] = op.operand_type(1);  // C4
  return OkStatus();
}

// min(max(x, low), high).
template <class T>
T Clamp(T low, T x, T high) {
  if constexpr (std::is_same_v<T, double> || std::is_same_v<T, Complex128>) {
    return Minimum(Maximum(x, low), high);
  } else {
    const T raised = x < low ? low : x;
    return high < raised ? high : raised;
  }
}

WEBHLO_SMALL void ClampElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView &low = args.inputs[0], &x = args.inputs[1], &high = args.inputs[2];
  const TensorView& out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    const int64_t l = low.rank() == 0 ? 0 : i, h = high.rank() == 0 ? 0 : i;
    switch (ClassOf(x.element())) {
      case kBool:
        out.SetBool(i, Clamp(low.Bool(l), x.Bool(i), high.Bool(h)));
        break;
      case kSigned:
        out.SetI64(i, Clamp(low.I64(l), x.I64(i), high.I64(h)));
        break;
      case kUnsigned:
        out.SetI64(i, static_cast<int64_t>(Clamp(low.U64(l), x.U64(i), high.U64(h))));
        break;
      case kFloat:
        out.SetF64(i, Clamp(low.F64(l), x.F64(i), high.F64(h)));
        break;
      case kComplex:
        out.SetC128(i, Clamp(low.C128(l), x.C128(i), high.C128(h)));
        break;
    }
  }
}

template <class T>
WEBHLO_TILE void FloatClampTile(const void* const* inputs, void* output, size_t count) {
  VectorLoop<T, T, 3>(inputs, output, count, [](auto& l, auto low, auto x, auto high) {
    return l.Min(l.Max(x, low), high);
  });
}
template <class T>
WEBHLO_SMALL void ClampTile(const void* const* inputs, void* output, size_t count) {
  const T* low = static_cast<const T*>(inputs[0]);
  const T* x = static_cast<const T*>(inputs[1]);
  const T* high = static_cast<const T*>(inputs[2]);
  T* out = static_cast<T*>(output);
  for (size_t i = 0; i < count; ++i) out[i] = Clamp(low[i], x[i], high[i]);
}

TileFunction ClampTileOf(const OpView& op) {
  switch (op.operand(1).element) {
    case ElementType::kI1:
    case ElementType::kU8:
      return &ClampTile<uint8_t>;
    case ElementType::kI8:
      return &ClampTile<int8_t>;
    case ElementType::kI16:
      return &ClampTile<int16_t>;
    case ElementType::kI32:
      return &ClampTile<int32_t>;
    case ElementType::kI64:
      return &ClampTile<int64_t>;
    case ElementType::kU16:
      return &ClampTile<uint16_t>;
    case ElementType::kU32:
      return &ClampTile<uint32_t>;
    case ElementType::kU64:
      return &ClampTile<uint64_t>;
    case ElementType::kF16:
      return &SmallFloatTile<Half, 3, &FloatClampTile<float>>;
    case ElementType::kBF16:
      return &SmallFloatTile<Bfloat16, 3, &FloatClampTile<float>>;
    case ElementType::kF32:
      return &FloatClampTile<float>;
    case ElementType::kF64:
      return &FloatClampTile<double>;
    default:
      return nullptr;
  }
}

bool ClampCanEmit(const OpView& op) {
  const ElementType type = op.operand(1).element;
  return jit::LaneHolding(type) && !IsComplex(type);
}

jit::LaneValue ClampEmit(jit::Record& record, const OpView&,
                         std::span<const jit::LaneValue> inputs) {
  const ElementType type = inputs[1].element();
  jit::Speaker l(record, type);
  return l.Narrow(l.Min(l.Max(l.Held(inputs[1]), l.Held(inputs[0])), l.Held(inputs[2])), type);
}

constexpr ElementwiseOp kClamp = {
    .tile = &ClampTileOf, .can_emit = &ClampCanEmit, .emit = &ClampEmit};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.clamp",
     .infer = &ClampInfer,
     .elements = &ClampElements,
     .kernels = kTileKernels,
     .elementwise = &kClamp},
    {.name = "stablehlo.compare",
     .infer = &CompareInfer,
     .elements = &CompareElements,
     .kernels = kTileKernels,
     .elementwise = &kCompare},
    {.name = "stablehlo.is_finite",
     .infer = &IsFiniteInfer,
     .elements = &IsFiniteElements,
     .kernels = kTileKernels,
     .elementwise = &kIsFinite},
    {.name = "stablehlo.select",
     .infer = &SelectInfer,
     .elements = &SelectElements,
     .kernels = kTileKernels,
     .elementwise = &kSelect},
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_compare, kOps);

}  // namespace webhlo
