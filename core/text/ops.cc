// SPDX-License-Identifier: Apache-2.0
//
// Ops: the generic form, and the pretty one that the dialect table's format describes.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/text/format.h"
#include "core/text/format_parts.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {
namespace {

bool IsTerminator(std::string_view name) { return name == "return" || name.ends_with(".return"); }

}  // namespace

// ---- Written

void Printer::AttributeDict(const Dict& dict, std::string_view open, std::string_view close) {
  if (dict.empty()) return;
  out_.append(open);
  AppendList(&out_, dict, [&](const auto& field) {
    AppendName(&out_, field.first);
    if (!field.second.empty()) StrAppend(&out_, " = ", field.second);
  });
  out_.append(close);
}

void Printer::OpAttributes(const Node& node, std::string_view before) {
  if (node.attributes.size == 0) return;
  const OpSyntax& syntax = *FindSyntax(node.name);
  AttributeDict(TextAttributes(node, &syntax, AttributesInFormat(syntax), std::nullopt),
                StrCat(before, "{"), "}");
}

void Printer::Pretty(const Node& node, const OpSyntax& syntax) {
  using Kind = FormatItem::Kind;
  out_.append(node.name == ops::kFuncCall ? "call" : syntax.name);
  const std::string_view format = NotationOf(syntax).format;
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
        } else {
          AppendShort(&out_, spec, *value);
        }
        break;
      }
      case Kind::kAttributes:
        OpAttributes(node);
        break;
      case Kind::kCustom:
        (this->*FindFormatPart(item.text).print)(node);
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
  Regions(node);
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
  const OpSyntax* syntax = FindSyntax(node.name);
  syntax&& FitsFormat(g_, node, *syntax) ? Pretty(node, *syntax) : Generic(node, syntax);
  Loc(node.location);
}

// ---- Read

bool TextParser::ParseAttributes(Op* op) {
  return !token().Is('{') || ParseDictionary(&op->attributes);
}

bool TextParser::ParseOp(bool* is_terminator, std::vector<ValueId>* terminator_operands) {
  Op op;
  if (!ParseResultNames(&op)) return false;
  op.offset = token().begin;
  op.position = Position(op.offset);
  std::string quoted_name;  // Keeps op.name's text alive.
  if (token().kind == Token::Kind::kString) {
    if (!ParseString(&quoted_name)) return false;
    op.name = quoted_name;
    op.syntax = FindSyntax(op.name);
    if (!ParseGenericOp(&op)) return false;
  } else if (token().kind == Token::Kind::kIdentifier) {
    op.name = token().text;
    if (op.name == "call") op.name = ToString(ops::kFuncCall);
    op.syntax = FindSyntax(op.name);
    const std::string_view word = token().text;
    Advance();
    if (IsTerminator(word) ? !ParseReturn(&op) : !ParsePrettyOp(&op)) return false;
  } else {
    return FailExpected("an operation");
  }
  if (!ParseOptionalLocation(&op.location)) return false;
  if (!CheckOperandTypes(op)) return false;
  *is_terminator = IsTerminator(op.name);
  if (*is_terminator) {
    if (!op.result_names.empty() || !op.result_types.empty() || !op.regions.empty()) {
      return FailAt(op.offset, StrCat(op.name, " has neither results nor regions"));
    }
    *terminator_operands = std::move(op.operands);
    return true;
  }
  return FinishOp(&op);
}

bool TextParser::FinishOp(Op* op) {
  if (op->syntax && op->syntax->num_regions >= 0 &&
      op->regions.size() != static_cast<size_t>(op->syntax->num_regions)) {
    return FailAt(op->offset, StrCat(op->name, " has ", op->regions.size(), " regions, expected ",
                                     op->syntax->num_regions));
  }
  uint64_t names = 0;
  for (const auto& [name, count] : op->result_names) names += count;
  if (!op->result_names.empty() && names != op->result_types.size()) {
    return FailAt(op->offset, StrCat(op->name, " has ", op->result_types.size(), " results, ",
                                     names, " are named"));
  }
  // Casts between the spellings that two dialects have for one type: here they have one.
  if (op->name == "builtin.unrealized_conversion_cast" && names == op->operands.size()) {
    bool same = true;
    for (size_t i = 0; i < op->operands.size(); ++i) {
      same &= graph_.type(op->operands[i]) == op->result_types[i];
    }
    if (same) {
      size_t i = 0;
      for (const auto& [name, count] : op->result_names) {
        // Results of one name are consecutive values, operands need not be.
        if (count != 1) {
          return Fail(op->offset, StatusCode::kUnsupported, "casts of several values");
        }
        if (!DefineValue(name, op->offset, op->operands[i++], 1)) return false;
      }
      return true;
    }
  }
  if (Status status = NormalizeAttributes(op->syntax, &op->attributes); !status.ok()) {
    return Fail(op->offset, status.code(), status.message());
  }
  if (op->location == kNone) op->location = FileLocation(op->position);
  ValueId next = builder_.AddNode(op->name, op->operands, op->result_types,
                                  std::move(op->attributes), op->regions, op->location);
  for (const auto& [name, count] : op->result_names) {
    if (!DefineValue(name, op->offset, next, count)) return false;
    next += count;
  }
  return true;
}

// After the name: `(operands) <{properties}> ({regions}) {attributes} : type`.
bool TextParser::ParseGenericOp(Op* op) {
  op->location = kNone;
  if (!Expect('(') || !ParseOperands(&op->operands) || !Expect(')')) return false;
  if (token().Is('[')) {
    return Fail(op->offset, StatusCode::kUnsupported,
                StrCat(op->name, ": branches between blocks are not supported"));
  }
  if (Consume('<')) {
    if (!ParseDictionary(&op->attributes) || !Expect('>')) return false;
  }
  return ParseRegions(op) && ParseAttributes(op) && Expect(':') && SetFunctionType(op);
}

bool TextParser::ParseReturn(Op* op) {
  if (op->name == "return") op->name = "func.return";
  op->location = kNone;
  if (!ParseOperands(&op->operands) || !ParseAttributes(op)) return false;
  if (op->operands.empty()) return true;
  std::vector<Type> types;
  return Expect(':') && ParseTypeList(&types) && SetOperandTypes(op, std::move(types));
}

bool TextParser::ParsePrettyOp(Op* op) {
  op->location = kNone;
  if (!op->syntax) {
    return Fail(op->offset, StatusCode::kUnsupported,
                StrCat("operation '", op->name, "' is not known"));
  }
  if (NotationOf(*op->syntax).format.empty()) {
    return FailAt(op->offset, StrCat("expected '\"", op->name,
                                     "\"(...)': the operation has only the "
                                     "generic form"));
  }
  return ParseFormat(op);
}

bool TextParser::ParseLiteral(std::string_view literal) {
  for (size_t i = 0; i < literal.size();) {
    if (literal[i] == ' ') {
      ++i;
    } else if (IsIdentifierStartChar(literal[i])) {
      const size_t begin = i;
      while (i < literal.size() && IsIdentifierChar(literal[i])) ++i;
      if (!ExpectWord(literal.substr(begin, i - begin))) return false;
    } else if (!Expect(literal[i++])) {
      return false;
    }
  }
  return true;
}

bool TextParser::ParseFormat(Op* op) {
  using Kind = FormatItem::Kind;
  FormatReader reader(NotationOf(*op->syntax).format);
  bool skip = false;
  for (FormatItem item = reader.Next(); item.kind != Kind::kEnd; item = reader.Next()) {
    if (item.kind == Kind::kOptionalEnd) skip = false;
    if (skip) continue;
    switch (item.kind) {
      case Kind::kLiteral:
        if (!ParseLiteral(item.text)) return false;
        break;
      case Kind::kOperand:
        if (!ParseOperand(&op->operands)) return false;
        break;
      case Kind::kOperands:
        if (!ParseOperands(&op->operands)) return false;
        break;
      case Kind::kOptionalBegin:
        // Optional parts begin with a comma, and none can follow where they are absent.
        skip = !token().Is(',');
        break;
      case Kind::kSymbol: {
        std::string name;
        if (!ParseSymbolName(&name)) return false;
        AddAttribute(op, item.text, Attribute::Symbol(std::move(name)));
        break;
      }
      case Kind::kAttribute: {
        Attribute value;
        const AttributeSpec* spec = FindAttributeSpec(*op->syntax, item.text);
        if (!ParseShort(*spec, &value)) return false;
        AddAttribute(op, item.text, std::move(value));
        break;
      }
      case Kind::kAttributes:
        if (!ParseAttributes(op)) return false;
        break;
      case Kind::kCustom:
        if (!(this->*FindPartReader(item.text).parse)(op)) return false;
        break;
      case Kind::kTypes:
        if (!ParseFormatTypes(op, item.text)) return false;
        break;
      default:
        break;
    }
  }
  return true;
}

}  // namespace webhlo
