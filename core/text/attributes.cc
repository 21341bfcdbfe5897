// SPDX-License-Identifier: Apache-2.0
//
// Attributes, written and read. Those of dialects that nobody here knows are kept in their own
// spelling; StableHLO's are in stablehlo_attributes.cc, constant elements in dense.cc.
#include <algorithm>

#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {

// ---- Written

void AppendInt(std::string* out, const Attribute& value) {
  IsUnsignedInteger(value.type().tensor.element)
      ? StrAppend(out, static_cast<uint64_t>(value.int_value()))
      : StrAppend(out, value.int_value());
}

void AppendFloat(std::string* out, const Attribute& value) {
  const ElementType type = value.type().tensor.element;
  AppendFloat(out, type, value.float_value(), EncodeFloat(type, value.float_value()));
}

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
      return StrAppend(out, Join(value.ints()), ">");
    case K::kArray:
      out->push_back('[');
      AppendList(out, value.elements(),
                 [&](const Attribute& element) { AppendAttribute(out, element, true, options); });
      return out->push_back(']');
    case K::kDict:
      out->push_back('{');
      AppendList(out, value.fields(),
                 [&](const NamedAttribute& field) { AppendNamed(out, field, options); });
      return out->push_back('}');
    case K::kDense:
      out->append("dense<");
      AppendElements(out, value.dense(), options);
      return StrAppend(out, "> : ", ToString(value.dense().type));
    case K::kOpaque:
      return StrAppend(out, value.string());
  }
}

void Printer::NamedDict(std::span<const NamedAttribute> attributes, std::string_view before) {
  if (attributes.empty()) return;
  StrAppend(&out_, before, "{");
  AppendList(&out_, attributes,
             [&](const NamedAttribute& item) { AppendNamed(&out_, item, options_); });
  out_.push_back('}');
}

std::string PrintAttribute(const Attribute& attribute, const PrintOptions& options) {
  std::string out;
  AppendAttribute(&out, attribute, false, options);
  return out;
}

// ---- Read

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

}  // namespace webhlo
