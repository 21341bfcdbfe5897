// SPDX-License-Identifier: Apache-2.0
#include "core/graph/type.h"

#include <functional>

#include "core/base/math.h"
#include "core/base/strings.h"

namespace webhlo {
namespace {

struct ElementTypeRow {
  ElementType type;
  std::string_view name;
  int bit_width;
};

constexpr ElementTypeRow kElementTypes[] = {
    {ElementType::kI1, "i1", 1},
    {ElementType::kI2, "i2", 2},
    {ElementType::kI4, "i4", 4},
    {ElementType::kI8, "i8", 8},
    {ElementType::kI16, "i16", 16},
    {ElementType::kI32, "i32", 32},
    {ElementType::kI64, "i64", 64},
    {ElementType::kU2, "ui2", 2},
    {ElementType::kU4, "ui4", 4},
    {ElementType::kU8, "ui8", 8},
    {ElementType::kU16, "ui16", 16},
    {ElementType::kU32, "ui32", 32},
    {ElementType::kU64, "ui64", 64},
    {ElementType::kF4E2M1FN, "f4E2M1FN", 4},
    {ElementType::kF6E2M3FN, "f6E2M3FN", 6},
    {ElementType::kF6E3M2FN, "f6E3M2FN", 6},
    {ElementType::kF8E3M4, "f8E3M4", 8},
    {ElementType::kF8E4M3, "f8E4M3", 8},
    {ElementType::kF8E4M3FN, "f8E4M3FN", 8},
    {ElementType::kF8E4M3FNUZ, "f8E4M3FNUZ", 8},
    {ElementType::kF8E4M3B11FNUZ, "f8E4M3B11FNUZ", 8},
    {ElementType::kF8E5M2, "f8E5M2", 8},
    {ElementType::kF8E5M2FNUZ, "f8E5M2FNUZ", 8},
    {ElementType::kF8E8M0FNU, "f8E8M0FNU", 8},
    {ElementType::kBF16, "bf16", 16},
    {ElementType::kF16, "f16", 16},
    {ElementType::kTF32, "tf32", 19},
    {ElementType::kF32, "f32", 32},
    {ElementType::kF64, "f64", 64},
    {ElementType::kC64, "complex<f32>", 64},
    {ElementType::kC128, "complex<f64>", 128},
    {ElementType::kIndex, "index", 64},
    {ElementType::kQuantized, "quantized", 0},
};

const ElementTypeRow& RowOf(ElementType type) { return kElementTypes[static_cast<int>(type)]; }

void AppendDims(std::string* out, const std::vector<int64_t>& dims) {
  for (int64_t dim : dims) {
    if (dim == kDynamic) {
      out->append("?");
    } else {
      StrAppend(out, dim);
    }
    out->append("x");
  }
}

// `i8<-128:127>:f32:0, {0.1:2, 0.2}`: the inside of !quant.uniform<...>.
void AppendQuantized(std::string* out, const QuantizedType& q) {
  StrAppend(out, "!quant.uniform<",
            IsUnsignedInteger(q.storage) ? StrCat("u", BitWidth(q.storage))
                                         : StrCat("i", BitWidth(q.storage)));
  StrAppend(out, "<", q.storage_min, ":", q.storage_max, ">:", ElementTypeName(q.expressed));
  const bool sub_channel = !q.block_sizes.empty();
  if (sub_channel) {
    out->append(":{");
    for (size_t i = 0; i < q.axes.size(); ++i) {
      StrAppend(out, i ? ", " : "", q.axes[i], ":", q.block_sizes[i]);
    }
    out->append("}");
  } else if (!q.axes.empty()) {
    StrAppend(out, ":", q.axes[0]);
  }
  out->append(", ");
  const bool several = !q.axes.empty();
  if (several) out->append("{");
  for (size_t i = 0; i < q.scales.size(); ++i) {
    StrAppend(out, i ? ", " : "", q.scales[i]);
    if (i < q.zero_points.size() && q.zero_points[i] != 0) StrAppend(out, ":", q.zero_points[i]);
  }
  if (several) out->append("}");
  out->append(">");
}

template <typename List>
void AppendTypes(std::string* out, const List& types) {
  bool first = true;
  for (const Type& type : types) {
    if (!first) out->append(", ");
    first = false;
    out->append(ToString(type));
  }
}

void HashCombine(size_t* seed, size_t value) {
  *seed ^= value + 0x9e3779b9u + (*seed << 6) + (*seed >> 2);
}

}  // namespace

std::string_view ElementTypeName(ElementType type) { return RowOf(type).name; }

std::optional<ElementType> ParseElementType(std::string_view name) {
  for (const ElementTypeRow& row : kElementTypes) {
    if (row.name == name && row.type != ElementType::kQuantized) return row.type;
  }
  return std::nullopt;
}

std::string DtypeName(ElementType type) {
  if (type == ElementType::kC64) return "c64";
  if (type == ElementType::kC128) return "c128";
  const std::string_view name = ElementTypeName(type);
  return name.starts_with("ui") ? StrCat("u", name.substr(2)) : std::string(name);
}

std::optional<ElementType> ParseDtype(std::string_view name) {
  for (const ElementTypeRow& row : kElementTypes) {
    if (row.type != ElementType::kQuantized && DtypeName(row.type) == name) return row.type;
  }
  return std::nullopt;
}

bool IsSignedInteger(ElementType type) {
  return (type >= ElementType::kI2 && type <= ElementType::kI64) || type == ElementType::kIndex;
}
bool IsUnsignedInteger(ElementType type) {
  return type >= ElementType::kU2 && type <= ElementType::kU64;
}
bool IsInteger(ElementType type) { return IsSignedInteger(type) || IsUnsignedInteger(type); }
bool IsFloat(ElementType type) {
  return type >= ElementType::kF4E2M1FN && type <= ElementType::kF64;
}
bool IsComplex(ElementType type) { return type == ElementType::kC64 || type == ElementType::kC128; }
int BitWidth(ElementType type) { return RowOf(type).bit_width; }
int ByteWidth(ElementType type) {
  if (type == ElementType::kTF32) return 4;
  return (BitWidth(type) + 7) / 8;
}

bool TensorType::IsStatic() const {
  for (int64_t dim : dims) {
    if (dim == kDynamic) return false;
  }
  return true;
}

int64_t TensorType::NumElements() const {
  int64_t n = 1;
  for (int64_t dim : dims) n *= dim;
  return n;
}

bool Admits(const TensorType& declared, const TensorType& actual) {
  if (declared.rank() != actual.rank()) return false;
  // What is left of the declared type when its free sizes are the actual ones.
  TensorType filled = declared;
  filled.bounds = actual.bounds;
  for (size_t d = 0; d < filled.dims.size(); ++d) {
    if (filled.dims[d] != kDynamic) continue;
    filled.dims[d] = actual.dims[d];
    if (!declared.bounds.empty() && declared.bounds[d] != kDynamic &&
        actual.dims[d] > declared.bounds[d]) {
      return false;
    }
  }
  return filled == actual;
}

bool TensorType::FitsAddressSpace() const {
  constexpr int64_t kLimit = int64_t{1} << 62;
  // Zero-sized dimensions do not excuse the others: strides are computed from them as well.
  int64_t n = ByteWidth(StorageType());
  for (int64_t dim : dims) {
    if (dim == kDynamic) continue;
    if (dim < 0) return false;
    if (!CheckedMul(n, dim == 0 ? 1 : dim, &n) || n > kLimit) return false;
  }
  return true;
}

bool TensorType::operator==(const TensorType& other) const {
  if (element != other.element || dims != other.dims || bounds != other.bounds ||
      encoding != other.encoding) {
    return false;
  }
  if (!quantized || !other.quantized) return quantized == other.quantized;
  return *quantized == *other.quantized;
}

std::string ToString(const TensorType& type) {
  std::string out = "tensor<";
  AppendDims(&out, type.dims);
  if (type.quantized) {
    AppendQuantized(&out, *type.quantized);
  } else {
    out.append(ElementTypeName(type.element));
  }
  if (!type.bounds.empty()) {
    out.append(", #stablehlo.bounds<");
    for (size_t i = 0; i < type.bounds.size(); ++i) {
      if (i) out.append(", ");
      if (type.bounds[i] == kDynamic) {
        out.append("?");
      } else {
        StrAppend(&out, type.bounds[i]);
      }
    }
    out.append(">");
  } else if (!type.encoding.empty()) {
    StrAppend(&out, ", ", type.encoding);
  }
  out.append(">");
  return out;
}

std::string ToString(const Type& type) {
  std::string out;
  switch (type.kind) {
    case Type::Kind::kTensor:
      return ToString(type.tensor);
    case Type::Kind::kUnrankedTensor:
      return StrCat("tensor<*x", ElementTypeName(type.tensor.element), ">");
    case Type::Kind::kScalar:
      if (type.tensor.quantized) {
        AppendQuantized(&out, *type.tensor.quantized);
        return out;
      }
      return std::string(ElementTypeName(type.tensor.element));
    case Type::Kind::kToken:
      return "!stablehlo.token";
    case Type::Kind::kTuple:
      out = "tuple<";
      AppendTypes(&out, type.elements);
      return out + ">";
    case Type::Kind::kFuture:
      out = "!stablehlo.future<";
      AppendTypes(&out, type.elements);
      return out + ">";
    case Type::Kind::kFunction:
      out = "(";
      AppendTypes(&out, type.elements);
      out.append(") -> ");
      if (type.results.size() == 1 && type.results[0].kind != Type::Kind::kFunction) {
        return out + ToString(type.results[0]);
      }
      out.append("(");
      AppendTypes(&out, type.results);
      return out + ")";
    case Type::Kind::kBuffer:
      out = "memref<";
      AppendDims(&out, type.tensor.dims);
      return StrCat(out, ElementTypeName(type.tensor.element), ">");
    case Type::Kind::kNone:
      return "none";
    case Type::Kind::kOpaque:
      return type.text;
  }
  return out;
}

size_t HashType(const Type& type) {
  size_t seed = static_cast<size_t>(type.kind) * 131 + static_cast<size_t>(type.tensor.element);
  for (int64_t dim : type.tensor.dims) HashCombine(&seed, std::hash<int64_t>()(dim));
  for (const Type& element : type.elements) HashCombine(&seed, HashType(element));
  for (const Type& result : type.results) HashCombine(&seed, HashType(result));
  HashCombine(&seed, std::hash<std::string>()(type.text));
  return seed;
}

}  // namespace webhlo
