// SPDX-License-Identifier: Apache-2.0
#include "core/import/vhlo_attributes.h"

#include <bit>
#include <iterator>
#include <optional>

#include "core/base/strings.h"
#include "core/graph/dialect.h"

namespace webhlo {
namespace {

enum AttributeCode : uint64_t {
  kArray = 1,
  kBool = 2,
  kComparisonDirection = 3,
  kComparisonType = 4,
  kCustomCallApiVersion = 5,
  kDictionary = 6,
  kFftType = 7,
  kFloat = 8,
  kInteger = 9,
  kOutputOperandAlias = 10,
  kPrecision = 11,
  kRngAlgorithm = 12,
  kRngDistribution = 13,
  kString = 14,
  kTensor = 15,
  kTranspose = 16,
  kType = 17,
  kTypeExtensions = 18,
  kResultAccuracyMode = 19,
  kResultAccuracy = 20,
  kSubAxisInfo = 21,
  kAxisRef = 22,
  kReplicaGroupMeshAxes = 23,
  kMeshAxis = 24,
  kMesh = 25,
};

// Enumerations, by an attribute that holds one.
constexpr struct {
  AttributeCode code;
  std::string_view attribute;
} kEnumerations[] = {
    {kComparisonDirection, "comparison_direction"},
    {kComparisonType, "compare_type"},
    {kCustomCallApiVersion, "api_version"},
    {kFftType, "fft_type"},
    {kPrecision, "precision_config"},
    {kRngAlgorithm, "rng_algorithm"},
    {kRngDistribution, "rng_distribution"},
    {kTranspose, "transpose_a"},
    {kResultAccuracyMode, "mode"},
};

NamedAttribute Field(std::string_view name, Attribute value) {
  return {std::string(name), std::move(value)};
}

// A child that may not be there yet; the value is then thrown away with the whole result.
Attribute Child(EntryReader& reader) {
  const Attribute* attribute = reader.ReadAttribute();
  return attribute ? *attribute : Attribute();
}

double ReadBits64(EntryReader& reader) {
  return std::bit_cast<double>(reader.bytes.SignedVarint());
}

Attribute ReadDictionary(EntryReader& reader) {
  const size_t count = reader.bytes.Count();
  std::vector<NamedAttribute> fields;
  for (size_t i = 0; i < count && reader.bytes.ok(); ++i) {
    const std::string_view name = reader.ReadStringAttribute();
    const Attribute* value = reader.ReadAttribute();
    if (value) fields.push_back(Field(name, *value));
  }
  return Attribute::Dict(std::move(fields));
}

Attribute ReadOutputOperandAlias(EntryReader& reader) {
  std::vector<int64_t> output_indices = reader.ReadSignedVarints();
  const int64_t operand_index = reader.bytes.SignedVarint();
  std::vector<int64_t> operand_indices = reader.ReadSignedVarints();
  return Attribute::Dict(
      {Field("output_tuple_indices", Attribute::Ints(std::move(output_indices))),
       Field("operand_index", Attribute::Int(operand_index)),
       Field("operand_tuple_indices", Attribute::Ints(std::move(operand_indices)))});
}

Attribute ReadResultAccuracy(EntryReader& reader) {
  const double atol = ReadBits64(reader);
  const double rtol = ReadBits64(reader);
  const int64_t ulps = reader.bytes.SignedVarint();
  return Attribute::Dict({Field("atol", Attribute::Float(atol, ElementType::kF64)),
                          Field("rtol", Attribute::Float(rtol, ElementType::kF64)),
                          Field("ulps", Attribute::Int(ulps)), Field("mode", Child(reader))});
}

std::optional<ElementType> ScalarOf(uint64_t code) {
  constexpr struct {
    uint64_t code;
    ElementType type;
  } kScalars[] = {
      {0, ElementType::kI1},
      {2, ElementType::kBF16},
      {3, ElementType::kF16},
      {4, ElementType::kF32},
      {5, ElementType::kF64},
      {6, ElementType::kF8E4M3FN},
      {7, ElementType::kF8E5M2},
      {9, ElementType::kIndex},
      {10, ElementType::kI4},
      {11, ElementType::kI8},
      {12, ElementType::kI16},
      {13, ElementType::kI32},
      {14, ElementType::kI64},
      {15, ElementType::kU4},
      {16, ElementType::kU8},
      {17, ElementType::kU16},
      {18, ElementType::kU32},
      {19, ElementType::kU64},
      {27, ElementType::kF8E4M3FNUZ},
      {28, ElementType::kF8E5M2FNUZ},
      {29, ElementType::kF8E4M3B11FNUZ},
      {31, ElementType::kI2},
      {32, ElementType::kU2},
      {34, ElementType::kTF32},
      {35, ElementType::kF8E4M3},
      {36, ElementType::kF8E3M4},
      {37, ElementType::kF4E2M1FN},
      {38, ElementType::kF6E2M3FN},
      {39, ElementType::kF6E3M2FN},
      {40, ElementType::kF8E8M0FNU},
  };
  for (const auto& row : kScalars) {
    if (row.code == code) return row.type;
  }
  return std::nullopt;
}

enum TypeCode : uint64_t {
  kComplex = 1,
  kFunction = 8,
  kRankedTensor = 20,
  kRankedTensorWithEncoding = 21,
  kToken = 22,
  kTuple = 23,
  kUniformQuantized = 24,
  kUnrankedTensor = 25,
  kWitness = 26,
  kUniformQuantizedPerAxis = 30,
  kNoneType = 33,
  kBuffer = 41,
  kFuture = 42,
};

Result<Type> ReadQuantized(EntryReader& reader, bool per_axis) {
  constexpr uint64_t kSigned = 1;
  const uint64_t flags = reader.bytes.Varint();
  const Type* storage = reader.ReadType();
  const Type* expressed = reader.ReadType();
  if (!storage || !expressed) return Type();
  if (storage->kind != Type::Kind::kScalar || expressed->kind != Type::Kind::kScalar) {
    reader.bytes.Fail("a quantized type's parts are not scalars");
    return Type();
  }
  QuantizedType q;
  q.expressed = expressed->tensor.element;
  q.storage = storage->tensor.element;
  if (!(flags & kSigned)) {
    // The quant dialect keeps one signless storage type; the flag alone says that it is unsigned.
    if (q.storage == ElementType::kI2) q.storage = ElementType::kU2;
    if (q.storage == ElementType::kI4) q.storage = ElementType::kU4;
    if (q.storage == ElementType::kI8) q.storage = ElementType::kU8;
    if (q.storage == ElementType::kI16) q.storage = ElementType::kU16;
    if (q.storage == ElementType::kI32) q.storage = ElementType::kU32;
  }
  if (per_axis) {
    q.axes.push_back(static_cast<int64_t>(reader.bytes.Varint()));
    q.storage_min = reader.bytes.SignedVarint();
    q.storage_max = reader.bytes.SignedVarint();
    for (const int64_t bits : reader.ReadSignedVarints()) {
      q.scales.push_back(std::bit_cast<double>(bits));
    }
    q.zero_points = reader.ReadSignedVarints();
    if (q.scales.size() != q.zero_points.size() || q.scales.empty()) {
      reader.bytes.Fail("a quantized type's scales and zero points differ in number");
    }
  } else {
    q.scales.push_back(ReadBits64(reader));
    q.zero_points.push_back(reader.bytes.SignedVarint());
    q.storage_min = reader.bytes.SignedVarint();
    q.storage_max = reader.bytes.SignedVarint();
  }
  if (!IsInteger(q.storage) || !IsFloat(q.expressed)) {
    reader.bytes.Fail("a quantized type does not store integers for floats");
  }
  reader.AddWeight(q.scales.size() / 4);
  Type type = Type::Scalar(ElementType::kQuantized);
  type.tensor.quantized = std::make_shared<const QuantizedType>(std::move(q));
  return type;
}

Type ReadShaped(EntryReader& reader, TypeCode code) {
  const Attribute* encoding = nullptr;
  const bool has_encoding = code == kRankedTensorWithEncoding;
  if (has_encoding) encoding = reader.ReadAttribute();
  std::vector<int64_t> dims = reader.ReadSignedVarints();
  const Type* element = reader.ReadType();
  if (!element || (has_encoding && !encoding)) return Type();
  if (element->kind != Type::Kind::kScalar) {
    reader.bytes.Fail("a tensor's element type is not a scalar");
    return Type();
  }
  Type type;
  type.kind = code == kBuffer ? Type::Kind::kBuffer : Type::Kind::kTensor;
  type.tensor = TensorType(element->tensor.element, std::move(dims));
  type.tensor.quantized = element->tensor.quantized;
  reader.AddWeight(type.tensor.dims.size() / 8);
  if (!encoding) return type;
  if (encoding->kind() == Attribute::Kind::kInts) {
    const auto bounds = encoding->ints();
    if (bounds.size() != type.tensor.dims.size()) {
      reader.bytes.Fail("a tensor's bounds do not match its rank");
      return type;
    }
    bool any = false;
    for (const int64_t bound : bounds) any |= bound != kDynamic;
    if (any) type.tensor.bounds.assign(bounds.begin(), bounds.end());
  } else if (encoding->kind() == Attribute::Kind::kOpaque) {
    type.tensor.encoding = encoding->string();
  } else {
    reader.bytes.Fail("a tensor's encoding is of no known kind");
  }
  return type;
}

}  // namespace

Result<Attribute> DecodeVhloAttribute(EntryReader& reader) {
  ByteReader& bytes = reader.bytes;
  const uint64_t code = bytes.Varint();
  for (const auto& enumeration : kEnumerations) {
    if (enumeration.code != code) continue;
    const auto keywords = FindEnum(enumeration.attribute)->keywords;
    const uint64_t value = bytes.Varint();
    if (value >= keywords.size() || keywords[value].empty()) {
      reader.SetUnknown(StrCat(enumeration.attribute, " ", value));
      return Attribute();
    }
    return Attribute::String(std::string(keywords[value]));
  }
  switch (code) {
    case kArray:
      return Attribute::Array(reader.ReadAttributes());
    case kBool:
      return Attribute::Bool(bytes.Varint() != 0);
    case kDictionary:
      return ReadDictionary(reader);
    case kFloat:
    case kInteger: {
      const Type* type = reader.ReadType();
      if (!type) return Attribute();
      const ElementType element = type->tensor.element;
      const bool integral = element == ElementType::kI1 || IsInteger(element);
      if (type->kind != Type::Kind::kScalar || !(code == kFloat ? IsFloat(element) : integral)) {
        bytes.Fail("a number's type does not fit it");
        return Attribute();
      }
      if (code == kFloat) return Attribute::Float(reader.ReadFloat(element), element);
      const int64_t value = reader.ReadInteger(element);
      return element == ElementType::kI1 ? Attribute::Bool(value != 0)
                                         : Attribute::Int(value, element);
    }
    case kOutputOperandAlias:
      return ReadOutputOperandAlias(reader);
    case kString:
      return Attribute::String(std::string(reader.ReadString()));
    case kTensor: {
      const Type* type = reader.ReadType();
      if (!type) return Attribute();
      const auto blob = bytes.Bytes(bytes.Varint());
      if (!bytes.ok()) return Attribute();
      // VHLO kept its bits when MLIR gave booleans a byte each: 0x01 is no splat here.
      ASSIGN_OR_RETURN(DenseElements dense, DecodeDense(*type, blob, VhloVersion{}));
      return Attribute::Dense(std::move(dense));
    }
    case kType: {
      const Type* type = reader.ReadType();
      return type ? Attribute::TypeOf(*type) : Attribute();
    }
    case kTypeExtensions:
      return Attribute::Ints(reader.ReadSignedVarints());
    case kResultAccuracy:
      return ReadResultAccuracy(reader);
    case kSubAxisInfo: {
      const int64_t pre_size = bytes.SignedVarint();
      const int64_t size = bytes.SignedVarint();
      return Attribute::Dict(
          {Field("pre_size", Attribute::Int(pre_size)), Field("size", Attribute::Int(size))});
    }
    case kAxisRef: {
      std::vector<NamedAttribute> fields{Field("name", Child(reader))};
      if (bytes.Varint()) fields.push_back(Field("sub_axis_info", Child(reader)));
      return Attribute::Dict(std::move(fields));
    }
    case kReplicaGroupMeshAxes: {
      NamedAttribute mesh = Field("mesh", Child(reader));
      return Attribute::Dict({std::move(mesh), Field("axes", Child(reader))});
    }
    case kMeshAxis: {
      NamedAttribute name = Field("name", Child(reader));
      return Attribute::Dict(
          {std::move(name), Field("size", Attribute::Int(bytes.SignedVarint()))});
    }
    case kMesh: {
      std::vector<NamedAttribute> fields{Field("axes", Child(reader))};
      bool has_ids;
      const uint64_t ids = bytes.VarintWithFlag(&has_ids);
      if (has_ids) {
        const Attribute* device_ids = reader.AttributeAt(ids);
        fields.push_back(Field("device_ids", device_ids ? *device_ids : Attribute()));
      }
      return Attribute::Dict(std::move(fields));
    }
    default:
      if (bytes.ok()) reader.SetUnknown(StrCat("attribute code ", code));
      return Attribute();
  }
}

Result<Type> DecodeVhloType(EntryReader& reader) {
  ByteReader& bytes = reader.bytes;
  const uint64_t code = bytes.Varint();
  if (const auto scalar = ScalarOf(code)) return Type::Scalar(*scalar);
  switch (code) {
    case kComplex: {
      const Type* element = reader.ReadType();
      if (!element) return Type();
      if (*element == Type::Scalar(ElementType::kF32)) return Type::Scalar(ElementType::kC64);
      if (*element == Type::Scalar(ElementType::kF64)) return Type::Scalar(ElementType::kC128);
      bytes.Fail("a complex type is not of f32 or f64");
      return Type();
    }
    case kFunction: {
      Type type = Type::Of(Type::Kind::kFunction);
      type.elements = reader.ReadTypes();
      type.results = reader.ReadTypes();
      return type;
    }
    case kRankedTensor:
    case kRankedTensorWithEncoding:
    case kBuffer:
      return ReadShaped(reader, static_cast<TypeCode>(code));
    case kToken:
      return Type::Of(Type::Kind::kToken);
    case kTuple:
    case kFuture: {
      Type type = Type::Of(code == kTuple ? Type::Kind::kTuple : Type::Kind::kFuture);
      type.elements = reader.ReadTypes();
      return type;
    }
    case kUniformQuantized:
    case kUniformQuantizedPerAxis:
      return ReadQuantized(reader, code == kUniformQuantizedPerAxis);
    case kUnrankedTensor: {
      const Type* element = reader.ReadType();
      if (!element) return Type();
      if (element->kind != Type::Kind::kScalar) bytes.Fail("an element type is not a scalar");
      Type type = Type::Of(Type::Kind::kUnrankedTensor);
      type.tensor.element = element->tensor.element;
      type.tensor.quantized = element->tensor.quantized;
      return type;
    }
    case kWitness: {
      Type type = Type::Of(Type::Kind::kOpaque);
      type.text = "!shape.witness";
      return type;
    }
    case kNoneType:
      return Type::Of(Type::Kind::kNone);
    default:
      if (bytes.ok()) reader.SetUnknown(StrCat("type code ", code));
      return Type();
  }
}

}  // namespace webhlo
