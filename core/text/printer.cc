// SPDX-License-Identifier: Apache-2.0
//
// The printer. It first numbers every value as the text will name it, then writes the ops, in their
// pretty form where the dialect table has one that fits, else in the generic form. Attributes
// regain StableHLO's spelling (groups, typed integers, enumerations) on the way out.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/tensor.h"
#include "core/text/format.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// Constants of more elements print as one hexadecimal string.
constexpr int64_t kMaxListedElements = 100;

constexpr char kHexDigits[] = "0123456789ABCDEF";

bool IsIdentifierStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsIdentifierChar(char c) {
  return IsIdentifierStart(c) || (c >= '0' && c <= '9') || c == '$' || c == '.';
}

void AppendQuoted(std::string* out, std::string_view text) {
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\\') {
      out->append("\\\\");
    } else if (c == '"' || byte < 0x20 || byte >= 0x7f) {
      out->push_back('\\');
      out->push_back(kHexDigits[byte >> 4]);
      out->push_back(kHexDigits[byte & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

void AppendName(std::string* out, std::string_view name) {
  const bool bare = !name.empty() && IsIdentifierStart(name[0]) &&
                    std::all_of(name.begin(), name.end(), IsIdentifierChar);
  bare ? StrAppend(out, name) : AppendQuoted(out, name);
}

void AppendSymbol(std::string* out, std::string_view name) {
  out->push_back('@');
  AppendName(out, name);
}

void AppendHexBits(std::string* out, uint64_t bits, int bytes) {
  out->append("0x");
  for (int i = bytes * 2; i-- > 0;) out->push_back(kHexDigits[(bits >> (i * 4)) & 15]);
}

// A decimal that reads back to exactly `value` when read as f64 and rounded to `type`, in MLIR's
// grammar (a point is required); bit patterns for infinities and NaNs.
void AppendFloat(std::string* out, ElementType type, double value, uint64_t bits) {
  if (!std::isfinite(value)) return AppendHexBits(out, bits, ByteWidth(type));
  // As few digits as tell it from its neighbours.
  int digits = type == ElementType::kF64 ? 15 : type == ElementType::kF32 ? 6 : 1;
  std::string decimal = FormatDecimal(value, digits);
  while (digits < 17 && EncodeFloat(type, std::strtod(decimal.c_str(), nullptr)) != bits) {
    decimal = FormatDecimal(value, ++digits);
  }
  const std::string_view text = decimal;
  const size_t exponent = std::min(text.find('e'), text.size());
  out->append(text.substr(0, exponent));
  if (text.find('.') == std::string_view::npos) out->append(".0");
  out->append(text.substr(exponent));
}

uint64_t LoadBits(const uint8_t* p, int width) {
  uint64_t bits = 0;
  for (int i = 0; i < width; ++i) bits |= static_cast<uint64_t>(p[i]) << (8 * i);
  return bits;
}

void AppendElement(std::string* out, ElementType type, const uint8_t* p) {
  if (type == ElementType::kI1) return StrAppend(out, *p != 0);
  if (IsFloat(type)) {
    return AppendFloat(out, type, LoadF64(type, p), LoadBits(p, ByteWidth(type)));
  }
  if (IsComplex(type)) {
    const ElementType part = type == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
    out->push_back('(');
    AppendElement(out, part, p);
    out->append(", ");
    AppendElement(out, part, p + ByteWidth(part));
    return out->push_back(')');
  }
  const int64_t value = LoadI64(type, p);
  IsUnsignedInteger(type) ? StrAppend(out, static_cast<uint64_t>(value)) : StrAppend(out, value);
}

void AppendElements(std::string* out, const DenseElements& dense, const PrintOptions& options) {
  const TensorType& type = dense.type;
  const ElementType element = type.StorageType();
  const int width = ByteWidth(element);
  if (dense.splat) return AppendElement(out, element, dense.bytes.data());
  const int64_t n = type.NumElements();
  if (n == 0) return;
  if (options.elide_elements_above >= 0 && n > options.elide_elements_above) {
    return StrAppend(out, "...");
  }
  if (n > kMaxListedElements) {
    out->append("\"0x");
    for (const uint8_t byte : dense.bytes) {
      out->push_back(kHexDigits[byte >> 4]);
      out->push_back(kHexDigits[byte & 15]);
    }
    return out->push_back('"');
  }
  // Brackets open and close where an index begins or ends a row of some dimension.
  for (int64_t i = 0; i < n; ++i) {
    int64_t opens = 0;
    int64_t size = 1;
    int64_t closes = 0;
    for (int d = type.rank(); d-- > 0;) {
      size *= type.dims[d];
      opens += i % size == 0;
      closes += (i + 1) % size == 0;
    }
    if (i) out->append(", ");
    out->append(opens, '[');
    AppendElement(out, element, &dense.bytes[i * width]);
    out->append(closes, ']');
  }
}

void AppendInts(std::string* out, std::span<const int64_t> values) { out->append(Join(values)); }

void AppendPairs(std::string* out, std::span<const int64_t> values) {
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    StrAppend(out, i ? ", " : "", "[", values[i], ", ", values[i + 1], "]");
  }
}

void AppendInt(std::string* out, const Attribute& value) {
  IsUnsignedInteger(value.type().tensor.element)
      ? StrAppend(out, static_cast<uint64_t>(value.int_value()))
      : StrAppend(out, value.int_value());
}

void AppendFloat(std::string* out, const Attribute& value) {
  const ElementType type = value.type().tensor.element;
  AppendFloat(out, type, value.float_value(), EncodeFloat(type, value.float_value()));
}

void AppendAttribute(std::string* out, const Attribute& value, bool in_array,
                     const PrintOptions& options);

void AppendNamed(std::string* out, const NamedAttribute& attribute, const PrintOptions& options) {
  AppendName(out, attribute.name);
  if (attribute.value.kind() == Attribute::Kind::kUnit) return;
  out->append(" = ");
  AppendAttribute(out, attribute.value, false, options);
}

void AppendAttribute(std::string* out, const Attribute& value, bool in_array,
                     const PrintOptions& options) {
  using K = Attribute::Kind;
  switch (value.kind()) {
    case K::kUnit:
      return StrAppend(out, "unit");
    case K::kBool:
      return StrAppend(out, value.bool_value());
    case K::kInt: {
      AppendInt(out, value);
      const ElementType type = value.type().tensor.element;
      if (!in_array || type != ElementType::kI64) StrAppend(out, " : ", ElementTypeName(type));
      return;
    }
    case K::kFloat: {
      AppendFloat(out, value);
      const ElementType type = value.type().tensor.element;
      if (!in_array || type != ElementType::kF64) StrAppend(out, " : ", ElementTypeName(type));
      return;
    }
    case K::kString:
      return AppendQuoted(out, value.string());
    case K::kSymbol:
      return AppendSymbol(out, value.string());
    case K::kType:
      return StrAppend(out, ToString(value.type()));
    case K::kInts:
      out->append(value.ints().empty() ? "array<i64" : "array<i64: ");
      AppendInts(out, value.ints());
      return out->push_back('>');
    case K::kArray: {
      out->push_back('[');
      bool first = true;
      for (const Attribute& element : value.elements()) {
        if (!first) out->append(", ");
        first = false;
        AppendAttribute(out, element, true, options);
      }
      return out->push_back(']');
    }
    case K::kDict: {
      out->push_back('{');
      bool first = true;
      for (const NamedAttribute& field : value.fields()) {
        if (!first) out->append(", ");
        first = false;
        AppendNamed(out, field, options);
      }
      return out->push_back('}');
    }
    case K::kDense:
      out->append("dense<");
      AppendElements(out, value.dense(), options);
      return StrAppend(out, "> : ", ToString(value.dense().type));
    case K::kOpaque:
      return StrAppend(out, value.string());
  }
}

void AppendKeyword(std::string* out, const EnumSpec& spec, const std::string& keyword) {
  if (!spec.mnemonic.empty())
    return StrAppend(out, "#stablehlo<", spec.mnemonic, " ", keyword, ">");
  const auto it = std::find(spec.keywords.begin(), spec.keywords.end(), keyword);
  StrAppend(out, it - spec.keywords.begin(), " : i32");
}

// A field of an attribute group: `offset_dims = [2]`.
void AppendField(std::string* out, const Attribute& value) {
  switch (value.kind()) {
    case Attribute::Kind::kInts:
      StrAppend(out, "[", Join(value.ints()), "]");
      return;
    case Attribute::Kind::kInt:
      return AppendInt(out, value);
    default:
      return AppendAttribute(out, value, false, {});
  }
}

// `#stablehlo.replica_group_mesh_axes<mesh = @m, axes = [#stablehlo.axis_ref<name = "x">]>`. False
// for groups that are no such dictionary.
bool AppendMeshAxes(std::string* out, const Attribute& value) {
  using K = Attribute::Kind;
  const auto field = [](const Attribute& dict, std::string_view name, K kind) -> const Attribute* {
    const Attribute* found = dict.kind() == K::kDict ? FindAttribute(dict.fields(), name) : nullptr;
    return found && found->kind() == kind ? found : nullptr;
  };
  const Attribute* mesh = field(value, "mesh", K::kString);
  const Attribute* axes = field(value, "axes", K::kArray);
  if (!mesh || !axes || value.fields().size() != 2) return false;
  std::string text = "#stablehlo.replica_group_mesh_axes<mesh = ";
  AppendSymbol(&text, mesh->string());
  text.append(", axes = [");
  for (const Attribute& axis : axes->elements()) {
    const Attribute* name = field(axis, "name", K::kString);
    const Attribute* part = field(axis, "sub_axis_info", K::kDict);
    if (!name || axis.fields().size() != (part ? 2 : 1)) return false;
    text.append(&axis == axes->elements().data() ? "#stablehlo.axis_ref<name = "
                                                 : ", #stablehlo.axis_ref<name = ");
    AppendQuoted(&text, name->string());
    if (part) {
      const Attribute* before = field(*part, "pre_size", K::kInt);
      const Attribute* size = field(*part, "size", K::kInt);
      if (!before || !size || part->fields().size() != 2) return false;
      StrAppend(&text, ", sub_axis_info = (", before->int_value(), ")", size->int_value());
    }
    text.push_back('>');
  }
  StrAppend(out, text, "]>");
  return true;
}

// An attribute of a known op, as it stands in a dictionary.
void AppendSpec(std::string* out, const AttributeSpec& spec, const Attribute& value,
                const PrintOptions& options) {
  switch (spec.kind) {
    case AttributeKind::kInt32:
      AppendInt(out, value);
      out->append(" : i32");
      return;
    case AttributeKind::kPairs: {
      const auto ints = value.ints();
      const size_t n = ints.size() / 2;
      out->append("dense<");
      if (n > 0) {
        out->push_back('[');
        AppendPairs(out, ints);
        out->push_back(']');
      }
      return StrAppend(out, "> : tensor<", n, "x2xi64>");
    }
    case AttributeKind::kBools: {
      out->append(value.ints().empty() ? "array<i1" : "array<i1: ");
      bool first = true;
      for (const int64_t bit : value.ints()) {
        StrAppend(out, first ? "" : ", ", bit != 0);
        first = false;
      }
      return out->push_back('>');
    }
    case AttributeKind::kEnum:
      return AppendKeyword(out, *FindEnum(spec.name), value.string());
    case AttributeKind::kEnums: {
      out->push_back('[');
      bool first = true;
      for (const Attribute& element : value.elements()) {
        if (!first) out->append(", ");
        first = false;
        AppendKeyword(out, *FindEnum(spec.name), element.string());
      }
      return out->push_back(']');
    }
    case AttributeKind::kAccuracy: {
      out->append("#stablehlo.result_accuracy<");
      for (std::string_view name : {"atol", "rtol", "ulps"}) {
        const Attribute* field = FindAttribute(value.fields(), name);
        if (!field) continue;
        StrAppend(out, name, " = ");
        field->kind() == Attribute::Kind::kFloat ? AppendFloat(out, *field)
                                                 : AppendInt(out, *field);
        out->append(", ");
      }
      const Attribute* mode = FindAttribute(value.fields(), "mode");
      return StrAppend(out, "mode = #stablehlo.result_accuracy_mode<",
                       mode ? std::string_view(mode->string()) : "DEFAULT", ">>");
    }
    case AttributeKind::kArray:
      if (spec.name == "output_operand_aliases") {
        out->push_back('[');
        bool first = true;
        for (const Attribute& alias : value.elements()) {
          out->append(first ? "#stablehlo.output_operand_alias<"
                            : ", #stablehlo.output_operand_alias<");
          first = false;
          bool first_field = true;
          for (std::string_view name :
               {"output_tuple_indices", "operand_index", "operand_tuple_indices"}) {
            const Attribute* field = alias.kind() == Attribute::Kind::kDict
                                         ? FindAttribute(alias.fields(), name)
                                         : nullptr;
            if (!field) continue;
            StrAppend(out, first_field ? "" : ", ", name, " = ");
            first_field = false;
            AppendField(out, *field);
          }
          out->push_back('>');
        }
        return out->push_back(']');
      }
      return AppendAttribute(out, value, false, options);
    case AttributeKind::kAny:
      if (spec.name == "replica_groups" && AppendMeshAxes(out, value)) return;
      return AppendAttribute(out, value, false, options);
    default:
      return AppendAttribute(out, value, false, options);
  }
}

// How the text names a value: %arg3, %3 or %3#1.
struct ValueName {
  enum class Kind : uint8_t { kNone, kArgument, kResult, kOneOfResults };
  Kind kind = Kind::kNone;
  uint32_t number = 0;
  uint32_t index = 0;
};

class Printer {
 public:
  Printer(const Graph& graph, const PrintOptions& options)
      : g_(graph), options_(options), names_(graph.values.size()) {
    for (const Function& function : g_.functions) {
      next_argument_ = next_result_ = 0;
      if (function.body != kNone) NameRegion(function.body);
    }
  }

  std::string Module();
  std::string OneNode(const Node& node) {
    Op(node);
    return std::move(out_);
  }

 private:
  using Dict = std::vector<std::pair<std::string, std::string>>;  // name, printed value ("" = unit)

  // Region arguments take their names from `shared` when a form writes them only once.
  void NameRegion(RegionId id, const Region* shared = nullptr);
  void NameArgument(ValueId id) { names_[id] = {ValueName::Kind::kArgument, next_argument_++, 0}; }

  void FunctionText(const Function& function);
  void Op(const Node& node);
  void Generic(const Node& node, const OpSyntax* syntax);
  void Pretty(const Node& node, const OpSyntax& syntax);
  void Custom(const Node& node, const OpSyntax& syntax, std::string_view name);
  void Window(const Node& node);
  void Types(const Node& node, std::string_view kind);
  void Reduce(const Node& node, const OpSyntax& syntax);
  void While(const Node& node, const OpSyntax& syntax);

  // Attributes in text form but for `hidden`; `inherent` selects those that the table describes.
  Dict TextAttributes(const Node& node, const OpSyntax* syntax,
                      std::span<const std::string_view> hidden, std::optional<bool> inherent) const;
  void AttributeDict(const Dict& dict, std::string_view open, std::string_view close);
  void OpAttributes(const Node& node, const OpSyntax& syntax, std::string_view before = " ");
  void NamedDict(std::span<const NamedAttribute> attributes, std::string_view before);

  void RegionText(RegionId id, bool with_arguments,
                  std::string_view terminator = "stablehlo.return");
  void RegionBody(const Region& region, std::string_view terminator);
  void Argument(ValueId id);
  void Value(ValueId id);
  void Operands(const Node& node, size_t begin = 0);
  void TypeOf(ValueId id) { out_.append(ToString(g_.type(id))); }
  template <typename List>
  void TypeList(const List& ids);
  void ResultTypes(const Node& node, bool always_parenthesized = false);
  void FunctionType(const Node& node);
  void Loc(LocationId id);
  void LocationTable();
  void NewLine() {
    out_.push_back('\n');
    out_.append(indent_ * 2, ' ');
  }
  static std::vector<ValueId> Ids(Range range) {
    std::vector<ValueId> ids(range.size);
    for (uint32_t i = 0; i < range.size; ++i) ids[i] = range.begin + i;
    return ids;
  }

  const Graph& g_;
  const PrintOptions options_;
  std::vector<ValueName> names_;
  uint32_t next_argument_ = 0;
  uint32_t next_result_ = 0;
  size_t indent_ = 0;
  std::string out_;
};

void Printer::NameRegion(RegionId id, const Region* shared) {
  const Region& region = g_.regions[id];
  for (uint32_t i = 0; i < region.arguments.size; ++i) {
    const ValueId value = region.arguments.begin + i;
    if (shared) {
      names_[value] = names_[shared->arguments.begin + i];
    } else {
      NameArgument(value);
    }
  }
  for (uint32_t n = region.nodes.begin; n < region.nodes.end(); ++n) {
    const Node& node = g_.nodes[n];
    if (node.results.size > 0) {
      const uint32_t number = next_result_++;
      for (uint32_t i = 0; i < node.results.size; ++i) {
        names_[node.results.begin + i] = {
            node.results.size == 1 ? ValueName::Kind::kResult : ValueName::Kind::kOneOfResults,
            number, i};
      }
    }
    const std::span<const RegionId> regions = g_.regions_of(node);
    const OpSyntax* syntax = FindSyntax(g_.op_name(node));
    // `while` writes its arguments once, for both regions.
    const bool shares = syntax && syntax->format == "<while>" && FitsFormat(g_, node, *syntax);
    for (size_t i = 0; i < regions.size(); ++i) {
      NameRegion(regions[i], shares && i == 1 ? &g_.regions[regions[0]] : nullptr);
    }
  }
}

void Printer::Value(ValueId id) {
  const ValueName& name = names_[id];
  switch (name.kind) {
    case ValueName::Kind::kNone:
      return StrAppend(&out_, "%unnamed", id);
    case ValueName::Kind::kArgument:
      return StrAppend(&out_, "%arg", name.number);
    case ValueName::Kind::kResult:
      return StrAppend(&out_, "%", name.number);
    case ValueName::Kind::kOneOfResults:
      return StrAppend(&out_, "%", name.number, "#", name.index);
  }
}

void Printer::Operands(const Node& node, size_t begin) {
  const std::span<const ValueId> operands = g_.operands(node);
  for (size_t i = begin; i < operands.size(); ++i) {
    if (i > begin) out_.append(", ");
    Value(operands[i]);
  }
}

template <typename List>
void Printer::TypeList(const List& ids) {
  bool first = true;
  for (const ValueId id : ids) {
    if (!first) out_.append(", ");
    first = false;
    TypeOf(id);
  }
}

void Printer::ResultTypes(const Node& node, bool always_parenthesized) {
  const bool bare = !always_parenthesized && node.results.size == 1 &&
                    g_.type(node.results.begin).kind != Type::Kind::kFunction;
  if (!bare) out_.push_back('(');
  TypeList(Ids(node.results));
  if (!bare) out_.push_back(')');
}

void Printer::FunctionType(const Node& node) {
  out_.push_back('(');
  TypeList(g_.operands(node));
  out_.append(") -> ");
  ResultTypes(node);
}

void Printer::Loc(LocationId id) {
  if (options_.locations) StrAppend(&out_, " loc(#loc", id, ")");
}

Printer::Dict Printer::TextAttributes(const Node& node, const OpSyntax* syntax,
                                      std::span<const std::string_view> hidden,
                                      std::optional<bool> inherent) const {
  Dict dict;
  const std::span<const NamedAttribute> attributes = g_.attributes(node);
  const auto is_hidden = [&](std::string_view name) {
    return std::find(hidden.begin(), hidden.end(), name) != hidden.end();
  };
  std::vector<std::string_view> grouped;
  if (syntax && inherent != false) {
    for (const AttributeGroup& group : AttributeGroups()) {
      if (!FindAttributeSpec(*syntax, group.key) || is_hidden(group.key) ||
          std::find(grouped.begin(), grouped.end(), group.key) != grouped.end()) {
        continue;
      }
      std::string fields;
      bool present = false;
      for (const AttributeGroup::Field& field : group.fields) {
        const AttributeSpec* spec = FindAttributeSpec(*syntax, field.name);
        const Attribute* value = FindAttribute(attributes, field.name);
        grouped.push_back(field.name);
        // Both halves of a channel handle are always written.
        const bool channel = group.attribute == "channel_handle";
        if (!value && !channel) continue;
        present |= value != nullptr || (spec && spec->required);
        StrAppend(&fields, fields.empty() ? "" : ", ", field.text_name, " = ");
        value ? AppendField(&fields, *value) : StrAppend(&fields, "0");
      }
      if (!present && group.attribute != "dimension_numbers" &&
          group.attribute != "scatter_dimension_numbers" &&
          group.attribute != "dot_dimension_numbers" &&
          group.attribute != "ragged_dot_dimension_numbers") {
        continue;
      }
      if (group.mnemonic == "stablehlo.conv") {
        const std::string dims = ConvolutionDimensions(attributes);
        fields = dims.empty() ? StrCat("raw ", fields) : dims;
      }
      dict.emplace_back(group.attribute, StrCat("#", group.mnemonic, "<", fields, ">"));
    }
  }
  for (const NamedAttribute& attribute : attributes) {
    const AttributeSpec* spec = syntax ? FindAttributeSpec(*syntax, attribute.name) : nullptr;
    if (inherent && *inherent != (spec != nullptr)) continue;
    if (is_hidden(attribute.name) ||
        std::find(grouped.begin(), grouped.end(), attribute.name) != grouped.end()) {
      continue;
    }
    std::string value;
    if (spec && spec->kind == AttributeKind::kUnit) {
      // Present is true.
    } else if (spec) {
      AppendSpec(&value, *spec, attribute.value, options_);
    } else if (attribute.value.kind() != Attribute::Kind::kUnit) {
      AppendAttribute(&value, attribute.value, false, options_);
    }
    dict.emplace_back(attribute.name, std::move(value));
  }
  std::sort(dict.begin(), dict.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return dict;
}

void Printer::AttributeDict(const Dict& dict, std::string_view open, std::string_view close) {
  if (dict.empty()) return;
  out_.append(open);
  bool first = true;
  for (const auto& [name, value] : dict) {
    if (!first) out_.append(", ");
    first = false;
    AppendName(&out_, name);
    if (!value.empty()) StrAppend(&out_, " = ", value);
  }
  out_.append(close);
}

void Printer::OpAttributes(const Node& node, const OpSyntax& syntax, std::string_view before) {
  if (node.attributes.size == 0) return;
  AttributeDict(TextAttributes(node, &syntax, AttributesInFormat(syntax), std::nullopt),
                StrCat(before, "{"), "}");
}

void Printer::NamedDict(std::span<const NamedAttribute> attributes, std::string_view before) {
  if (attributes.empty()) return;
  StrAppend(&out_, before, "{");
  bool first = true;
  for (const NamedAttribute& attribute : attributes) {
    if (!first) out_.append(", ");
    first = false;
    AppendNamed(&out_, attribute, options_);
  }
  out_.push_back('}');
}

void Printer::Types(const Node& node, std::string_view kind) {
  const std::span<const ValueId> operands = g_.operands(node);
  const auto operand_is = [&](size_t i, const Type& type) { return g_.type(operands[i]) == type; };
  if (kind == "results") return TypeList(Ids(node.results));
  if (kind == "operands") return TypeList(operands);
  if (kind == "operand") return TypeOf(operands[0]);
  if (kind == "tuple") return TypeOf(node.results.begin);
  if (kind == "arrow") {
    TypeList(operands);
    out_.append(" -> ");
    return ResultTypes(node);
  }
  if (kind == "cast") {
    TypeList(operands);
    out_.append(" to ");
    return TypeList(Ids(node.results));
  }
  if (kind == "fn") return FunctionType(node);
  const Type& result = g_.type(node.results.begin);
  // A type that begins with a parenthesis would read as a function type.
  bool brief = result.kind != Type::Kind::kFunction;
  if (kind == "select") {
    if (brief && operands.size() == 3 && operand_is(1, result) && operand_is(2, result)) {
      TypeOf(operands[0]);
      out_.append(", ");
      return TypeOf(node.results.begin);
    }
    return FunctionType(node);
  }
  const bool complex = kind == "complex";
  if (complex) brief &= result.IsTensor() && IsComplex(result.tensor.element);
  const Type expected = brief && complex ? Type(RealPartType(result.tensor)) : result;
  for (size_t i = 0; i < operands.size() && brief; ++i) brief = operand_is(i, expected);
  brief ? TypeOf(node.results.begin) : FunctionType(node);
}

void Printer::Window(const Node& node) {
  struct Part {
    std::string_view name, attribute;
  };
  static constexpr Part kParts[] = {{"stride", "window_strides"},
                                    {"pad", "padding"},
                                    {"lhs_dilate", "lhs_dilation"},
                                    {"rhs_dilate", "rhs_dilation"},
                                    {"reverse", "window_reversal"}};
  bool first = true;
  for (const Part& part : kParts) {
    const Attribute* value = FindAttribute(g_.attributes(node), part.attribute);
    if (!value) continue;
    StrAppend(&out_, first ? "" : ", ", part.name, " = [");
    first = false;
    part.name == "pad" ? AppendPairs(&out_, value->ints()) : AppendInts(&out_, value->ints());
    out_.push_back(']');
  }
}

void Printer::Custom(const Node& node, const OpSyntax& syntax, std::string_view name) {
  const std::span<const NamedAttribute> attributes = g_.attributes(node);
  const auto ints = [&](std::string_view attribute) {
    const Attribute* value = FindAttribute(attributes, attribute);
    return value ? value->ints() : std::span<const int64_t>();
  };
  if (name == "constant") {
    OpAttributes(node, syntax);
    if (node.attributes.size > 1) out_.push_back(' ');
    return AppendAttribute(&out_, *FindAttribute(attributes, "value"), false, options_);
  }
  if (name == "format") {
    StrAppend(&out_, "e", FindAttribute(attributes, "exponent_bits")->int_value(), "m",
              FindAttribute(attributes, "mantissa_bits")->int_value());
    return;
  }
  if (name == "slice") {
    const auto starts = ints("start_indices");
    const auto limits = ints("limit_indices");
    const auto strides = ints("strides");
    out_.push_back('[');
    for (size_t i = 0; i < starts.size(); ++i) {
      StrAppend(&out_, i ? ", " : "", starts[i], ":", limits[i]);
      if (strides[i] != 1) StrAppend(&out_, ":", strides[i]);
    }
    return out_.push_back(']');
  }
  if (name == "dim_numbers") return StrAppend(&out_, ConvolutionDimensions(attributes));
  if (name == "window") return Window(node);
  if (name == "dot_dims") {
    const auto lhs = ints("lhs_batching_dimensions");
    const auto rhs = ints("rhs_batching_dimensions");
    if (!lhs.empty() || !rhs.empty()) {
      StrAppend(&out_, "batching_dims = [", Join(lhs), "] x [", Join(rhs), "], ");
    }
    return StrAppend(&out_, "contracting_dims = [", Join(ints("lhs_contracting_dimensions")),
                     "] x [", Join(ints("rhs_contracting_dimensions")), "]");
  }
  if (name == "precision") {
    if (const Attribute* precision = FindAttribute(attributes, "precision_config")) {
      out_.append(", precision = [");
      bool first = true;
      for (const Attribute& element : precision->elements()) {
        StrAppend(&out_, first ? "" : ", ", element.string());
        first = false;
      }
      out_.push_back(']');
    }
    bool first = true;
    for (const AttributeGroup& group : AttributeGroups()) {
      if (group.attribute != "algorithm") continue;
      for (const AttributeGroup::Field& field : group.fields) {
        const Attribute* value = FindAttribute(attributes, field.name);
        if (!value) continue;
        StrAppend(&out_, first ? ", algorithm = <" : ", ", field.text_name, " = ");
        first = false;
        AppendField(&out_, *value);
      }
    }
    if (!first) out_.push_back('>');
    return;
  }
  if (name == "regions") {
    const std::span<const RegionId> regions = g_.regions_of(node);
    if (regions.empty()) return;
    out_.append(" (");
    for (size_t i = 0; i < regions.size(); ++i) {
      if (i) out_.append(", ");
      RegionText(regions[i], true);
    }
    return out_.push_back(')');
  }
  if (name == "barrier") {
    OpAttributes(node, syntax, "");
    if (node.attributes.size > 0) out_.push_back(' ');
    Operands(node);
    out_.append(" : ");
    return TypeList(g_.operands(node));
  }
  if (name == "reduce") return Reduce(node, syntax);
  if (name == "while") return While(node, syntax);
  if (name == "scan") {
    const int64_t inits = ints("operandSegmentSizes")[1];
    const std::span<const ValueId> operands = g_.operands(node);
    out_.push_back('(');
    for (size_t i = 0; i < operands.size(); ++i) {
      const bool first_init = static_cast<int64_t>(operands.size() - i) == inits;
      out_.append(first_init ? ") inits (" : i ? ", " : "");
      Value(operands[i]);
    }
    if (inits == 0) out_.append(") inits (");
    StrAppend(&out_, ") dimension=", FindAttribute(attributes, "dimension")->int_value());
    OpAttributes(node, syntax, " attributes ");
    out_.push_back(' ');
    RegionText(g_.regions_of(node)[0], true);
    out_.append(" : ");
    return FunctionType(node);
  }
}

void Printer::Reduce(const Node& node, const OpSyntax& syntax) {
  const std::span<const ValueId> operands = g_.operands(node);
  const size_t n = operands.size() / 2;
  for (size_t i = 0; i < n; ++i) {
    out_.append(i ? ", (" : "(");
    Value(operands[i]);
    out_.append(" init: ");
    Value(operands[i + n]);
    out_.push_back(')');
  }
  const RegionId body = g_.regions_of(node)[0];
  const bool compact = IsCompactReduce(g_, node);
  if (compact) StrAppend(&out_, " applies ", g_.op_name(g_.nodes[g_.regions[body].nodes.begin]));
  StrAppend(&out_, " across dimensions = [",
            Join(FindAttribute(g_.attributes(node), "dimensions")->ints()), "]");
  OpAttributes(node, syntax);
  out_.append(" : ");
  FunctionType(node);
  if (compact) return;
  ++indent_;
  NewLine();
  --indent_;
  out_.append("reducer");
  const Range arguments = g_.regions[body].arguments;
  for (uint32_t i = 0; i < n; ++i) {
    out_.push_back('(');
    Argument(arguments.begin + i);
    out_.append(", ");
    Argument(arguments.begin + i + static_cast<uint32_t>(n));
    out_.append(") ");
  }
  RegionText(body, false);
}

void Printer::While(const Node& node, const OpSyntax& syntax) {
  const std::span<const RegionId> regions = g_.regions_of(node);
  const std::span<const ValueId> operands = g_.operands(node);
  const Range arguments = g_.regions[regions[0]].arguments;
  out_.push_back('(');
  for (uint32_t i = 0; i < operands.size(); ++i) {
    if (i) out_.append(", ");
    Value(arguments.begin + i);
    out_.append(" = ");
    Value(operands[i]);
  }
  out_.push_back(')');
  if (!operands.empty()) {
    out_.append(" : ");
    TypeList(operands);
  }
  OpAttributes(node, syntax, " attributes ");
  NewLine();
  out_.append("cond ");
  RegionText(regions[0], false);
  out_.append(" do ");
  RegionText(regions[1], false);
}

void Printer::Pretty(const Node& node, const OpSyntax& syntax) {
  using Kind = FormatItem::Kind;
  std::string_view name = syntax.name;
  if (name == "func.call") name = "call";
  out_.append(name);
  const std::string_view format = syntax.format;
  const bool tight = format.starts_with("{}") || format.starts_with("(") || format == "<reduce>" ||
                     format == "<while>" || format == "<scan>";
  // A leading attribute dictionary brings its own space.
  const bool dictionary_first = format == "<constant>" && node.attributes.size > 1;
  if (!tight && !dictionary_first) out_.push_back(' ');
  size_t next_operand = 0;
  bool skip = false;
  FormatReader reader(format);
  for (FormatItem item = reader.Next(); item.kind != Kind::kEnd; item = reader.Next()) {
    if (item.kind == Kind::kOptionalEnd) {
      skip = false;
      continue;
    }
    if (skip) continue;
    switch (item.kind) {
      case Kind::kLiteral:
        out_.append(item.text);
        break;
      case Kind::kOperand:
        Value(g_.operands(node)[item.index]);
        next_operand = item.index + 1;
        break;
      case Kind::kOperands:
        Operands(node, next_operand);
        break;
      case Kind::kOptionalBegin:
        skip = !FindAttribute(g_.attributes(node), item.text);
        break;
      case Kind::kAttribute:
      case Kind::kSymbol: {
        const Attribute* value = FindAttribute(g_.attributes(node), item.text);
        const AttributeSpec& spec = *FindAttributeSpec(syntax, item.text);
        if (!value) {
          out_.append(spec.default_value);
        } else if (item.kind == Kind::kSymbol) {
          AppendSymbol(&out_, value->string());
        } else if (spec.kind == AttributeKind::kEnum) {
          out_.append(value->string());
        } else if (spec.kind == AttributeKind::kFloat) {
          AppendFloat(&out_, *value);
        } else {
          AppendField(&out_, *value);
        }
        break;
      }
      case Kind::kAttributes:
        OpAttributes(node, syntax);
        break;
      case Kind::kCustom:
        Custom(node, syntax, item.text);
        break;
      case Kind::kTypes:
        Types(node, item.text);
        break;
      default:
        break;
    }
  }
}

void Printer::Generic(const Node& node, const OpSyntax* syntax) {
  AppendQuoted(&out_, g_.op_name(node));
  out_.push_back('(');
  Operands(node);
  out_.push_back(')');
  AttributeDict(TextAttributes(node, syntax, {}, true), " <{", "}>");
  const std::span<const RegionId> regions = g_.regions_of(node);
  if (!regions.empty()) {
    out_.append(" (");
    for (size_t i = 0; i < regions.size(); ++i) {
      if (i) out_.append(", ");
      RegionText(regions[i], true);
    }
    out_.push_back(')');
  }
  AttributeDict(TextAttributes(node, syntax, {}, false), " {", "}");
  out_.append(" : ");
  FunctionType(node);
}

void Printer::Op(const Node& node) {
  if (node.results.size > 0) {
    const ValueName& name = names_[node.results.begin];
    StrAppend(&out_, "%", name.number);
    if (node.results.size > 1) StrAppend(&out_, ":", node.results.size);
    out_.append(" = ");
  }
  const OpSyntax* syntax = FindSyntax(g_.op_name(node));
  syntax&& FitsFormat(g_, node, *syntax) ? Pretty(node, *syntax) : Generic(node, syntax);
  Loc(node.location);
}

void Printer::Argument(ValueId id) {
  Value(id);
  out_.append(": ");
  TypeOf(id);
  Loc(g_.values[id].location);
}

void Printer::RegionBody(const Region& region, std::string_view terminator) {
  ++indent_;
  for (uint32_t n = region.nodes.begin; n < region.nodes.end(); ++n) {
    NewLine();
    Op(g_.nodes[n]);
  }
  NewLine();
  out_.append(terminator);
  const std::span<const ValueId> results = g_.results(region);
  for (size_t i = 0; i < results.size(); ++i) {
    out_.append(i ? ", " : " ");
    Value(results[i]);
  }
  if (!results.empty()) {
    out_.append(" : ");
    TypeList(results);
  }
  --indent_;
  NewLine();
  out_.push_back('}');
}

void Printer::RegionText(RegionId id, bool with_arguments, std::string_view terminator) {
  const Region& region = g_.regions[id];
  out_.push_back('{');
  if (with_arguments && region.arguments.size > 0) {
    NewLine();
    out_.append("^bb0(");
    for (uint32_t i = 0; i < region.arguments.size; ++i) {
      if (i) out_.append(", ");
      Argument(region.arguments.begin + i);
    }
    out_.append("):");
  }
  RegionBody(region, terminator);
}

void Printer::FunctionText(const Function& function) {
  NewLine();
  out_.append(function.is_private ? "func.func private " : "func.func ");
  AppendSymbol(&out_, function.name);
  std::span<const NamedAttribute> attributes = function.attributes;
  const Type* declared = nullptr;
  if (function.body == kNone) {
    const Attribute* type = FindAttribute(attributes, "function_type");
    if (type && type->kind() == Attribute::Kind::kType) declared = &type->type();
  }
  const size_t num_arguments = declared                 ? declared->elements.size()
                               : function.body == kNone ? 0
                                                        : g_.regions[function.body].arguments.size;
  out_.push_back('(');
  for (size_t i = 0; i < num_arguments; ++i) {
    if (i) out_.append(", ");
    if (declared) {
      out_.append(ToString(declared->elements[i]));
    } else {
      const ValueId id = g_.regions[function.body].arguments.begin + static_cast<uint32_t>(i);
      Value(id);
      out_.append(": ");
      TypeOf(id);
    }
    if (i < function.argument_attributes.size()) {
      NamedDict(function.argument_attributes[i], " ");
    }
    if (!declared) {
      Loc(g_.values[g_.regions[function.body].arguments.begin + i].location);
    }
  }
  out_.push_back(')');
  std::vector<std::string> results;
  if (declared) {
    for (const Type& type : declared->results) results.push_back(ToString(type));
  } else if (function.body != kNone) {
    for (const ValueId id : g_.results(g_.regions[function.body])) {
      results.push_back(ToString(g_.type(id)));
    }
  }
  if (!results.empty()) {
    const bool has_attributes =
        std::any_of(function.result_attributes.begin(), function.result_attributes.end(),
                    [](const auto& list) { return !list.empty(); });
    const bool parenthesized = results.size() > 1 || has_attributes || results[0].starts_with('(');
    out_.append(parenthesized ? " -> (" : " -> ");
    for (size_t i = 0; i < results.size(); ++i) {
      StrAppend(&out_, i ? ", " : "", results[i]);
      if (i < function.result_attributes.size()) NamedDict(function.result_attributes[i], " ");
    }
    if (parenthesized) out_.push_back(')');
  }
  std::vector<NamedAttribute> others;
  for (const NamedAttribute& attribute : attributes) {
    if (!declared || attribute.name != "function_type") others.push_back(attribute);
  }
  NamedDict(others, " attributes ");
  if (function.body != kNone) {
    out_.append(" {");
    RegionBody(g_.regions[function.body], "return");
  }
  Loc(function.location);
}

// Locations refer to each other, so they print as one alias each, in an order of their own.
void Printer::LocationTable() {
  for (size_t i = 0; i < g_.locations.size(); ++i) {
    const Location& location = g_.locations[i];
    StrAppend(&out_, "\n#loc", i, " = loc(");
    const auto child = [&](size_t k) { StrAppend(&out_, "#loc", location.children[k]); };
    switch (location.kind) {
      case Location::Kind::kUnknown:
        out_.append("unknown");
        break;
      case Location::Kind::kFile:
        AppendQuoted(&out_, location.text);
        StrAppend(&out_, ":", location.line, ":", location.column);
        if (location.end_line != 0) {
          StrAppend(&out_, " to ", location.end_line, ":", location.end_column);
        }
        break;
      case Location::Kind::kName:
        AppendQuoted(&out_, location.text);
        if (!location.children.empty()) {
          out_.push_back('(');
          child(0);
          out_.push_back(')');
        }
        break;
      case Location::Kind::kCallSite:
        out_.append("callsite(");
        child(0);
        out_.append(" at ");
        child(1);
        out_.push_back(')');
        break;
      case Location::Kind::kFused:
        out_.append("fused");
        if (!location.text.empty()) StrAppend(&out_, "<", location.text, ">");
        out_.push_back('[');
        for (size_t k = 0; k < location.children.size(); ++k) {
          if (k) out_.append(", ");
          child(k);
        }
        out_.push_back(']');
        break;
    }
    out_.push_back(')');
  }
}

std::string Printer::Module() {
  out_.append("module");
  if (!g_.module_name.empty()) {
    out_.push_back(' ');
    AppendSymbol(&out_, g_.module_name);
  }
  NamedDict(g_.module_attributes, " attributes ");
  out_.append(" {");
  ++indent_;
  for (const Function& function : g_.functions) FunctionText(function);
  --indent_;
  NewLine();
  out_.push_back('}');
  if (options_.locations) LocationTable();
  out_.push_back('\n');
  return std::move(out_);
}

}  // namespace

std::string Print(const Graph& graph, const PrintOptions& options) {
  return Printer(graph, options).Module();
}

std::string PrintNode(const Graph& graph, const Node& node, const PrintOptions& options) {
  return Printer(graph, options).OneNode(node);
}

std::string PrintAttribute(const Attribute& attribute, const PrintOptions& options) {
  std::string out;
  AppendAttribute(&out, attribute, false, options);
  return out;
}

}  // namespace webhlo
