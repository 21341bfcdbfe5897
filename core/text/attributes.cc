// SPDX-License-Identifier: Apache-2.0
//
// Attributes of MLIR text. StableHLO's structured attributes become dictionaries that
// NormalizeAttributes flattens into their op; enumerations become their keyword; attributes of
// dialects that nobody here knows are kept in their own spelling.
#include <algorithm>

#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/text/parser.h"

namespace webhlo {

bool TextParser::ParseIntList(std::vector<int64_t>* out) {
  return ParseList('[', ']', [&] {
    int64_t value = kDynamic;
    if (ConsumeWord("true")) {
      value = 1;
    } else if (ConsumeWord("false")) {
      value = 0;
    } else if (!Consume('?') && !ParseInteger(&value)) {
      return false;
    }
    out->push_back(value);
    return true;
  });
}

bool TextParser::ParseAttribute(Attribute* out, int depth) {
  if (depth > kMaxNesting) return FailHere("attributes nest too deeply");
  if (!Unfold(1)) return false;
  const size_t begin = token().begin;
  switch (token().kind) {
    case Token::Kind::kString: {
      std::string text;
      if (!ParseString(&text)) return false;
      *out = Attribute::String(std::move(text));
      return true;
    }
    case Token::Kind::kSymbol: {
      std::string name;
      if (!ParseSymbolName(&name)) return false;
      if (!token().Is(':') || lexer_.text().substr(token().begin, 3) != "::@") {
        *out = Attribute::Symbol(std::move(name));
        return true;
      }
      // A nested reference names nothing that a graph holds.
      size_t end = token().begin;
      while (lexer_.text().substr(token().begin, 3) == "::@") {
        Advance();
        Advance();
        end = token().end();
        if (!ParseSymbolName(&name)) return false;
      }
      *out = Attribute::Opaque(std::string(lexer_.text().substr(begin, end - begin)));
      return true;
    }
    case Token::Kind::kInteger:
    case Token::Kind::kFloat:
      return ParseNumber(out);
    case Token::Kind::kHash:
      return ParseHashAttribute(out, depth);
    case Token::Kind::kPunctuation:
      if (token().Is('-')) return ParseNumber(out);
      if (token().Is('[')) {
        std::vector<Attribute> elements;
        if (!ParseList('[', ']',
                       [&] { return ParseAttribute(&elements.emplace_back(), depth + 1); })) {
          return false;
        }
        *out = Attribute::Array(std::move(elements));
        return true;
      }
      if (token().Is('{')) {
        std::vector<NamedAttribute> fields;
        if (!ParseDictionary(&fields, depth + 1)) return false;
        *out = Attribute::Dict(std::move(fields));
        return true;
      }
      break;
    case Token::Kind::kIdentifier: {
      const std::string_view word = token().text;
      if (word == "true" || word == "false") {
        Advance();
        *out = Attribute::Bool(word == "true");
        return true;
      }
      if (word == "unit") {
        Advance();
        *out = Attribute();
        return true;
      }
      if (word == "dense") return ParseDense(out);
      if (word == "dense_resource") return ParseDenseResource(out);
      if (word == "array") return ParseArrayOf(out);
      static constexpr std::string_view kKeptAsText[] = {
          "affine_map", "affine_set", "distinct", "loc", "opaque", "sparse", "strided"};
      if (std::find(std::begin(kKeptAsText), std::end(kKeptAsText), word) !=
          std::end(kKeptAsText)) {
        Advance();
        size_t end = token().begin;
        while (token().Is('<') || token().Is('(') || token().Is('[')) {
          std::string_view inside;
          if (!TakeBalanced(&inside)) return false;
          end = inside.data() + inside.size() - lexer_.text().data();
        }
        if ((word == "sparse" || word == "opaque") && Consume(':')) {
          Type type;
          if (!ParseType(&type, depth + 1)) return false;
          *out = Attribute::Opaque(
              StrCat(lexer_.text().substr(begin, end - begin), " : ", ToString(type)));
          return true;
        }
        *out = Attribute::Opaque(std::string(lexer_.text().substr(begin, end - begin)));
        return true;
      }
      break;
    }
    default:
      break;
  }
  if (token().kind != Token::Kind::kIdentifier && token().kind != Token::Kind::kBang &&
      !token().Is('(')) {
    return FailExpected("an attribute");
  }
  Type type;
  if (!ParseType(&type, depth + 1)) return false;
  *out = Attribute::TypeOf(std::move(type));
  return true;
}

// `-3`, `3 : i32`, `1.0e-3 : f32`, `0x7FC00000 : f32`, `1 : i1`.
bool TextParser::ParseNumber(Attribute* out) {
  const size_t begin = token().begin;
  const bool negative = Consume('-');
  const Token number = token();
  if (number.kind != Token::Kind::kInteger && number.kind != Token::Kind::kFloat) {
    return FailExpected("a number");
  }
  lexer_.MoveTo(begin);
  int64_t integer = 0;
  double real = 0;
  if (number.kind == Token::Kind::kInteger) {
    if (!ParseInteger(&integer)) return false;
  } else if (!ParseDouble(&real)) {
    return false;
  }
  ElementType type = number.kind == Token::Kind::kInteger ? ElementType::kI64 : ElementType::kF64;
  if (Consume(':')) {
    const size_t type_begin = token().begin;
    Type parsed;
    if (!ParseType(&parsed)) return false;
    if (parsed.kind != Type::Kind::kScalar || parsed.tensor.quantized) {
      return FailAt(type_begin, "expected the type of a number");
    }
    type = parsed.tensor.element;
  }
  if (IsFloat(type)) {
    if (number.kind == Token::Kind::kInteger) {
      const bool bits = number.text.starts_with("0x");
      if (bits && negative) return FailAt(begin, "a bit pattern has no sign");
      real =
          bits ? DecodeFloat(type, static_cast<uint64_t>(integer)) : static_cast<double>(integer);
    }
    *out = Attribute::Float(DecodeFloat(type, EncodeFloat(type, real)), type);
    return true;
  }
  if (number.kind == Token::Kind::kFloat) return FailAt(begin, "expected an integer");
  if (type == ElementType::kI1) {
    *out = Attribute::Bool(integer != 0);
  } else if (IsInteger(type)) {
    *out = Attribute::Int(integer, type);
  } else {
    return FailAt(begin, StrCat("a number of type ", ElementTypeName(type), " is not supported"));
  }
  return true;
}

// `array<i64: 1, 2>`: Ints for i64, constant elements for others.
bool TextParser::ParseArrayOf(Attribute* out) {
  Advance();
  TensorType type;
  if (!Expect('<') || !ParseElementType(&type, 0)) return false;
  DenseElements dense;
  std::vector<int64_t> ints;
  int64_t count = 0;
  if (Consume(':')) {
    do {
      ++count;
      if (type.element == ElementType::kI64) {
        if (!ParseInteger(&ints.emplace_back())) return false;
        continue;
      }
      const size_t begin = token().begin;
      if (token().Is('-')) Advance();
      const size_t end = token().end();
      if (!AppendElement(lexer_.text().substr(begin, end - begin), begin, type.element,
                         &dense.bytes)) {
        return false;
      }
      Advance();
    } while (Consume(','));
  }
  if (!Expect('>')) return false;
  if (type.element == ElementType::kI64) {
    *out = Attribute::Ints(std::move(ints));
    return true;
  }
  type.dims = {count};
  dense.type = std::move(type);
  *out = Attribute::Dense(std::move(dense));
  return true;
}

// `{a = 1 : i32, "b c", d}`.
bool TextParser::ParseDictionary(std::vector<NamedAttribute>* out, int depth) {
  return ParseList('{', '}', [&] {
    NamedAttribute& attribute = out->emplace_back();
    if (token().kind == Token::Kind::kString) {
      if (!ParseString(&attribute.name)) return false;
    } else if (token().kind == Token::Kind::kIdentifier) {
      attribute.name = token().text;
      Advance();
    } else {
      return FailExpected("an attribute name");
    }
    return !Consume('=') || ParseAttribute(&attribute.value, depth);
  });
}

bool TextParser::ParseHashAttribute(Attribute* out, int depth) {
  const size_t begin = token().begin;
  const std::string_view text = token().text;
  const std::string_view name = token().name();
  const size_t end = token().end();
  const bool has_body = end < lexer_.text().size() && lexer_.text()[end] == '<';
  const auto alias = has_body ? aliases_.end() : aliases_.find(text);
  if (alias != aliases_.end()) {
    if (!alias->second.attribute) {
      if (alias->second.busy) return FailHere(StrCat("alias '", text, "' refers to itself"));
      const size_t before = unfolded_;
      alias->second.busy = true;
      lexer_.MoveTo(alias->second.offset);
      Attribute value;
      if (!ParseAttribute(&value, depth + 1)) return false;
      alias->second.weight = unfolded_ - before;
      alias->second.attribute = std::make_shared<const Attribute>(std::move(value));
      alias->second.busy = false;
      lexer_.MoveTo(end);
    } else {
      if (!Unfold(alias->second.weight)) return false;
      Advance();
    }
    *out = *alias->second.attribute;
    return true;
  }
  if (!has_body && name.find('.') == std::string_view::npos) {
    return FailHere(StrCat("attribute alias '", text, "' is not defined"));
  }
  Advance();
  return ParseDialectAttribute(name, begin, out, depth);
}

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

// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`.
bool TextParser::ParseConvolutionDimensions(std::vector<NamedAttribute>* out) {
  const auto parse = [&](std::string_view operand, char a, std::string_view a_name, char b,
                         std::string_view b_name) {
    const size_t begin = token().begin;
    int64_t position = 0;
    int64_t a_at = -1;
    int64_t b_at = -1;
    std::vector<std::pair<int64_t, int64_t>> spatial;  // Number, position.
    const auto item = [&] {
      if (token().kind == Token::Kind::kInteger) {
        int64_t number = 0;
        if (!ParseInteger(&number)) return false;
        spatial.emplace_back(number, position++);
        return true;
      }
      if (token().kind == Token::Kind::kIdentifier && token().text.size() == 1) {
        int64_t* at = token().text[0] == a ? &a_at : token().text[0] == b ? &b_at : nullptr;
        if (at && *at < 0) {
          *at = position++;
          Advance();
          return true;
        }
      }
      return FailExpected(StrCat("'", a, "', '", b, "' or a spatial dimension"));
    };
    if (!ParseList('[', ']', item)) return false;
    std::sort(spatial.begin(), spatial.end());
    std::vector<int64_t> dims;
    for (size_t i = 0; i < spatial.size(); ++i) {
      if (spatial[i].first != static_cast<int64_t>(i)) {
        return FailAt(begin, "spatial dimensions are not numbered 0, 1, ...");
      }
      dims.push_back(spatial[i].second);
    }
    if (a_at < 0 || b_at < 0) {
      return FailAt(begin, StrCat("expected dimensions '", a, "' and '", b, "'"));
    }
    const auto name = [&](std::string_view suffix) { return StrCat(operand, suffix); };
    out->push_back({name(a_name), Attribute::Int(a_at)});
    out->push_back({name(b_name), Attribute::Int(b_at)});
    out->push_back({name("_spatial_dimensions"), Attribute::Ints(std::move(dims))});
    return true;
  };
  if (!parse("input", 'b', "_batch_dimension", 'f', "_feature_dimension")) return false;
  if (!ExpectWord("x")) return false;
  if (!parse("kernel", 'i', "_input_feature_dimension", 'o', "_output_feature_dimension")) {
    return false;
  }
  if (!ExpectArrow()) return false;
  return parse("output", 'b', "_batch_dimension", 'f', "_feature_dimension");
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
