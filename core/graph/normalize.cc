// SPDX-License-Identifier: Apache-2.0
//
// NormalizeAttributes: from whatever an importer read to the canonical attributes of
// core/graph/attribute.h. Text writes a dimension list in four ways and bytecode in a fifth; after
// this there is one, so that the same program gives the same graph.
#include <algorithm>
#include <cstring>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/tensor.h"

namespace webhlo {
namespace {

// A splat states many elements in one; lists of dimensions are short, so longer ones are refused
// rather than unrolled.
constexpr int64_t kMaxUnrolledSplat = 4096;

std::string_view KindName(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kBool:
    case AttributeKind::kUnit:
      return "a boolean";
    case AttributeKind::kInt:
    case AttributeKind::kInt32:
      return "an integer";
    case AttributeKind::kFloat:
      return "a float";
    case AttributeKind::kString:
      return "a string";
    case AttributeKind::kEnum:
      return "a known keyword";
    case AttributeKind::kSymbol:
      return "a symbol";
    case AttributeKind::kInts:
      return "a list of integers";
    case AttributeKind::kPairs:
      return "a list of integer pairs";
    case AttributeKind::kBools:
      return "a list of booleans";
    case AttributeKind::kEnums:
      return "a list of known keywords";
    case AttributeKind::kSymbols:
      return "a list of symbols";
    case AttributeKind::kDense:
      return "constant elements";
    case AttributeKind::kDict:
      return "a dictionary";
    case AttributeKind::kAccuracy:
      return "a result accuracy";
    case AttributeKind::kArray:
      return "an array";
    case AttributeKind::kType:
      return "a type";
    case AttributeKind::kAny:
      return "an attribute";
  }
  return "an attribute";
}

bool IsKeyword(std::string_view attribute, std::string_view keyword) {
  const EnumSpec* spec = FindEnum(attribute);
  return spec && !keyword.empty() &&
         std::find(spec->keywords.begin(), spec->keywords.end(), keyword) != spec->keywords.end();
}

// The elements of an integer or i1 constant, if they are few enough.
bool DenseToInts(const DenseElements& dense, Attribute* out) {
  const ElementType element = dense.type.element;
  if (!IsInteger(element) && element != ElementType::kI1) return false;
  if (!dense.type.IsStatic() || !dense.type.FitsAddressSpace()) return false;
  const int64_t n = dense.type.NumElements();
  const int width = ByteWidth(element);
  std::vector<int64_t> values;
  if (dense.splat) {
    if (n > kMaxUnrolledSplat || dense.bytes.size() != static_cast<size_t>(width)) return false;
    values.assign(n, LoadI64(element, dense.bytes.data()));
  } else {
    if (dense.bytes.size() != static_cast<size_t>(n) * width) return false;
    values.reserve(n);
    for (int64_t i = 0; i < n; ++i) values.push_back(LoadI64(element, &dense.bytes[i * width]));
  }
  *out = Attribute::Ints(std::move(values));
  return true;
}

bool ArrayToInts(std::span<const Attribute> elements, Attribute* out) {
  std::vector<int64_t> values;
  values.reserve(elements.size());
  for (const Attribute& element : elements) {
    if (element.kind() == Attribute::Kind::kInt) {
      values.push_back(element.int_value());
    } else if (element.kind() == Attribute::Kind::kBool) {
      values.push_back(element.bool_value());
    } else {
      return false;
    }
  }
  *out = Attribute::Ints(std::move(values));
  return true;
}

bool HasNoElements(const TensorType& type) {
  return type.IsStatic() && type.FitsAddressSpace() && type.NumElements() == 0;
}

bool IsCollapsible(const DenseElements& elements) {
  const size_t width = ByteWidth(elements.type.StorageType());
  const std::vector<uint8_t>& bytes = elements.bytes;
  if (HasNoElements(elements.type)) return elements.splat || !bytes.empty();
  if (elements.splat || width == 0 || bytes.size() < width) return false;
  // Every element equals its successor.
  return std::memcmp(bytes.data(), bytes.data() + width, bytes.size() - width) == 0;
}

// Copies the elements only when they change: constants can be large.
Attribute Collapsed(const Attribute& value) {
  if (!IsCollapsible(value.dense())) return value;
  DenseElements dense = value.dense();
  CollapseSplat(&dense);
  return Attribute::Dense(std::move(dense));
}

// What dumps write in place of large constants.
bool IsElided(const Attribute& value) {
  return value.kind() == Attribute::Kind::kOpaque &&
         value.string().starts_with("dense_resource<__elided__>");
}

// Attributes that no row describes keep their kind, but for the spellings that cannot be told apart
// in every encoding. Nesting is bounded by the importers.
Attribute NormalizeFree(const Attribute& value) {
  switch (value.kind()) {
    case Attribute::Kind::kDense: {
      const TensorType& type = value.dense().type;
      Attribute ints;
      if (type.element == ElementType::kI64 && type.rank() == 1 && type.encoding.empty() &&
          DenseToInts(value.dense(), &ints)) {
        return ints;
      }
      return Collapsed(value);
    }
    case Attribute::Kind::kArray: {
      std::vector<Attribute> elements;
      elements.reserve(value.elements().size());
      for (const Attribute& element : value.elements()) elements.push_back(NormalizeFree(element));
      return Attribute::Array(std::move(elements));
    }
    case Attribute::Kind::kDict: {
      std::vector<NamedAttribute> fields;
      fields.reserve(value.fields().size());
      for (const NamedAttribute& field : value.fields()) {
        fields.push_back({field.name, NormalizeFree(field.value)});
      }
      return Attribute::Dict(std::move(fields));
    }
    default:
      return value;
  }
}

bool NormalizeAccuracy(const Attribute& value, Attribute* out) {
  if (value.kind() != Attribute::Kind::kDict) return false;
  std::vector<NamedAttribute> fields;
  for (const NamedAttribute& field : value.fields()) {
    const Attribute& v = field.value;
    if (field.name == "mode") {
      if (v.kind() != Attribute::Kind::kString) return false;
    } else if (field.name == "atol" || field.name == "rtol") {
      if (v.kind() != Attribute::Kind::kFloat) return false;
      if (v.float_value() == 0) continue;
    } else if (field.name == "ulps") {
      if (v.kind() != Attribute::Kind::kInt) return false;
      if (v.int_value() == 0) continue;
    }
    fields.push_back(field);
  }
  *out = Attribute::Dict(std::move(fields));
  return true;
}

// Converts the spelling of `value` to what `spec` holds. False when there is no such conversion.
bool Convert(const AttributeSpec& spec, const Attribute& value, Attribute* out) {
  using K = Attribute::Kind;
  *out = value;
  switch (spec.kind) {
    case AttributeKind::kBool:
    case AttributeKind::kUnit:
      if (value.kind() == K::kUnit) *out = Attribute::Bool(true);
      if (value.kind() == K::kInt) *out = Attribute::Bool(value.int_value() != 0);
      return out->kind() == K::kBool;
    case AttributeKind::kInt:
    case AttributeKind::kInt32:
      if (value.kind() == K::kInt) {
        *out = Attribute::Int(value.int_value());
        return true;
      }
      if (value.kind() == K::kDense && DenseToInts(value.dense(), out) && out->ints().size() == 1) {
        *out = Attribute::Int(out->ints()[0]);
        return true;
      }
      return false;
    case AttributeKind::kFloat:
      return value.kind() == K::kFloat;
    case AttributeKind::kString:
      if (value.kind() == K::kSymbol) *out = Attribute::String(value.string());
      return out->kind() == K::kString;
    case AttributeKind::kEnum: {
      if (value.kind() == K::kInt) {
        const EnumSpec* e = FindEnum(spec.name);
        const int64_t i = value.int_value();
        if (!e || i < 0 || i >= static_cast<int64_t>(e->keywords.size())) return false;
        *out = Attribute::String(std::string(e->keywords[i]));
      }
      return out->kind() == K::kString && IsKeyword(spec.name, out->string());
    }
    case AttributeKind::kSymbol:
      if (value.kind() == K::kString) *out = Attribute::Symbol(value.string());
      return out->kind() == K::kSymbol;
    case AttributeKind::kInts:
    case AttributeKind::kPairs:
    case AttributeKind::kBools:
      if (value.kind() == K::kDense && !DenseToInts(value.dense(), out)) return false;
      if (value.kind() == K::kArray && !ArrayToInts(value.elements(), out)) return false;
      if (out->kind() != K::kInts) return false;
      if (spec.kind == AttributeKind::kPairs) return out->ints().size() % 2 == 0;
      if (spec.kind == AttributeKind::kBools) {
        std::vector<int64_t> bits(out->ints().begin(), out->ints().end());
        for (int64_t& bit : bits) bit = bit != 0;
        *out = Attribute::Ints(std::move(bits));
      }
      return true;
    case AttributeKind::kEnums:
      if (value.kind() != K::kArray) return false;
      for (const Attribute& element : value.elements()) {
        if (element.kind() != K::kString || !IsKeyword(spec.name, element.string())) return false;
      }
      return true;
    case AttributeKind::kSymbols: {
      if (value.kind() != K::kArray) return false;
      std::vector<Attribute> symbols;
      for (const Attribute& element : value.elements()) {
        if (element.kind() != K::kString && element.kind() != K::kSymbol) return false;
        symbols.push_back(Attribute::Symbol(element.string()));
      }
      *out = Attribute::Array(std::move(symbols));
      return true;
    }
    case AttributeKind::kDense:
      if (value.kind() == K::kDense) *out = Collapsed(value);
      return value.kind() == K::kDense || IsElided(value);
    case AttributeKind::kDict:
      *out = NormalizeFree(value);
      return value.kind() == K::kDict;
    case AttributeKind::kAccuracy:
      return NormalizeAccuracy(value, out);
    case AttributeKind::kArray:
      *out = NormalizeFree(value);
      return value.kind() == K::kArray;
    case AttributeKind::kType:
      return value.kind() == K::kType;
    case AttributeKind::kAny:
      // Replica groups are tables of ids: they keep their shape.
      *out = value.kind() == K::kDense ? Collapsed(value) : NormalizeFree(value);
      return true;
  }
  return false;
}

bool IsDefault(const AttributeSpec& spec, const Attribute& value) {
  using K = Attribute::Kind;
  const std::string_view text = spec.default_value;
  if (text.empty()) return false;
  switch (value.kind()) {
    case K::kBool:
      return text == (value.bool_value() ? "true" : "false");
    case K::kInt:
      return text == std::to_string(value.int_value());
    case K::kFloat:
      return value.float_value() == ParseDecimal(text);
    case K::kString:
      return text == "[]" ? value.string().empty() : text == value.string();
    case K::kInts: {
      if (text == "[]") return value.ints().empty();
      if (text.size() < 2) return false;
      return std::all_of(value.ints().begin(), value.ints().end(),
                         [&](int64_t i) { return i == text[1] - '0'; });
    }
    case K::kArray:
      if (text == "[]") return value.elements().empty();
      return spec.kind == AttributeKind::kEnums &&
             std::all_of(value.elements().begin(), value.elements().end(),
                         [](const Attribute& e) { return e.string() == "DEFAULT"; });
    case K::kDict:
      if (spec.kind == AttributeKind::kAccuracy) {
        return value.fields().size() == 1 && value.fields()[0].name == "mode" &&
               value.fields()[0].value.string() == text;
      }
      return value.fields().empty();
    default:
      return false;
  }
}

// Segment sizes of ops whose operand counts follow from the rest.
bool IsSegmentSizes(std::string_view name) {
  return name == "operandSegmentSizes" || name == "resultSegmentSizes" ||
         name == "operand_segment_sizes" || name == "result_segment_sizes";
}

}  // namespace

void CollapseSplat(DenseElements* elements) {
  if (!IsCollapsible(*elements)) return;
  const bool empty = HasNoElements(elements->type);
  elements->bytes.resize(empty ? 0 : ByteWidth(elements->type.StorageType()));
  elements->bytes.shrink_to_fit();
  elements->splat = !empty;
}

bool MatchesKind(const AttributeSpec& spec, const Attribute& value, std::string_view* why) {
  Attribute converted;
  *why = KindName(spec.kind);
  return Convert(spec, value, &converted) && converted == value;
}

Status NormalizeAttributes(const OpSyntax* syntax, std::vector<NamedAttribute>* attributes) {
  // Shardings say where a program may run, not what it computes, and not every encoding carries
  // them in a form that can be read without their dialect.
  const auto is_sharding = [](std::string_view name) { return name.starts_with("sdy."); };
  if (syntax && is_sharding(syntax->name)) attributes->clear();
  if (attributes->empty()) return OkStatus();
  std::vector<NamedAttribute> out;
  out.reserve(attributes->size() + 8);
  const auto add = [&](NamedAttribute attribute) -> Status {
    const AttributeSpec* spec = syntax ? FindAttributeSpec(*syntax, attribute.name) : nullptr;
    if (!spec) {
      if (syntax && IsSegmentSizes(attribute.name)) return OkStatus();
      if (is_sharding(attribute.name)) return OkStatus();
      out.push_back({std::move(attribute.name), NormalizeFree(attribute.value)});
      return OkStatus();
    }
    if (attribute.value.kind() == Attribute::Kind::kType && spec->kind != AttributeKind::kAny &&
        attribute.value.type().kind == Type::Kind::kNone) {
      return OkStatus();
    }
    Attribute value;
    if (!Convert(*spec, attribute.value, &value)) {
      if (spec->kind == AttributeKind::kDense &&
          attribute.value.kind() == Attribute::Kind::kOpaque) {
        return Unsupported(
            StrCat(syntax->name, ": attribute '", spec->name,
                   "' has a form that is not supported: ", attribute.value.string().substr(0, 60)));
      }
      return InvalidModel(
          StrCat(syntax->name, ": attribute '", spec->name, "' is not ", KindName(spec->kind)));
    }
    if (!IsDefault(*spec, value)) out.push_back({std::move(attribute.name), std::move(value)});
    return OkStatus();
  };
  for (NamedAttribute& attribute : *attributes) {
    const AttributeGroup* group = syntax && !FindAttributeSpec(*syntax, attribute.name)
                                      ? FindAttributeGroup(*syntax, attribute.name)
                                      : nullptr;
    if (!group) {
      RETURN_IF_ERROR(add(std::move(attribute)));
      continue;
    }
    if (attribute.value.kind() != Attribute::Kind::kDict) {
      return InvalidModel(StrCat(syntax->name, ": attribute '", attribute.name, "' is not a #",
                                 group->mnemonic, "<...>"));
    }
    for (const NamedAttribute& field : attribute.value.fields()) {
      const auto it =
          std::find_if(group->fields.begin(), group->fields.end(),
                       [&](const AttributeGroup::Field& f) { return f.text_name == field.name; });
      if (it == group->fields.end()) {
        return InvalidModel(
            StrCat(syntax->name, ": #", group->mnemonic, " has no field '", field.name, "'"));
      }
      // Ops without VHLO's channel_type ignore the handle's type.
      if (FindAttributeSpec(*syntax, it->name)) {
        RETURN_IF_ERROR(add({std::string(it->name), field.value}));
      }
    }
  }
  SortByName(&out);
  for (size_t i = 1; i < out.size(); ++i) {
    if (out[i].name == out[i - 1].name) {
      return InvalidModel(StrCat(syntax ? syntax->name : "attributes", ": attribute '", out[i].name,
                                 "' is given twice"));
    }
  }
  *attributes = std::move(out);
  return OkStatus();
}

}  // namespace webhlo
