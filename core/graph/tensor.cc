// SPDX-License-Identifier: Apache-2.0
#include "core/graph/tensor.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "core/base/check.h"
#include "core/graph/float_format.h"

namespace webhlo {
namespace {

uint64_t Ones(int n) { return (uint64_t{1} << n) - 1; }

}  // namespace

FloatFormat FormatOf(ElementType type) {
  switch (type) {
    case ElementType::kF4E2M1FN:
      return {2, 1, 1, FloatFormat::kFinite};
    case ElementType::kF6E2M3FN:
      return {2, 3, 1, FloatFormat::kFinite};
    case ElementType::kF6E3M2FN:
      return {3, 2, 3, FloatFormat::kFinite};
    case ElementType::kF8E3M4:
      return {3, 4, 3, FloatFormat::kIeee};
    case ElementType::kF8E4M3:
      return {4, 3, 7, FloatFormat::kIeee};
    case ElementType::kF8E4M3FN:
      return {4, 3, 7, FloatFormat::kFn};
    case ElementType::kF8E4M3FNUZ:
      return {4, 3, 8, FloatFormat::kFnuz};
    case ElementType::kF8E4M3B11FNUZ:
      return {4, 3, 11, FloatFormat::kFnuz};
    case ElementType::kF8E5M2:
      return {5, 2, 15, FloatFormat::kIeee};
    case ElementType::kF8E5M2FNUZ:
      return {5, 2, 16, FloatFormat::kFnuz};
    case ElementType::kBF16:
      return {8, 7, 127, FloatFormat::kIeee};
    case ElementType::kF16:
      return {5, 10, 15, FloatFormat::kIeee};
    case ElementType::kTF32:
      return {8, 10, 127, FloatFormat::kIeee};
    default:
      WEBHLO_CHECK(false && "not a small float");
  }
}

uint64_t FloatFormat::LargestBits() const {
  const uint64_t all_ones = Ones(sign_shift());
  switch (special) {
    case kIeee:
      return (Ones(exponent_bits) << mantissa_bits) - 1;
    case kFn:
      return all_ones - 1;
    default:
      return all_ones;
  }
}

double FloatFormat::ValueOf(uint64_t magnitude) const {
  const uint64_t exponent = magnitude >> mantissa_bits;
  const uint64_t mantissa = magnitude & Ones(mantissa_bits);
  if (exponent == 0) return std::ldexp(static_cast<double>(mantissa), 1 - bias - mantissa_bits);
  return std::ldexp(static_cast<double>(mantissa | (uint64_t{1} << mantissa_bits)),
                    static_cast<int>(exponent) - bias - mantissa_bits);
}

namespace {

// f8E8M0FNU: a power of two, 2^(bits - 127); 255 is NaN; no zero, no sign.
uint64_t EncodeE8M0(double value) {
  if (std::isnan(value) || value < 0) return 255;
  if (std::isinf(value)) return 255;
  if (value <= std::ldexp(1.0, -127)) return 0;
  int exponent;
  const double fraction = std::frexp(value, &exponent);  // [0.5, 1)
  // value = (2 * fraction) * 2^(exponent - 1); ties go to the even exponent pattern.
  int e = exponent - 1 + 127;
  const double mantissa = 2 * fraction;
  if (mantissa > 1.5 || (mantissa == 1.5 && (e & 1))) ++e;
  return e >= 255 ? 255 : static_cast<uint64_t>(e);
}

uint64_t EncodeSmall(const FloatFormat& f, double value) {
  const int sign_shift = f.sign_shift();
  const uint64_t sign = std::signbit(value) ? uint64_t{1} << sign_shift : 0;
  const uint64_t all_ones = Ones(sign_shift);
  const uint64_t infinity = Ones(f.exponent_bits) << f.mantissa_bits;
  if (std::isnan(value)) {
    switch (f.special) {
      case FloatFormat::kIeee:
        return sign | infinity | (uint64_t{1} << (f.mantissa_bits - 1));
      case FloatFormat::kFn:
        return sign | all_ones;
      case FloatFormat::kFnuz:
        return uint64_t{1} << sign_shift;
      case FloatFormat::kFinite:
        return 0;  // The reference interpreter's answer: these formats cannot say NaN.
    }
  }
  const uint64_t largest = f.LargestBits();
  uint64_t overflow = 0;
  switch (f.special) {
    case FloatFormat::kIeee:
      overflow = sign | infinity;
      break;
    case FloatFormat::kFn:
      overflow = sign | all_ones;
      break;
    case FloatFormat::kFnuz:
      overflow = uint64_t{1} << sign_shift;
      break;
    case FloatFormat::kFinite:
      overflow = std::isinf(value) ? sign : (sign | largest);
      break;
  }
  if (std::isinf(value)) return overflow;
  const double magnitude = std::fabs(value);
  uint64_t bits = 0;
  if (magnitude != 0) {
    int exponent;
    std::frexp(magnitude, &exponent);
    --exponent;  // magnitude = 1.x * 2^exponent
    const int lowest = 1 - f.bias;
    if (exponent < lowest) exponent = lowest;
    // Units in the last place at this exponent, rounded to nearest even by the host's own rounding.
    const double units = std::nearbyint(std::ldexp(magnitude, f.mantissa_bits - exponent));
    const uint64_t rounded = static_cast<uint64_t>(units);
    // A subnormal or normal pattern; a carry out of the mantissa moves into the exponent by itself.
    bits = (static_cast<uint64_t>(exponent - lowest) << f.mantissa_bits) + rounded;
    if (bits > largest) return overflow;
  }
  if (bits == 0 && f.special == FloatFormat::kFnuz) return 0;
  return sign | bits;
}

double DecodeSmall(const FloatFormat& f, uint64_t bits) {
  const int sign_shift = f.sign_shift();
  const bool negative = (bits >> sign_shift) & 1;
  const uint64_t magnitude = bits & Ones(sign_shift);
  const uint64_t exponent = magnitude >> f.mantissa_bits;
  const uint64_t mantissa = magnitude & Ones(f.mantissa_bits);
  const double sign = negative ? -1.0 : 1.0;
  switch (f.special) {
    case FloatFormat::kIeee:
      if (exponent == Ones(f.exponent_bits)) {
        return mantissa ? std::copysign(NAN, sign) : sign * INFINITY;
      }
      break;
    case FloatFormat::kFn:
      if (magnitude == Ones(sign_shift)) return std::copysign(NAN, sign);
      break;
    case FloatFormat::kFnuz:
      if (negative && magnitude == 0) return NAN;
      break;
    case FloatFormat::kFinite:
      break;
  }
  return sign * f.ValueOf(magnitude);
}

template <typename T>
T Load(const void* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}
template <typename T>
void Store(void* p, T value) {
  std::memcpy(p, &value, sizeof(T));
}

// Sub-byte integers live in the low bits of a byte, signed ones sign-extended when read.
int64_t SignExtend(uint8_t byte, int bits) {
  return static_cast<int8_t>(static_cast<uint8_t>(byte << (8 - bits))) >> (8 - bits);
}

}  // namespace

uint64_t EncodeFloat(ElementType type, double value) {
  switch (type) {
    case ElementType::kF64:
      return std::bit_cast<uint64_t>(value);
    case ElementType::kF32:
      return std::bit_cast<uint32_t>(static_cast<float>(value));
    case ElementType::kF8E8M0FNU:
      return EncodeE8M0(value);
    case ElementType::kTF32:
      return EncodeSmall(FormatOf(type), value) << 13;  // Held as the f32 it is a prefix of.
    default:
      return EncodeSmall(FormatOf(type), value);
  }
}

double DecodeFloat(ElementType type, uint64_t bits) {
  switch (type) {
    case ElementType::kF64:
      return std::bit_cast<double>(bits);
    case ElementType::kF32:
    case ElementType::kTF32:
      return std::bit_cast<float>(static_cast<uint32_t>(bits));
    case ElementType::kBF16:
      return std::bit_cast<float>(static_cast<uint32_t>(bits << 16));
    case ElementType::kF8E8M0FNU:
      return bits == 255 ? NAN : std::ldexp(1.0, static_cast<int>(bits) - 127);
    default:
      return DecodeSmall(FormatOf(type), bits);
  }
}

double LoadF64(ElementType type, const void* p) {
  switch (type) {
    case ElementType::kF64:
      return Load<double>(p);
    case ElementType::kF32:
    case ElementType::kTF32:
      return Load<float>(p);
    case ElementType::kBF16:
    case ElementType::kF16:
      return DecodeFloat(type, Load<uint16_t>(p));
    case ElementType::kU64:
      return static_cast<double>(Load<uint64_t>(p));
    default:
      if (IsFloat(type)) return DecodeFloat(type, Load<uint8_t>(p));
      return static_cast<double>(LoadI64(type, p));
  }
}

int64_t LoadI64(ElementType type, const void* p) {
  switch (type) {
    case ElementType::kI1:
      return Load<uint8_t>(p) != 0;
    case ElementType::kI2:
      return SignExtend(Load<uint8_t>(p), 2);
    case ElementType::kI4:
      return SignExtend(Load<uint8_t>(p), 4);
    case ElementType::kI8:
      return Load<int8_t>(p);
    case ElementType::kI16:
      return Load<int16_t>(p);
    case ElementType::kI32:
      return Load<int32_t>(p);
    case ElementType::kI64:
    case ElementType::kU64:
    case ElementType::kIndex:
      return Load<int64_t>(p);
    case ElementType::kU2:
      return Load<uint8_t>(p) & 3;
    case ElementType::kU4:
      return Load<uint8_t>(p) & 15;
    case ElementType::kU8:
      return Load<uint8_t>(p);
    case ElementType::kU16:
      return Load<uint16_t>(p);
    case ElementType::kU32:
      return Load<uint32_t>(p);
    default:
      WEBHLO_CHECK(false && "not an integer");
  }
}

std::complex<double> LoadC128(ElementType type, const void* p) {
  if (type == ElementType::kC128) return Load<std::complex<double>>(p);
  if (type == ElementType::kC64) {
    const auto value = Load<std::complex<float>>(p);
    return {value.real(), value.imag()};
  }
  return {LoadF64(type, p), 0};
}

void StoreF64(ElementType type, void* p, double value) {
  switch (type) {
    case ElementType::kF64:
      return Store(p, value);
    case ElementType::kF32:
      return Store(p, static_cast<float>(value));
    case ElementType::kTF32:
      return Store(p, static_cast<uint32_t>(EncodeFloat(type, value)));
    case ElementType::kBF16:
    case ElementType::kF16:
      return Store(p, static_cast<uint16_t>(EncodeFloat(type, value)));
    default:
      return Store(p, static_cast<uint8_t>(EncodeFloat(type, value)));
  }
}

void StoreI64(ElementType type, void* p, int64_t value) {
  switch (type) {
    case ElementType::kI1:
      return Store(p, static_cast<uint8_t>(value != 0));
    case ElementType::kI2:
      return Store(p, static_cast<uint8_t>(SignExtend(static_cast<uint8_t>(value), 2)));
    case ElementType::kI4:
      return Store(p, static_cast<uint8_t>(SignExtend(static_cast<uint8_t>(value), 4)));
    case ElementType::kU2:
      return Store(p, static_cast<uint8_t>(value & 3));
    case ElementType::kU4:
      return Store(p, static_cast<uint8_t>(value & 15));
    default:
      switch (ByteWidth(type)) {
        case 1:
          return Store(p, static_cast<uint8_t>(value));
        case 2:
          return Store(p, static_cast<uint16_t>(value));
        case 4:
          return Store(p, static_cast<uint32_t>(value));
        default:
          return Store(p, value);
      }
  }
}

void StoreC128(ElementType type, void* p, std::complex<double> value) {
  if (type == ElementType::kC128) return Store(p, value);
  Store(p, std::complex<float>(static_cast<float>(value.real()), static_cast<float>(value.imag())));
}

std::vector<int64_t> RowMajorStrides(std::span<const int64_t> dims) {
  std::vector<int64_t> strides(dims.size());
  int64_t stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= dims[i];
  }
  return strides;
}

IndexIterator::IndexIterator(std::span<const int64_t> dims)
    : dims_(dims.begin(), dims.end()), index_(dims.size(), 0) {
  for (int64_t dim : dims_) done_ |= dim == 0;
}

void IndexIterator::Next() {
  ++linear_;
  for (size_t i = dims_.size(); i-- > 0;) {
    if (++index_[i] < dims_[i]) return;
    index_[i] = 0;
  }
  done_ = true;
}

}  // namespace webhlo
