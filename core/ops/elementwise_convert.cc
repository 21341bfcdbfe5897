// SPDX-License-Identifier: Apache-2.0
//
// convert, complex, real and imag:
// https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of the same names.
//
// convert: float to float rounds to nearest even; float to integer truncates and saturates, NaN
// gives 0; integers wrap; anything to i1 is "not zero"; complex to anything else, i1 included,
// drops the imaginary part.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

// A double as a float rounded to odd.
float RoundToOddFloat(double v) {
  const float f = static_cast<float>(v);
  if (std::isnan(v) || f == v) return f;
  uint32_t bits = std::bit_cast<uint32_t>(f);
  if (std::fabs(static_cast<double>(f)) > std::fabs(v)) --bits;
  return std::bit_cast<float>(bits | 1);
}

template <class I>
I Saturate(double v) {
  if (std::isnan(v)) return 0;
  // Both bounds are exact: the upper one is the first value above the range.
  const double low = static_cast<double>(std::numeric_limits<I>::min());
  const double high = std::ldexp(1.0, std::numeric_limits<I>::digits);
  if (v <= low) return std::numeric_limits<I>::min();
  if (v >= high) return std::numeric_limits<I>::max();
  return static_cast<I>(v);
}

// Integers of a width that C++ lacks (i4) too.
int64_t SaturateTo(ElementType type, double v) {
  const int bits = BitWidth(type);
  if (IsUnsignedInteger(type)) {
    const uint64_t max = ~uint64_t{0} >> (64 - bits);
    return static_cast<int64_t>(std::min(Saturate<uint64_t>(v), max));
  }
  const int64_t max = static_cast<int64_t>(~uint64_t{0} >> (65 - bits));
  return std::clamp(Saturate<int64_t>(v), -max - 1, max);
}

WEBHLO_SMALL Status ConvertInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  constexpr uint32_t kAny = kBool | kInteger | kFloat | kComplex;
  RETURN_IF_ERROR(CheckClass(op, op.operand(0), kAny));
  RETURN_IF_ERROR(CheckClass(op, op.result(), kAny));
  results[0] = TensorType(op.result().element, op.operand(0).dims);
  return CheckResultType(op, results[0].tensor, "C1");
}

WEBHLO_SMALL void ConvertElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView &in = args.inputs[0], &out = args.outputs[0];
  const uint32_t from = ClassOf(in.element());
  const ElementType type = out.element();
  for (int64_t i = begin; i < end; ++i) {
    switch (ClassOf(type)) {
      case kBool:
        out.SetBool(i, from == kFloat     ? in.F64(i) != 0
                       : from == kComplex ? in.C128(i).real() != 0
                                          : in.I64(i) != 0);
        break;
      case kSigned:
      case kUnsigned:
        out.SetI64(i, from == kFloat     ? SaturateTo(type, in.F64(i))
                      : from == kComplex ? SaturateTo(type, in.C128(i).real())
                                         : in.I64(i));
        break;
      case kFloat: {
        // To f64 an integer rounds directly; to less, by way of a double rounded to odd.
        const bool direct = type == ElementType::kF64;
        double v = 0;
        if (from == kFloat) {
          v = in.F64(i);
        } else if (from == kComplex) {
          v = in.C128(i).real();
        } else if (from == kUnsigned) {
          v = direct ? static_cast<double>(in.U64(i)) : RoundToOdd(in.U64(i));
        } else {
          v = direct ? static_cast<double>(in.I64(i)) : RoundToOdd(in.I64(i));
        }
        out.SetF64(i, v);
        break;
      }
      case kComplex: {
        const bool direct = type == ElementType::kC128;
        if (from == kComplex) {
          out.SetC128(i, in.C128(i));
        } else if (from == kFloat) {
          out.SetC128(i, in.F64(i));
        } else if (from == kUnsigned) {
          out.SetC128(i, direct ? static_cast<double>(in.U64(i)) : RoundToOdd(in.U64(i)));
        } else {
          out.SetC128(i, direct ? static_cast<double>(in.I64(i)) : RoundToOdd(in.I64(i)));
        }
        break;
      }
    }
  }
}

// Tiles convert in two steps, by way of the widest type of the operand's class: thirteen types cost
// one loop each to load and three to store, not thirteen. (The JIT converts directly.)
using Loader = void (*)(const void* in, void* wide, size_t count);
using Storer = void (*)(const void* wide, void* out, size_t count);

template <class T, class Wide>
WEBHLO_TILE void Load(const void* in, void* wide, size_t count) {
  const T* p = static_cast<const T*>(in);
  Wide* out = static_cast<Wide*>(wide);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<Wide>(p[i]);
}
template <class Format>
WEBHLO_TILE void LoadSmall(const void* in, void* wide, size_t count) {
  const uint16_t* p = static_cast<const uint16_t*>(in);
  double* out = static_cast<double*>(wide);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = Format::Decode(p[i]);
}
template <class T>
WEBHLO_TILE void LoadReal(const void* in, void* wide, size_t count) {
  const T* p = static_cast<const T*>(in);
  double* out = static_cast<double*>(wide);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = p[2 * i];
}
WEBHLO_TILE void LoadBool(const void* in, void* wide, size_t count) {
  const uint8_t* p = static_cast<const uint8_t*>(in);
  int64_t* out = static_cast<int64_t*>(wide);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = p[i] != 0;
}

template <class Wide, class T>
WEBHLO_TILE void Store(const void* wide, void* out, size_t count) {
  const Wide* p = static_cast<const Wide*>(wide);
  T* to = static_cast<T*>(out);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<Wide, double> && std::is_integral_v<T>) {
      to[i] = Saturate<T>(p[i]);
    } else {
      to[i] = static_cast<T>(p[i]);
    }
  }
}
template <class Wide, class Format>
WEBHLO_TILE void StoreSmall(const void* wide, void* out, size_t count) {
  const Wide* p = static_cast<const Wide*>(wide);
  uint16_t* to = static_cast<uint16_t*>(out);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<Wide, double>) {
      to[i] = Format::Encode(RoundToOddFloat(p[i]));
    } else {
      to[i] = Format::Encode(RoundToOddFloat(RoundToOdd(p[i])));
    }
  }
}
template <class Wide, class T>
WEBHLO_TILE void StoreComplex(const void* wide, void* out, size_t count) {
  const Wide* p = static_cast<const Wide*>(wide);
  T* to = static_cast<T*>(out);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    to[2 * i] = static_cast<T>(p[i]);
    to[2 * i + 1] = 0;
  }
}
template <class Wide>
WEBHLO_TILE void StoreBool(const void* wide, void* out, size_t count) {
  const Wide* p = static_cast<const Wide*>(wide);
  uint8_t* to = static_cast<uint8_t*>(out);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) to[i] = p[i] != 0;
}

WEBHLO_TILE void RunConvertTile(Loader load, int from, Storer store, int to, const void* input,
                                void* output, size_t count) {
  constexpr size_t kChunk = 256;
  alignas(64) uint64_t wide[kChunk];
  const uint8_t* in = static_cast<const uint8_t*>(input);
  uint8_t* out = static_cast<uint8_t*>(output);
  for (size_t i = 0; i < count; i += kChunk) {
    const size_t n = std::min(kChunk, count - i);
    load(in + i * static_cast<size_t>(from), wide, n);
    store(wide, out + i * static_cast<size_t>(to), n);
  }
}

template <Loader kLoad, int kFrom, Storer kStore, int kTo>
void ConvertTile(const void* const* inputs, void* output, size_t count) {
  RunConvertTile(kLoad, kFrom, kStore, kTo, inputs[0], output, count);
}

template <Loader kLoad, int kFrom, class Wide>
TileFunction ConvertTileTo(ElementType to) {
  switch (to) {
    case ElementType::kI1:
      return &ConvertTile<kLoad, kFrom, &StoreBool<Wide>, 1>;
    case ElementType::kI8:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, int8_t>, 1>;
    case ElementType::kI16:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, int16_t>, 2>;
    case ElementType::kI32:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, int32_t>, 4>;
    case ElementType::kI64:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, int64_t>, 8>;
    case ElementType::kU8:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, uint8_t>, 1>;
    case ElementType::kU16:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, uint16_t>, 2>;
    case ElementType::kU32:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, uint32_t>, 4>;
    case ElementType::kU64:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, uint64_t>, 8>;
    case ElementType::kF16:
      return &ConvertTile<kLoad, kFrom, &StoreSmall<Wide, Half>, 2>;
    case ElementType::kBF16:
      return &ConvertTile<kLoad, kFrom, &StoreSmall<Wide, Bfloat16>, 2>;
    case ElementType::kF32:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, float>, 4>;
    case ElementType::kF64:
      return &ConvertTile<kLoad, kFrom, &Store<Wide, double>, 8>;
    case ElementType::kC64:
      return &ConvertTile<kLoad, kFrom, &StoreComplex<Wide, float>, 8>;
    case ElementType::kC128:
      return &ConvertTile<kLoad, kFrom, &StoreComplex<Wide, double>, 16>;
    default:
      return nullptr;
  }
}

TileFunction ConvertTileOf(const OpView& op) {
  const ElementType to = op.result().element;
  switch (op.operand(0).element) {
    case ElementType::kI1:
      return ConvertTileTo<&LoadBool, 1, int64_t>(to);
    case ElementType::kI8:
      return ConvertTileTo<&Load<int8_t, int64_t>, 1, int64_t>(to);
    case ElementType::kI16:
      return ConvertTileTo<&Load<int16_t, int64_t>, 2, int64_t>(to);
    case ElementType::kI32:
      return ConvertTileTo<&Load<int32_t, int64_t>, 4, int64_t>(to);
    case ElementType::kI64:
      return ConvertTileTo<&Load<int64_t, int64_t>, 8, int64_t>(to);
    case ElementType::kU8:
      return ConvertTileTo<&Load<uint8_t, int64_t>, 1, int64_t>(to);
    case ElementType::kU16:
      return ConvertTileTo<&Load<uint16_t, int64_t>, 2, int64_t>(to);
    case ElementType::kU32:
      return ConvertTileTo<&Load<uint32_t, int64_t>, 4, int64_t>(to);
    case ElementType::kU64:
      return ConvertTileTo<&Load<uint64_t, uint64_t>, 8, uint64_t>(to);
    case ElementType::kF16:
      return ConvertTileTo<&LoadSmall<Half>, 2, double>(to);
    case ElementType::kBF16:
      return ConvertTileTo<&LoadSmall<Bfloat16>, 2, double>(to);
    case ElementType::kF32:
      return ConvertTileTo<&Load<float, double>, 4, double>(to);
    case ElementType::kF64:
      return ConvertTileTo<&Load<double, double>, 8, double>(to);
    case ElementType::kC64:
      return IsComplex(to) ? nullptr : ConvertTileTo<&LoadReal<float>, 8, double>(to);
    case ElementType::kC128:
      return IsComplex(to) ? nullptr : ConvertTileTo<&LoadReal<double>, 16, double>(to);
    default:
      return nullptr;
  }
}

bool ConvertCanEmit(const OpView& op) {
  return jit::LaneOf(op.operand(0).element) && jit::LaneOf(op.result().element);
}

jit::LaneValue ConvertEmit(jit::Record& record, const OpView& op,
                           std::span<const jit::LaneValue> inputs) {
  return jit::Speaker(record, op.result().element).Convert(inputs[0], op.result().element);
}

constexpr ElementwiseOp kConvert = {
    .tile = &ConvertTileOf, .can_emit = &ConvertCanEmit, .emit = &ConvertEmit};

// complex, real, imag

WEBHLO_SMALL Status ComplexInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  RETURN_IF_ERROR(CheckType(op, "rhs", op.operand_type(1), op.operand_type(0), "C1"));
  const ElementType element = op.operand(0).element;
  OP_CHECK(op, element == ElementType::kF32 || element == ElementType::kF64, "lhs has type ",
           ToString(op.operand(0)), ", expected f32 or f64 elements (C3)");
  // C2, C3
  return SetResult(op, results, 0,
                   element == ElementType::kF32 ? ElementType::kC64 : ElementType::kC128,
                   op.operand(0).dims);
}

WEBHLO_SMALL void ComplexElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    out.SetC128(i, {args.inputs[0].F64(i), args.inputs[1].F64(i)});
  }
}

WEBHLO_SMALL Status PartInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckClass(op, op.operand(0), kFloat | kComplex));
  const ElementType element = op.operand(0).element;
  // C1, C2
  return SetResult(op, results, 0,
                   element == ElementType::kC64    ? ElementType::kF32
                   : element == ElementType::kC128 ? ElementType::kF64
                                                   : element,
                   op.operand(0).dims);
}

template <bool kImaginary>
WEBHLO_SMALL void PartElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView &in = args.inputs[0], &out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    const Complex128 v = IsComplex(in.element()) ? in.C128(i) : Complex128(in.F64(i), 0);
    out.SetF64(i, kImaginary ? v.imag() : v.real());
  }
}

template <class T>
WEBHLO_TILE void ComplexTile(const void* const* inputs, void* output, size_t count) {
  const T *re = static_cast<const T*>(inputs[0]), *im = static_cast<const T*>(inputs[1]);
  T* out = static_cast<T*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    out[2 * i] = re[i];
    out[2 * i + 1] = im[i];
  }
}

template <class T, int kPart>
WEBHLO_TILE void PartTile(const void* const* inputs, void* output, size_t count) {
  const T* in = static_cast<const T*>(inputs[0]);
  T* out = static_cast<T*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = in[2 * i + kPart];
}

// Of what is real.
template <class T, int kPart>
WEBHLO_TILE void WholeTile(const void* const* inputs, void* output, size_t count) {
  if constexpr (kPart == 0) {
    std::memcpy(output, inputs[0], count * sizeof(T));
  } else {
    std::memset(output, 0, count * sizeof(T));
  }
}

TileFunction ComplexTileOf(const OpView& op) {
  return op.result().element == ElementType::kC64 ? &ComplexTile<float> : &ComplexTile<double>;
}

template <int kPart>
TileFunction PartTileOf(const OpView& op) {
  switch (op.operand(0).element) {
    case ElementType::kC64:
      return &PartTile<float, kPart>;
    case ElementType::kC128:
      return &PartTile<double, kPart>;
    case ElementType::kF64:
      return &WholeTile<uint64_t, kPart>;
    case ElementType::kF32:
      return &WholeTile<uint32_t, kPart>;
    case ElementType::kF16:
    case ElementType::kBF16:
      return &WholeTile<uint16_t, kPart>;
    default:
      return nullptr;
  }
}

constexpr ElementwiseOp kComplexOp = {.tile = &ComplexTileOf};
constexpr ElementwiseOp kRealOp = {.tile = &PartTileOf<0>};
constexpr ElementwiseOp kImagOp = {.tile = &PartTileOf<1>};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.complex",
     .infer = &ComplexInfer,
     .elements = &ComplexElements,
     .kernels = kTileKernels,
     .elementwise = &kComplexOp},
    {.name = "stablehlo.convert",
     .infer = &ConvertInfer,
     .elements = &ConvertElements,
     .kernels = kTileKernels,
     .elementwise = &kConvert},
    {.name = "stablehlo.imag",
     .infer = &PartInfer,
     .elements = &PartElements<true>,
     .kernels = kTileKernels,
     .elementwise = &kImagOp},
    {.name = "stablehlo.real",
     .infer = &PartInfer,
     .elements = &PartElements<false>,
     .kernels = kTileKernels,
     .elementwise = &kRealOp},
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_convert, kOps);

}  // namespace webhlo
