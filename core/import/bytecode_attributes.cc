// SPDX-License-Identifier: Apache-2.0
//
// One file: a decoder, one case for each code of the attributes and types that a file may hold.
#include "core/import/bytecode_attributes.h"

#include <algorithm>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/tensor.h"
#include "core/import/vhlo_attributes.h"

namespace webhlo {
namespace {

// Deeper trees have no use and would overflow the stacks of those who walk them by recursion.
constexpr uint32_t kMaxTreeDepth = 64;
// A chain of locations is cut here: stack traces of recursive programs can be very long.
constexpr uint32_t kMaxLocationDepth = 512;

constexpr std::string_view kBuiltin = "builtin";
constexpr std::string_view kVhlo = "vhlo";

// Codes of MLIR's builtin dialect.
enum AttributeCode : uint64_t {
  kArray,
  kDictionary,
  kString,
  kStringWithType,
  kFlatSymbolRef,
  kSymbolRef,
  kType,
  kUnit,
  kInteger,
  kFloat,
  kCallSiteLoc,
  kFileLineColLoc,
  kFusedLoc,
  kFusedLocWithMetadata,
  kNameLoc,
  kUnknownLoc,
  kDenseResource,
  kDenseArray,
  kDenseIntOrFloat,
  kDenseString,
  kSparse,
  kDistinct,
  kFileLineColRange,
};
enum TypeCode : uint64_t {
  kIntegerType,
  kIndexType,
  kFunctionType,
  kBF16Type,
  kF16Type,
  kF32Type,
  kF64Type,
  kF80Type,
  kF128Type,
  kComplexType,
  kMemRefType,
  kMemRefWithSpaceType,
  kNoneType,
  kRankedTensorType,
  kRankedTensorWithEncodingType,
  kTupleType,
  kUnrankedMemRefType,
  kUnrankedMemRefWithSpaceType,
  kUnrankedTensorType,
  kVectorType,
  kScalableVectorType,
};

Type OpaqueType(std::string text) {
  Type type = Type::Of(Type::Kind::kOpaque);
  type.text = std::move(text);
  return type;
}

Type DecodeIntegerType(ByteReader& bytes) {
  constexpr uint64_t kUnsigned = 2;
  const uint64_t value = bytes.Varint();
  const bool is_unsigned = (value & 3) == kUnsigned;
  // Signed and signless integers are one thing here, as in StableHLO.
  const std::string name = StrCat(is_unsigned ? "ui" : "i", value >> 2);
  if (const auto element = ParseElementType(name)) return Type::Scalar(*element);
  return OpaqueType(name);
}

Type DecodeRankedTensor(EntryReader& reader, bool has_encoding) {
  const Attribute* encoding = has_encoding ? reader.ReadAttribute() : nullptr;
  std::vector<int64_t> dims = reader.ReadSignedVarints();
  const Type* element = reader.ReadType();
  if (!element || (has_encoding && !encoding)) return Type();
  if (element->kind != Type::Kind::kScalar) return OpaqueType("tensor<...>");
  Type type(TensorType(element->tensor.element, std::move(dims)));
  type.tensor.quantized = element->tensor.quantized;
  reader.AddWeight(type.tensor.dims.size() / 8);
  if (encoding) {
    type.tensor.encoding =
        encoding->kind() == Attribute::Kind::kOpaque ? encoding->string() : "unknown";
  }
  return type;
}

Type DecodeBuiltinType(EntryReader& reader) {
  const uint64_t code = reader.bytes.Varint();
  switch (code) {
    case kIntegerType:
      return DecodeIntegerType(reader.bytes);
    case kIndexType:
      return Type::Scalar(ElementType::kIndex);
    case kFunctionType: {
      Type type = Type::Of(Type::Kind::kFunction);
      type.elements = reader.ReadTypes();
      type.results = reader.ReadTypes();
      return type;
    }
    case kBF16Type:
      return Type::Scalar(ElementType::kBF16);
    case kF16Type:
      return Type::Scalar(ElementType::kF16);
    case kF32Type:
      return Type::Scalar(ElementType::kF32);
    case kF64Type:
      return Type::Scalar(ElementType::kF64);
    case kF80Type:
      return OpaqueType("f80");
    case kF128Type:
      return OpaqueType("f128");
    case kComplexType: {
      const Type* element = reader.ReadType();
      if (!element) return Type();
      if (*element == Type::Scalar(ElementType::kF32)) return Type::Scalar(ElementType::kC64);
      if (*element == Type::Scalar(ElementType::kF64)) return Type::Scalar(ElementType::kC128);
      return OpaqueType("complex<...>");
    }
    case kNoneType:
      return Type::Of(Type::Kind::kNone);
    case kRankedTensorType:
    case kRankedTensorWithEncodingType:
      return DecodeRankedTensor(reader, code == kRankedTensorWithEncodingType);
    case kTupleType: {
      Type type = Type::Of(Type::Kind::kTuple);
      type.elements = reader.ReadTypes();
      return type;
    }
    case kUnrankedTensorType: {
      const Type* element = reader.ReadType();
      if (!element) return Type();
      if (element->kind != Type::Kind::kScalar) return OpaqueType("tensor<*x...>");
      Type type = Type::Of(Type::Kind::kUnrankedTensor);
      type.tensor.element = element->tensor.element;
      type.tensor.quantized = element->tensor.quantized;
      return type;
    }
    case kMemRefType:
    case kMemRefWithSpaceType:
    case kUnrankedMemRefType:
    case kUnrankedMemRefWithSpaceType:
    case kVectorType:
    case kScalableVectorType:
      // Never a value's type in StableHLO; whoever uses one is told so by the verifier.
      reader.bytes.Bytes(reader.bytes.remaining());
      return OpaqueType(code >= kVectorType ? "vector<...>" : "memref<...>");
    default:
      if (reader.bytes.ok()) reader.SetUnknown(StrCat("builtin type code ", code));
      return Type();
  }
}

Attribute DecodeDictionary(EntryReader& reader) {
  const size_t count = reader.bytes.Count();
  std::vector<NamedAttribute> fields;
  for (size_t i = 0; i < count && reader.bytes.ok(); ++i) {
    const std::string_view name = reader.ReadStringAttribute();
    const Attribute* value = reader.ReadAttribute();
    if (value) fields.push_back({std::string(name), *value});
  }
  return Attribute::Dict(std::move(fields));
}

Attribute DecodeNumber(EntryReader& reader, bool is_float) {
  const Type* type = reader.ReadType();
  if (!type) return Attribute();
  const ElementType element = type->tensor.element;
  if (type->kind == Type::Kind::kOpaque) {  // i128, f80: kept by their type's name only.
    reader.bytes.Bytes(reader.bytes.remaining());
    return Attribute::Opaque(type->text);
  }
  const bool fits =
      type->kind == Type::Kind::kScalar &&
      (is_float ? IsFloat(element) : element == ElementType::kI1 || IsInteger(element));
  if (!fits) {
    reader.bytes.Fail("a number's type does not fit it");
    return Attribute();
  }
  if (is_float) return Attribute::Float(reader.ReadFloat(element), element);
  const int64_t value = reader.ReadInteger(element);
  return element == ElementType::kI1 ? Attribute::Bool(value != 0) : Attribute::Int(value, element);
}

Attribute DecodeSymbol(EntryReader& reader, bool nested) {
  std::string name(reader.ReadStringAttribute());
  if (nested) {
    const size_t count = reader.bytes.Count();
    for (size_t i = 0; i < count && reader.bytes.ok(); ++i) {
      const Attribute* part = reader.ReadAttribute();
      if (part && part->kind() == Attribute::Kind::kSymbol) {
        StrAppend(&name, "::@", part->string());
      }
    }
    reader.AddWeight(name.size() / 16);
  }
  return Attribute::Symbol(std::move(name));
}

Result<Attribute> DecodeDenseArray(EntryReader& reader) {
  const Type* type = reader.ReadType();
  if (!type) return Attribute();
  const uint64_t count = reader.bytes.Varint();
  const auto blob = reader.bytes.Bytes(reader.bytes.Varint());
  const ElementType element = type->tensor.element;
  if (type->kind != Type::Kind::kScalar || element == ElementType::kQuantized ||
      IsComplex(element)) {
    reader.bytes.Fail("an array's element type is not a number");
    return Attribute();
  }
  const size_t width = ByteWidth(element);
  if (!reader.bytes.ok() || blob.size() % width != 0 || blob.size() / width != count) {
    reader.bytes.Fail("an array's size does not fit its type");
    return Attribute();
  }
  reader.AddWeight(count / 8);
  if (IsFloat(element)) {
    std::vector<Attribute> values;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(Attribute::Float(LoadF64(element, blob.data() + i * width), element));
    }
    return Attribute::Array(std::move(values));
  }
  std::vector<int64_t> values;
  for (size_t i = 0; i < count; ++i) values.push_back(LoadI64(element, blob.data() + i * width));
  return Attribute::Ints(std::move(values));
}

Result<Attribute> DecodeDenseResource(EntryReader& reader) {
  const Type* type = reader.ReadType();
  const auto& resources = reader.file().resources;
  const size_t index = reader.bytes.Index(resources.size());
  if (!type || !reader.bytes.ok()) return Attribute();
  const BytecodeFile::Resource& resource = resources[index];
  if (!resource.is_blob) {
    return InvalidModel(StrCat("bytecode: the resource \"", resource.key, "\" holds no data"));
  }
  const auto blob =
      reader.file().bytes.subspan(resource.blob.begin, resource.blob.end - resource.blob.begin);
  // Several attributes may name one blob, and each copies it.
  reader.AddWeight(blob.size() / 16);
  ASSIGN_OR_RETURN(DenseElements dense, DecodeDense(*type, blob, reader.file().vhlo_version));
  return Attribute::Dense(std::move(dense));
}

Result<Attribute> DecodeBuiltinAttribute(EntryReader& reader, uint64_t code) {
  ByteReader& bytes = reader.bytes;
  switch (code) {
    case kArray:
      return Attribute::Array(reader.ReadAttributes());
    case kDictionary:
      return DecodeDictionary(reader);
    case kString:
      return Attribute::String(std::string(reader.ReadString()));
    case kStringWithType: {
      const std::string_view text = reader.ReadString();
      reader.ReadType();
      return Attribute::String(std::string(text));
    }
    case kFlatSymbolRef:
    case kSymbolRef:
      return DecodeSymbol(reader, code == kSymbolRef);
    case kType: {
      const Type* type = reader.ReadType();
      return type ? Attribute::TypeOf(*type) : Attribute();
    }
    case kUnit:
      return Attribute();
    case kInteger:
    case kFloat:
      return DecodeNumber(reader, code == kFloat);
    case kDenseResource:
      return DecodeDenseResource(reader);
    case kDenseArray:
      return DecodeDenseArray(reader);
    case kDenseIntOrFloat: {
      const Type* type = reader.ReadType();
      if (!type) return Attribute();
      const auto blob = bytes.Bytes(bytes.Varint());
      if (!bytes.ok()) return Attribute();
      ASSIGN_OR_RETURN(DenseElements dense, DecodeDense(*type, blob, reader.file().vhlo_version));
      return Attribute::Dense(std::move(dense));
    }
    case kDenseString:
    case kSparse:
    case kDistinct:
      bytes.Bytes(bytes.remaining());
      return Attribute::Opaque(code == kDenseString ? "dense<strings>"
                               : code == kSparse    ? "sparse<...>"
                                                    : "distinct[...]<...>");
    default:
      if (bytes.ok()) reader.SetUnknown(StrCat("builtin attribute code ", code));
      return Attribute();
  }
}

bool IsLocationCode(uint64_t code) {
  return (code >= kCallSiteLoc && code <= kUnknownLoc) || code == kFileLineColRange;
}

// Fills `location`; kUnknown for unknown locations.
void DecodeLocation(EntryReader& reader, uint64_t code, Location* location) {
  ByteReader& bytes = reader.bytes;
  const auto add_child = [&] {
    LocationId child;
    if (reader.ReadLocation(&child)) location->children.push_back(child);
  };
  switch (code) {
    case kCallSiteLoc:
      location->kind = Location::Kind::kCallSite;
      add_child();
      add_child();
      break;
    case kFileLineColLoc:
      location->kind = Location::Kind::kFile;
      location->text = reader.ReadStringAttribute();
      location->line = location->end_line = static_cast<uint32_t>(bytes.Varint());
      location->column = location->end_column = static_cast<uint32_t>(bytes.Varint());
      break;
    case kFileLineColRange: {
      location->kind = Location::Kind::kFile;
      location->text = reader.ReadStringAttribute();
      // line; line, column; line, column, end column; line, column, end line, end column.
      const size_t count = bytes.Count();
      uint32_t numbers[4] = {};
      if (count > 4) bytes.Fail("a location has more than four numbers");
      for (size_t i = 0; i < count && bytes.ok(); ++i) {
        numbers[i] = static_cast<uint32_t>(bytes.Varint());
      }
      location->line = numbers[0];
      location->column = numbers[1];
      location->end_line = count == 4 ? numbers[2] : numbers[0];
      location->end_column = count == 4 ? numbers[3] : count == 3 ? numbers[2] : numbers[1];
      break;
    }
    case kFusedLoc:
    case kFusedLocWithMetadata: {
      location->kind = Location::Kind::kFused;
      const size_t count = bytes.Count();
      for (size_t i = 0; i < count && bytes.ok(); ++i) add_child();
      if (code == kFusedLocWithMetadata) {
        const Attribute* metadata = reader.ReadAttribute();
        if (metadata && (metadata->kind() == Attribute::Kind::kString ||
                         metadata->kind() == Attribute::Kind::kOpaque)) {
          location->text = metadata->string();
        }
      }
      break;
    }
    case kNameLoc: {
      location->kind = Location::Kind::kName;
      location->text = reader.ReadStringAttribute();
      LocationId child;
      // An unknown child is how MLIR says that a name stands alone.
      if (reader.ReadLocation(&child) && child != 0) location->children.push_back(child);
      break;
    }
    default:
      break;
  }
}

// Bytes that MLIR gives one element of `type` in a constant.
int64_t StoredWidth(ElementType type) { return type == ElementType::kTF32 ? 3 : ByteWidth(type); }

void AppendElement(ElementType type, const uint8_t* from, std::vector<uint8_t>* out) {
  switch (type) {
    case ElementType::kTF32: {
      // 19 bits in three bytes; in memory it is the f32 that it begins.
      const uint32_t bits = (from[0] | from[1] << 8 | (from[2] & 7u) << 16) << 13;
      for (int i = 0; i < 4; ++i) out->push_back(static_cast<uint8_t>(bits >> (8 * i)));
      return;
    }
    case ElementType::kI1:
    case ElementType::kI2:
    case ElementType::kI4:
    case ElementType::kU2:
    case ElementType::kU4: {
      uint8_t byte;
      StoreI64(type, &byte, LoadI64(type, from));
      out->push_back(byte);
      return;
    }
    default:
      out->insert(out->end(), from, from + ByteWidth(type));
  }
}

}  // namespace

Result<DenseElements> DecodeDense(const Type& type, std::span<const uint8_t> blob,
                                  const VhloVersion& version) {
  const TensorType& tensor = type.tensor;
  if (!type.IsTensor() || !tensor.IsStatic() || !tensor.FitsAddressSpace() ||
      tensor.element == ElementType::kQuantized) {
    return InvalidModel(StrCat("bytecode: a constant of type ", ToString(type)));
  }
  const ElementType element = tensor.element;
  const int64_t count = tensor.NumElements();
  const int64_t size = static_cast<int64_t>(blob.size());
  const int64_t width = StoredWidth(element);
  DenseElements dense;
  dense.type = tensor;
  if (count == 0) return dense;
  if (element == ElementType::kI1 && count > 1 && size != count &&
      size == CeilDiv<int64_t>(count, 8)) {
    // One bit an element, lowest first, as MLIR wrote before 2026. One byte may also be a splat:
    // 0x00 and 0xFF then, 0x01 since.
    const bool splat = size == 1 && (blob[0] == 0 || blob[0] == 0xFF ||
                                     (blob[0] == 1 && version >= VhloVersion{1, 14, 0}));
    if (splat) {
      dense.splat = true;
      dense.bytes.push_back(blob[0] != 0);
      return dense;
    }
    for (int64_t i = 0; i < count; ++i) dense.bytes.push_back(blob[i / 8] >> (i % 8) & 1);
  } else if (size == width) {
    dense.splat = true;
    AppendElement(element, blob.data(), &dense.bytes);
    return dense;
  } else if (size / width == count && size % width == 0) {
    if (width == ByteWidth(element) && width > 1) {
      dense.bytes.assign(blob.begin(), blob.end());
    } else {
      dense.bytes.reserve(static_cast<size_t>(count * ByteWidth(element)));
      for (int64_t i = 0; i < count; ++i) AppendElement(element, &blob[i * width], &dense.bytes);
    }
  } else {
    return InvalidModel(
        StrCat("bytecode: a constant of type ", ToString(type), " has ", size, " bytes"));
  }
  // MLIR itself keeps a constant of equal elements as a splat; so equal programs have equal graphs.
  CollapseSplat(&dense);
  return dense;
}

Status NewerThanThisBuild(const BytecodeFile& file, std::string_view what) {
  return Unsupported(StrCat(what, " is not known: the file needs StableHLO ",
                            file.vhlo_version.ToString(), ", this build reads up to ",
                            kVhloVersion.ToString()));
}

AttributeTable::AttributeTable(const BytecodeFile& file, Graph* graph)
    : file_(file),
      graph_(*graph),
      weight_left_(std::min<uint64_t>(65536 + 4 * uint64_t{file.bytes.size()}, 1 << 24)),
      attributes_(file.attributes.size()),
      types_(file.types.size()) {}

std::string AttributeTable::Describe(Entry entry) const {
  return StrCat(entry.kind == Kind::kAttribute ? "attribute " : "type ", entry.index);
}

Status AttributeTable::Resolve(Entry root) {
  if (SlotOf(root)) return OkStatus();
  std::vector<Entry> stack{root};
  while (!stack.empty()) {
    const Entry entry = stack.back();
    std::unique_ptr<Slot>& slot = SlotOf(entry);
    if (slot && slot->state == Slot::State::kDone) {
      stack.pop_back();
      continue;
    }
    if (!slot) slot = std::make_unique<Slot>();
    const auto& entries = entry.kind == Kind::kAttribute ? file_.attributes : file_.types;
    EntryReader reader(this, entries[entry.index].bytes);
    RETURN_IF_ERROR(Decode(reader, entry, slot.get()));
    if (!reader.bytes.ok()) return reader.bytes.Error(Describe(entry));
    if (reader.pending()) {
      for (const Entry& child : reader.missing_) {
        if (SlotOf(child)) {  // Open: it waits for this entry.
          return InvalidModel(StrCat("bytecode: ", Describe(entry), " contains itself"));
        }
        stack.push_back(child);
      }
      continue;
    }
    slot->state = Slot::State::kDone;
    stack.pop_back();
  }
  return OkStatus();
}

Status AttributeTable::Decode(EntryReader& reader, Entry entry, Slot* slot) {
  const bool is_attribute = entry.kind == Kind::kAttribute;
  const BytecodeFile::Entry& source = (is_attribute ? file_.attributes : file_.types)[entry.index];
  const std::string_view dialect = file_.dialects[source.dialect];
  Location location;
  if (!source.custom) {
    const auto bytes = reader.bytes.Bytes(reader.bytes.remaining());
    if (bytes.empty() || bytes.back() != 0) {
      reader.bytes.Fail("assembly text does not end in NUL");
      return OkStatus();
    }
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size() - 1);
    const auto element = is_attribute ? std::nullopt : ParseElementType(text);
    if (is_attribute) {
      slot->attribute = Attribute::Opaque(text);
    } else {
      slot->type = element ? Type::Scalar(*element) : OpaqueType(text);
    }
  } else if (dialect == kVhlo) {
    if (is_attribute) {
      ASSIGN_OR_RETURN(slot->attribute, DecodeVhloAttribute(reader));
    } else {
      ASSIGN_OR_RETURN(slot->type, DecodeVhloType(reader));
    }
  } else if (dialect == kBuiltin) {
    if (!is_attribute) {
      slot->type = DecodeBuiltinType(reader);
    } else {
      const uint64_t code = reader.bytes.Varint();
      slot->is_location = IsLocationCode(code);
      if (slot->is_location) {
        DecodeLocation(reader, code, &location);
        slot->attribute = Attribute::Opaque("loc(...)");
      } else {
        ASSIGN_OR_RETURN(slot->attribute, DecodeBuiltinAttribute(reader, code));
      }
    }
  } else {
    // A dialect we do not know (sdy): its entries are skipped by their size.
    reader.bytes.Bytes(reader.bytes.remaining());
    reader.AddWeight(dialect.size() / 16);
    const std::string name = StrCat(is_attribute ? "#" : "!", dialect, "<...>");
    if (is_attribute) {
      slot->attribute = Attribute::Opaque(name);
    } else {
      slot->type = OpaqueType(name);
    }
  }
  if (!reader.unknown_.empty() && reader.bytes.ok()) {
    return NewerThanThisBuild(file_, reader.unknown_);
  }
  if (reader.pending() || !reader.bytes.ok()) return OkStatus();
  if (!reader.bytes.empty()) {
    reader.bytes.Fail("data is left over");
    return OkStatus();
  }

  slot->depth = reader.depth_ + 1;
  // Locations are shared where they are used, other trees are unfolded.
  slot->weight = reader.own_weight_ + (slot->is_location ? 0 : reader.children_weight_);
  if (slot->weight > weight_left_) {
    return InvalidModel(
        StrCat("bytecode: ", Describe(entry), " unfolds to more than the file can hold"));
  }
  weight_left_ -= slot->weight;
  if (slot->is_location) {
    slot->weight = 0;
    if (location.kind == Location::Kind::kUnknown || slot->depth > kMaxLocationDepth) {
      slot->location = 0;
      slot->depth = 0;
    } else {
      slot->location = static_cast<LocationId>(graph_.locations.size());
      graph_.locations.push_back(std::move(location));
    }
    return OkStatus();
  }
  if (slot->depth > kMaxTreeDepth) {
    return InvalidModel(
        StrCat("bytecode: ", Describe(entry), " nests deeper than ", kMaxTreeDepth, " levels"));
  }
  if (slot->attribute.kind() == Attribute::Kind::kDict) {
    const auto fields = slot->attribute.fields();
    for (size_t i = 1; i < fields.size(); ++i) {
      if (fields[i].name == fields[i - 1].name) {
        return InvalidModel(
            StrCat("bytecode: ", Describe(entry), " has \"", fields[i].name, "\" twice"));
      }
    }
  }
  return OkStatus();
}

Result<const Attribute*> AttributeTable::GetAttribute(uint64_t index) {
  if (index >= attributes_.size()) {
    return InvalidModel(StrCat("bytecode: there is no attribute ", index));
  }
  RETURN_IF_ERROR(Resolve({Kind::kAttribute, static_cast<uint32_t>(index)}));
  return &attributes_[index]->attribute;
}

Result<const Type*> AttributeTable::GetType(uint64_t index) {
  if (index >= types_.size()) return InvalidModel(StrCat("bytecode: there is no type ", index));
  RETURN_IF_ERROR(Resolve({Kind::kType, static_cast<uint32_t>(index)}));
  return &types_[index]->type;
}

Result<LocationId> AttributeTable::GetLocation(uint64_t index) {
  RETURN_IF_ERROR(GetAttribute(index).status());
  if (!attributes_[index]->is_location) {
    return InvalidModel(StrCat("bytecode: attribute ", index, " is not a location"));
  }
  return attributes_[index]->location;
}

const AttributeTable::Slot* EntryReader::Child(AttributeTable::Kind kind, uint64_t index) {
  const size_t size =
      kind == AttributeTable::Kind::kAttribute ? table_.attributes_.size() : table_.types_.size();
  const AttributeTable::Entry entry{kind, static_cast<uint32_t>(bytes.CheckIndex(index, size))};
  if (!bytes.ok()) return nullptr;
  const AttributeTable::Slot* slot = table_.SlotOf(entry).get();
  if (!slot || slot->state != AttributeTable::Slot::State::kDone) {
    missing_.push_back(entry);
    return nullptr;
  }
  depth_ = std::max(depth_, slot->depth);
  children_weight_ += slot->weight;
  return slot;
}

const Attribute* EntryReader::AttributeAt(uint64_t index) {
  const AttributeTable::Slot* slot = Child(AttributeTable::Kind::kAttribute, index);
  return slot ? &slot->attribute : nullptr;
}

const Attribute* EntryReader::ReadAttribute() { return AttributeAt(bytes.Varint()); }

const Type* EntryReader::ReadType() {
  const AttributeTable::Slot* slot = Child(AttributeTable::Kind::kType, bytes.Varint());
  return slot ? &slot->type : nullptr;
}

bool EntryReader::ReadLocation(LocationId* location) {
  const AttributeTable::Slot* slot = Child(AttributeTable::Kind::kAttribute, bytes.Varint());
  if (!slot) return false;
  if (!slot->is_location) {
    bytes.Fail("a location refers to an attribute that is none");
    return false;
  }
  *location = slot->location;
  return true;
}

std::string_view EntryReader::ReadString() {
  const size_t index = bytes.Index(file().strings.size());
  if (!bytes.ok()) return {};
  const std::string_view text = file().strings[index];
  AddWeight(text.size() / 16);  // Every entry that names a string copies it.
  return text;
}

std::string_view EntryReader::ReadStringAttribute() {
  const Attribute* attribute = ReadAttribute();
  if (!attribute) return {};
  if (attribute->kind() != Attribute::Kind::kString) {
    bytes.Fail("a name is not a string");
    return {};
  }
  AddWeight(attribute->string().size() / 16);
  return attribute->string();
}

std::vector<Attribute> EntryReader::ReadAttributes() {
  const size_t count = bytes.Count();
  std::vector<Attribute> attributes;
  for (size_t i = 0; i < count && bytes.ok(); ++i) {
    if (const Attribute* attribute = ReadAttribute()) attributes.push_back(*attribute);
  }
  return attributes;
}

std::vector<Type> EntryReader::ReadTypes() {
  const size_t count = bytes.Count();
  std::vector<Type> types;
  for (size_t i = 0; i < count && bytes.ok(); ++i) {
    if (const Type* type = ReadType()) types.push_back(*type);
  }
  return types;
}

int64_t EntryReader::ReadInteger(ElementType type) {
  const int width = BitWidth(type);
  const uint64_t raw = width <= 8 ? bytes.Byte() : static_cast<uint64_t>(bytes.SignedVarint());
  if (width == 64) return static_cast<int64_t>(raw);
  const uint64_t value = raw & ((uint64_t{1} << width) - 1);
  const bool is_negative = IsSignedInteger(type) && (value >> (width - 1) & 1);
  return static_cast<int64_t>(is_negative ? value | ~uint64_t{0} << width : value);
}

double EntryReader::ReadFloat(ElementType type) {
  const int width = BitWidth(type);
  uint64_t bits = width <= 8 ? bytes.Byte() : static_cast<uint64_t>(bytes.SignedVarint());
  if (width < 64) bits &= (uint64_t{1} << width) - 1;
  if (type == ElementType::kTF32) bits <<= 13;
  return DecodeFloat(type, bits);
}

std::vector<int64_t> EntryReader::ReadSignedVarints() {
  const size_t count = bytes.Count();
  std::vector<int64_t> values;
  for (size_t i = 0; i < count && bytes.ok(); ++i) values.push_back(bytes.SignedVarint());
  return values;
}

}  // namespace webhlo
