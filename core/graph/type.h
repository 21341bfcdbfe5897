// SPDX-License-Identifier: Apache-2.0
//
// Types of values: element types, tensor types and the few others that StableHLO has.
// A Type is a plain value, compared by content. Graphs intern them and refer to them by TypeId.
#ifndef WEBHLO_CORE_GRAPH_TYPE_H_
#define WEBHLO_CORE_GRAPH_TYPE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhlo {

// Every element type of the StableHLO specification ("Types"), plus index, which shape operands of
// deprecated programs use. Order groups them by kind; nothing outside may depend on the numbers.
enum class ElementType : uint8_t {
  kI1,
  kI2,
  kI4,
  kI8,
  kI16,
  kI32,
  kI64,
  kU2,
  kU4,
  kU8,
  kU16,
  kU32,
  kU64,
  kF4E2M1FN,
  kF6E2M3FN,
  kF6E3M2FN,
  kF8E3M4,
  kF8E4M3,
  kF8E4M3FN,
  kF8E4M3FNUZ,
  kF8E4M3B11FNUZ,
  kF8E5M2,
  kF8E5M2FNUZ,
  kF8E8M0FNU,
  kBF16,
  kF16,
  kTF32,
  kF32,
  kF64,
  kC64,
  kC128,
  kIndex,
  kQuantized,  // Details in TensorType::quantized.
};

// "i1", "ui8", "f8E4M3FN", "complex<f32>": the spelling of StableHLO text.
std::string_view ElementTypeName(ElementType type);
std::optional<ElementType> ParseElementType(std::string_view name);

// The spelling of array libraries, which the public API uses: "u8" for ui8, "c64" for complex<f32>.
std::string DtypeName(ElementType type);
std::optional<ElementType> ParseDtype(std::string_view name);

bool IsSignedInteger(ElementType type);    // i2..i64 (not i1), index
bool IsUnsignedInteger(ElementType type);  // u2..u64
bool IsInteger(ElementType type);          // either of the two; i1 is boolean, not integer
bool IsFloat(ElementType type);            // f4..f64, bf16, tf32
bool IsComplex(ElementType type);
// Width of a value: i4 is 4, bf16 is 16, tf32 is 19, complex<f32> is 64. 0 for kQuantized.
int BitWidth(ElementType type);
// Bytes of one element in memory: sub-byte types and i1 take one byte, tf32 four. For kQuantized
// ask TensorType::StorageType.
int ByteWidth(ElementType type);

// A dimension size that the program does not fix (`?`).
inline constexpr int64_t kDynamic = std::numeric_limits<int64_t>::min();

// Quantization parameters (spec, "Quantized types"). One scale and zero point: per tensor; several
// and `axes` of one: per axis; `axes` with `block_sizes`: sub-channel, scales in row-major order.
struct QuantizedType {
  ElementType storage = ElementType::kI8;
  ElementType expressed = ElementType::kF32;
  int64_t storage_min = 0;
  int64_t storage_max = 0;
  std::vector<double> scales;
  std::vector<int64_t> zero_points;
  std::vector<int64_t> axes;
  std::vector<int64_t> block_sizes;
  bool operator==(const QuantizedType&) const = default;
};

struct TensorType {
  ElementType element = ElementType::kF32;
  std::vector<int64_t> dims;
  // Upper bounds of dynamic dimensions (kDynamic where there is none); empty when no bound is
  // given.
  std::vector<int64_t> bounds;
  std::shared_ptr<const QuantizedType> quantized;  // Set exactly when element is kQuantized.
  // Spelling of an encoding attribute that is not bounds (`#sparse`); part of the type's identity.
  std::string encoding;

  TensorType() = default;
  TensorType(ElementType e, std::vector<int64_t> d) : element(e), dims(std::move(d)) {}

  int rank() const { return static_cast<int>(dims.size()); }
  bool IsStatic() const;
  ElementType StorageType() const { return quantized ? quantized->storage : element; }
  // Number of elements; the type is static and was verified to fit (Graph verifies at import).
  int64_t NumElements() const;
  int64_t ByteSize() const { return NumElements() * ByteWidth(StorageType()); }
  // False when the element count or byte size overflows 2^62 or a dimension is negative.
  bool FitsAddressSpace() const;

  bool operator==(const TensorType& other) const;
};

// Whether a tensor of type `actual` may be where `declared` stands: the same, but for sizes that
// this leaves free, within its bounds.
bool Admits(const TensorType& declared, const TensorType& actual);

using TypeId = uint32_t;

// A type of a value or of an attribute.
struct Type {
  enum class Kind : uint8_t {
    kTensor,
    kUnrankedTensor,  // tensor<*xf32>: `tensor.element` only
    kScalar,          // A bare element type (attribute types: `3 : i64`): `tensor.element` only
    kToken,
    kTuple,     // `elements`
    kFunction,  // `elements` -> `results`
    kFuture,    // `elements`
    kBuffer,    // memref-like, shape in `tensor`
    kNone,
    kOpaque,  // A type of a dialect we do not know, in its own spelling (`text`)
  };
  Kind kind = Kind::kTensor;
  TensorType tensor;
  std::vector<Type> elements;
  std::vector<Type> results;
  std::string text;

  Type() = default;
  Type(TensorType t) : kind(Kind::kTensor), tensor(std::move(t)) {}
  static Type Of(Kind kind) {
    Type type;
    type.kind = kind;
    return type;
  }
  static Type Scalar(ElementType element) {
    Type type = Of(Kind::kScalar);
    type.tensor.element = element;
    return type;
  }
  bool IsTensor() const { return kind == Kind::kTensor; }
  // A tensor some of whose sizes the program leaves free.
  bool IsFree() const { return IsTensor() && !tensor.IsStatic(); }
  bool operator==(const Type&) const = default;
};

// StableHLO text: `tensor<4x?xf32, #stablehlo.bounds<?, 8>>`, `!stablehlo.token`.
std::string ToString(const TensorType& type);
std::string ToString(const Type& type);

size_t HashType(const Type& type);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_TYPE_H_
