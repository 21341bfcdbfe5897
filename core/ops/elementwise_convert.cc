// SPDX-License-Identifier: Apache-2.0
//
// convert: https://github.com/openxla/stablehlo/blob/main/docs/spec.md#convert
//
// Float to float rounds to nearest even; float to integer truncates and saturates, NaN
// gives 0; integers wrap; anything to i1 is "not zero"; complex to anything else, i1 included,
// drops the imaginary part.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/graph/float_format.h"
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
// Floats of a byte, as the JIT decodes them (jit::Speaker::Decoded).
WEBHLO_TILE void DecodeBytes(ElementType type, const uint8_t* in, double* out, size_t count) {
  const FloatFormat format = FormatOf(type);
  const int sign_shift = format.sign_shift();
  const uint32_t magnitude = (1u << sign_shift) - 1;
  const float scale = std::ldexp(1.0f, 127 - format.bias);
  const bool has_nan_or_infinity =
      format.special == FloatFormat::kIeee || format.special == FloatFormat::kFn;
  const float beyond = has_nan_or_infinity
                           ? static_cast<float>(format.ValueOf(format.LargestBits() + 1))
                           : std::numeric_limits<float>::infinity();
  const uint32_t nan = format.special == FloatFormat::kFnuz ? magnitude + 1 : ~0u;
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = (in[i] & magnitude) << (23 - format.mantissa_bits);
    const float value = std::bit_cast<float>(bits) * scale;
    uint32_t result = std::bit_cast<uint32_t>(value) | (in[i] & (magnitude + 1))
                                                           << (31 - sign_shift);
    if (value >= beyond) result |= 0x7f800000;
    if (in[i] == nan) result = 0x7fc00000;
    out[i] = std::bit_cast<float>(result);
  }
}
template <ElementType kType>
void LoadByte(const void* in, void* wide, size_t count) {
  DecodeBytes(kType, static_cast<const uint8_t*>(in), static_cast<double*>(wide), count);
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

template <class T>
void ComplexOfReal(const void* const* inputs, void* output, size_t count) {
  Interleave<T>(static_cast<const T*>(inputs[0]), nullptr, static_cast<T*>(output), count);
}
// Each part for itself.
template <class T, class R>
void ComplexOfComplex(const void* const* inputs, void* output, size_t count) {
  Store<T, R>(inputs[0], output, 2 * count);
}

// As weights come in them.
template <ElementType kType>
TileFunction ByteTileTo(ElementType to) {
  switch (to) {
    case ElementType::kBF16:
      return &ConvertTile<&LoadByte<kType>, 1, &StoreSmall<double, Bfloat16>, 2>;
    case ElementType::kF16:
      return &ConvertTile<&LoadByte<kType>, 1, &StoreSmall<double, Half>, 2>;
    case ElementType::kF32:
      return &ConvertTile<&LoadByte<kType>, 1, &Store<double, float>, 4>;
    default:
      return nullptr;
  }
}

TileFunction ConvertTileOf(const OpView& op) {
  const ElementType to = op.result().element;
  if (IsComplex(to) && to == op.operand(0).element) return nullptr;
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
      if (to == ElementType::kC64) return &ComplexOfReal<float>;
      return ConvertTileTo<&Load<float, double>, 4, double>(to);
    case ElementType::kF64:
      if (to == ElementType::kC128) return &ComplexOfReal<double>;
      return ConvertTileTo<&Load<double, double>, 8, double>(to);
    case ElementType::kC64:
      if (IsComplex(to)) return &ComplexOfComplex<float, double>;
      return ConvertTileTo<&LoadReal<float>, 8, double>(to);
    case ElementType::kC128:
      if (IsComplex(to)) return &ComplexOfComplex<double, float>;
      return ConvertTileTo<&LoadReal<double>, 16, double>(to);
    case ElementType::kF4E2M1FN:
      return ByteTileTo<ElementType::kF4E2M1FN>(to);
    case ElementType::kF6E2M3FN:
      return ByteTileTo<ElementType::kF6E2M3FN>(to);
    case ElementType::kF6E3M2FN:
      return ByteTileTo<ElementType::kF6E3M2FN>(to);
    case ElementType::kF8E3M4:
      return ByteTileTo<ElementType::kF8E3M4>(to);
    case ElementType::kF8E4M3:
      return ByteTileTo<ElementType::kF8E4M3>(to);
    case ElementType::kF8E4M3FN:
      return ByteTileTo<ElementType::kF8E4M3FN>(to);
    case ElementType::kF8E4M3FNUZ:
      return ByteTileTo<ElementType::kF8E4M3FNUZ>(to);
    case ElementType::kF8E4M3B11FNUZ:
      return ByteTileTo<ElementType::kF8E4M3B11FNUZ>(to);
    case ElementType::kF8E5M2:
      return ByteTileTo<ElementType::kF8E5M2>(to);
    case ElementType::kF8E5M2FNUZ:
      return ByteTileTo<ElementType::kF8E5M2FNUZ>(to);
    default:
      return nullptr;
  }
}

bool ConvertCanEmit(const OpView& op) {
  return jit::LaneHolding(op.operand(0).element) && jit::LaneHolding(op.result().element);
}

jit::LaneValue ConvertEmit(jit::Record& record, const OpView& op,
                           std::span<const jit::LaneValue> inputs) {
  return jit::Speaker(record, op.result().element).Convert(inputs[0], op.result().element);
}

constexpr ElementwiseOp kConvert = {
    .tile = &ConvertTileOf, .can_emit = &ConvertCanEmit, .emit = &ConvertEmit};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.convert",
     .infer = &ConvertInfer,
     .elements = &ConvertElements,
     .kernels = kTileKernels,
     .elementwise = &kConvert},
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_convert, kOps);

}  // namespace webhlo
