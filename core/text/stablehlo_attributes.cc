// SPDX-License-Identifier: Apache-2.0
//
// StableHLO's own attributes: enumerations, which are their keyword in a graph, and structures,
// which are written as groups of fields, read as dictionaries and flattened into their op by
// NormalizeAttributes.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/sort.h"
#include "core/base/strings.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {
namespace {

// Convolutions write three operands' dimensions, two of them as letters: `[b, 0, 1, f]`.
struct ConvolutionOperand {
  char letters[2];
  std::string_view names[2];
  std::string_view spatial;
};
constexpr ConvolutionOperand kConvolution[] = {
    {{'b', 'f'}, {"input_batch_dimension", "input_feature_dimension"}, "input_spatial_dimensions"},
    {{'i', 'o'},
     {"kernel_input_feature_dimension", "kernel_output_feature_dimension"},
     "kernel_spatial_dimensions"},
    {{'b', 'f'},
     {"output_batch_dimension", "output_feature_dimension"},
     "output_spatial_dimensions"},
};
constexpr std::string_view kConvolutionMarks[] = {"", "x", "->"};

constexpr AttributeGroup::Field kAliasFields[] = {
    {"output_tuple_indices", "output_tuple_indices"},
    {"operand_index", "operand_index"},
    {"operand_tuple_indices", "operand_tuple_indices"},
};

// ---- Written

void AppendKeyword(std::string* out, const EnumSpec& spec, const std::string& keyword) {
  if (!spec.mnemonic.empty())
    return StrAppend(out, "#stablehlo<", spec.mnemonic, " ", keyword, ">");
  const auto it = std::find(spec.keywords.begin(), spec.keywords.end(), keyword);
  StrAppend(out, it - spec.keywords.begin(), " : i32");
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

}  // namespace

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

void AppendFields(std::string* out, std::span<const AttributeGroup::Field> fields,
                  std::span<const NamedAttribute> attributes) {
  bool first = true;
  for (const AttributeGroup::Field& field : fields) {
    const Attribute* value = FindAttribute(attributes, field.name);
    if (!value) continue;
    StrAppend(out, first ? "" : ", ", field.text_name, " = ");
    first = false;
    AppendField(out, *value);
  }
}

void AppendPairs(std::string* out, std::span<const int64_t> values) {
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    StrAppend(out, i ? ", " : "", "[", values[i], ", ", values[i + 1], "]");
  }
}

void AppendShort(std::string* out, const AttributeSpec& spec, const Attribute& value) {
  switch (spec.kind) {
    case AttributeKind::kEnum:
      return StrAppend(out, value.string());
    case AttributeKind::kFloat:
      return AppendFloat(out, value);
    default:
      return AppendField(out, value);
  }
}

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
      AppendList(out, value.ints(), [&](int64_t bit) { StrAppend(out, bit != 0); });
      return out->push_back('>');
    }
    case AttributeKind::kEnum:
      return AppendKeyword(out, *FindEnum(spec.name), value.string());
    case AttributeKind::kEnums:
      out->push_back('[');
      AppendList(out, value.elements(), [&](const Attribute& element) {
        AppendKeyword(out, *FindEnum(spec.name), element.string());
      });
      return out->push_back(']');
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
        AppendList(out, value.elements(), [&](const Attribute& alias) {
          out->append("#stablehlo.output_operand_alias<");
          if (alias.kind() == Attribute::Kind::kDict) {
            AppendFields(out, kAliasFields, alias.fields());
          }
          out->push_back('>');
        });
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

std::string ConvolutionDimensions(std::span<const NamedAttribute> attributes) {
  std::string out;
  for (size_t part = 0; part < std::size(kConvolution); ++part) {
    const ConvolutionOperand& operand = kConvolution[part];
    const Attribute* spatial = FindAttribute(attributes, operand.spatial);
    const std::span<const int64_t> numbers = spatial ? spatial->ints() : std::span<const int64_t>();
    const int64_t rank = static_cast<int64_t>(numbers.size()) + 2;
    std::vector<std::string> names(rank);
    const auto place = [&](int64_t dim, std::string name) {
      if (dim < 0 || dim >= rank || !names[dim].empty()) return false;
      names[dim] = std::move(name);
      return true;
    };
    for (size_t i = 0; i < 2; ++i) {
      const Attribute* dim = FindAttribute(attributes, operand.names[i]);
      if (!dim || !place(dim->int_value(), std::string(1, operand.letters[i]))) return "";
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (!place(numbers[i], std::to_string(i))) return "";
    }
    StrAppend(&out, kConvolutionMarks[part], "[", Join(names), "]");
  }
  return out;
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
  Sort(dict, [](const auto& a, const auto& b) { return a.first < b.first; });
  return dict;
}

// ---- Read

// The body after `#name`, whose `<` is current if there is one.
bool TextParser::ParseDialectAttribute(std::string_view name, size_t begin, Attribute* out,
                                       int depth) {
  const std::string_view dialect = name.substr(0, name.find('.'));
  if (token().Is('<') && (dialect == "stablehlo" || dialect == "chlo" || dialect == "mhlo")) {
    const std::string_view kind = name.substr(std::min(name.size(), dialect.size() + 1));
    static constexpr std::string_view kStructs[] = {"axis_ref",
                                                    "channel_handle",
                                                    "dot",
                                                    "dot_algorithm",
                                                    "gather",
                                                    "output_operand_alias",
                                                    "ragged_dot",
                                                    "replica_group_mesh_axes",
                                                    "result_accuracy",
                                                    "scatter"};
    if (std::find(std::begin(kStructs), std::end(kStructs), kind) != std::end(kStructs)) {
      return ParseAttributeStruct(out, depth);
    }
    if (kind == "conv") {
      std::vector<NamedAttribute> fields;
      const size_t open = token().begin;
      Advance();
      if (token().IsWord("raw")) {
        // The same by names: `raw input_batch_dimension = 0, ...`.
        Advance();
        lexer_.MoveTo(open);
        return ParseAttributeStruct(out, depth);
      }
      if (!ParseConvolutionDimensions(&fields) || !Expect('>')) return false;
      *out = Attribute::Dict(std::move(fields));
      return true;
    }
    // `#stablehlo<comparison_direction LT>` and `#stablehlo.result_accuracy_mode<DEFAULT>`.
    const size_t open = token().begin;
    Advance();
    if (token().kind == Token::Kind::kIdentifier) {
      std::string_view keyword = token().text;
      Advance();
      if (kind.empty() && token().kind == Token::Kind::kIdentifier) {
        keyword = token().text;
        Advance();
      }
      if (token().Is('>')) {
        Advance();
        *out = Attribute::String(std::string(keyword));
        return true;
      }
    }
    lexer_.MoveTo(open);
  }
  size_t end = begin + 1 + name.size();
  // `<` belongs to the attribute when nothing stands between.
  if (token().Is('<') && token().begin == end) {
    std::string_view inside;
    if (!TakeBalanced(&inside)) return false;
    end += inside.size();
  }
  *out = Attribute::Opaque(std::string(lexer_.text().substr(begin, end - begin)));
  return true;
}

// `<offset_dims = [2], index_vector_dim = 1, mode = #..., accumulation_type = f32>`.
bool TextParser::ParseAttributeStruct(Attribute* out, int depth) {
  if (depth > kMaxNesting) return FailHere("attributes nest too deeply");
  std::vector<NamedAttribute> fields;
  if (!Expect('<')) return false;
  ConsumeWord("raw");
  while (!token().Is('>')) {
    NamedAttribute& field = fields.emplace_back();
    if (token().kind != Token::Kind::kIdentifier) return FailExpected("a field name");
    field.name = token().text;
    Advance();
    if (!Expect('=')) return false;
    if (token().Is('[') && lexer_.PeekAfter() != '#') {
      std::vector<int64_t> values;
      if (!ParseIntList(&values)) return false;
      field.value = Attribute::Ints(std::move(values));
    } else if (field.name == "sub_axis_info" && Consume('(')) {
      // `(4)2`: the size of what stands before it on the axis, and its own.
      int64_t pre_size = 0;
      int64_t size = 0;
      if (!ParseInteger(&pre_size) || !Expect(')') || !ParseInteger(&size)) return false;
      field.value =
          Attribute::Dict({{"pre_size", Attribute::Int(pre_size)}, {"size", Attribute::Int(size)}});
    } else if (token().kind == Token::Kind::kInteger ||
               (token().Is('-') && IsDigitChar(lexer_.PeekAfter()))) {
      int64_t value = 0;
      if (!ParseInteger(&value)) return false;
      field.value = Attribute::Int(value);
    } else if (!ParseAttribute(&field.value, depth + 1)) {
      return false;
    }
    // VHLO names meshes by strings.
    if (field.name == "mesh" && field.value.kind() == Attribute::Kind::kSymbol) {
      field.value = Attribute::String(field.value.string());
    }
    if (!Consume(',')) break;
  }
  if (!Expect('>')) return false;
  *out = Attribute::Dict(std::move(fields));
  return true;
}

bool TextParser::ParseConvolutionDimensions(std::vector<NamedAttribute>* out) {
  for (size_t part = 0; part < std::size(kConvolution); ++part) {
    const ConvolutionOperand& operand = kConvolution[part];
    const char* letters = operand.letters;
    if (part == 1 && !ExpectWord(kConvolutionMarks[1])) return false;
    if (part == 2 && !ExpectArrow()) return false;
    const size_t begin = token().begin;
    int64_t position = 0;
    int64_t at[] = {-1, -1};                           // Where the letters stand.
    std::vector<std::pair<int64_t, int64_t>> spatial;  // Number, position.
    const auto item = [&] {
      if (token().kind == Token::Kind::kInteger) {
        int64_t number = 0;
        if (!ParseInteger(&number)) return false;
        spatial.emplace_back(number, position++);
        return true;
      }
      for (size_t i = 0; i < 2; ++i) {
        if (token().IsWord({&letters[i], 1}) && at[i] < 0) {
          at[i] = position++;
          Advance();
          return true;
        }
      }
      return FailExpected(StrCat("'", letters[0], "', '", letters[1], "' or a spatial dimension"));
    };
    if (!ParseList('[', ']', item)) return false;
    Sort(spatial);
    std::vector<int64_t> dims;
    for (size_t i = 0; i < spatial.size(); ++i) {
      if (spatial[i].first != static_cast<int64_t>(i)) {
        return FailAt(begin, "spatial dimensions are not numbered 0, 1, ...");
      }
      dims.push_back(spatial[i].second);
    }
    if (at[0] < 0 || at[1] < 0) {
      return FailAt(begin, StrCat("expected dimensions '", letters[0], "' and '", letters[1], "'"));
    }
    for (size_t i = 0; i < 2; ++i) {
      out->push_back({std::string(operand.names[i]), Attribute::Int(at[i])});
    }
    out->push_back({std::string(operand.spatial), Attribute::Ints(std::move(dims))});
  }
  return true;
}

bool TextParser::ParseShort(const AttributeSpec& spec, Attribute* out) {
  switch (spec.kind) {
    case AttributeKind::kInt:
    case AttributeKind::kInt32: {
      int64_t value = 0;
      if (!ParseInteger(&value)) return false;
      *out = Attribute::Int(value);
      return true;
    }
    case AttributeKind::kFloat: {
      double value = 0;
      if (!ParseDouble(&value)) return false;
      *out = Attribute::Float(value, ElementType::kF64);
      return true;
    }
    case AttributeKind::kEnum:
      if (token().kind == Token::Kind::kIdentifier) {
        *out = Attribute::String(std::string(token().text));
        Advance();
        return true;
      }
      return ParseAttribute(out);
    case AttributeKind::kInts:
    case AttributeKind::kPairs:
    case AttributeKind::kBools:
      if (token().Is('[')) {
        std::vector<int64_t> values;
        if (!ParseIntList(&values)) return false;
        *out = Attribute::Ints(std::move(values));
        return true;
      }
      return ParseAttribute(out);
    default:
      return ParseAttribute(out);
  }
}

}  // namespace webhlo
