// SPDX-License-Identifier: Apache-2.0
//
// Ops of MLIR text: the generic form, the pretty forms that the dialect table's formats describe,
// and the few with code of their own. Regions have a single block.
#include <algorithm>

#include "core/base/strings.h"
#include "core/graph/verifier.h"
#include "core/text/format.h"
#include "core/text/parser.h"

namespace webhlo {
namespace {

bool IsTerminator(std::string_view name) { return name == "return" || name.ends_with(".return"); }

}  // namespace

bool TextParser::DefineValue(std::string_view name, size_t offset, ValueId first, uint32_t count) {
  Definition& definition = values_[name];
  const size_t scope = scope_starts_.size();
  if (definition.first != kNone && definition.scope == scope) {
    return FailAt(offset, StrCat("%", name, " is defined twice"));
  }
  undo_.emplace_back(name, definition);
  definition = {first, count, scope};
  return true;
}

bool TextParser::ParseOperand(std::vector<ValueId>* operands) {
  const Token value = token();
  if (value.kind != Token::Kind::kValue) return FailExpected("a value");
  const auto it = values_.find(value.name());
  if (it == values_.end() || it->second.first == kNone) {
    return FailHere(StrCat(value.text, " is used before it is defined"));
  }
  Advance();
  uint32_t index = 0;
  if (token().kind == Token::Kind::kHash && token().begin == value.end()) {
    uint64_t number = 0;
    for (const char c : token().name()) {
      if (!IsDigitChar(c)) return FailExpected("a result number");
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(c - '0'), kNone);
    }
    if (number >= it->second.count) {
      return FailHere(StrCat(value.text, " has ", it->second.count, " results"));
    }
    index = static_cast<uint32_t>(number);
    Advance();
  }
  operands->push_back(it->second.first + index);
  return true;
}

bool TextParser::ParseOperands(std::vector<ValueId>* operands) {
  while (token().kind == Token::Kind::kValue) {
    if (!ParseOperand(operands)) return false;
    if (!token().Is(',') || lexer_.PeekAfter() != '%') break;
    Advance();
  }
  return true;
}

bool TextParser::ParseAttributes(Op* op) {
  return !token().Is('{') || ParseDictionary(&op->attributes);
}

bool TextParser::SetOperandTypes(Op* op, std::vector<Type> types) {
  op->operand_types = std::move(types);
  op->has_operand_types = true;
  return true;
}

bool TextParser::SetFunctionType(Op* op) {
  Type type;
  if (!token().Is('(')) return FailExpected("a function type");
  if (!ParseFunctionType(&type)) return false;
  op->result_types = std::move(type.results);
  return SetOperandTypes(op, std::move(type.elements));
}

bool TextParser::CheckOperandTypes(const Op& op) {
  if (!op.has_operand_types) return true;
  if (op.operands.size() != op.operand_types.size()) {
    return FailAt(op.offset, StrCat(op.name, " has ", op.operands.size(), " operands, its type ",
                                    op.operand_types.size()));
  }
  for (size_t i = 0; i < op.operands.size(); ++i) {
    const Type& defined = graph_.type(op.operands[i]);
    if (!(defined == op.operand_types[i])) {
      return FailAt(op.offset,
                    StrCat(op.name, ": operand ", i, " is ", ToString(defined),
                           " where it is defined, ", ToString(op.operand_types[i]), " here"));
    }
  }
  return true;
}

bool TextParser::ParseResultNames(Op* op) {
  if (token().kind != Token::Kind::kValue) return true;
  do {
    if (token().kind != Token::Kind::kValue) return FailExpected("a result's name");
    const std::string_view name = token().name();
    Advance();
    int64_t count = 1;
    if (Consume(':')) {
      if (!ParseInteger(&count)) return false;
      if (count < 1 || count > kNone) return FailHere("expected a number of results");
    }
    op->result_names.emplace_back(name, static_cast<uint32_t>(count));
  } while (Consume(','));
  return Expect('=');
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
    if (op.name == "call") op.name = "func.call";
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
  if (token().Is('(')) {
    const auto region = [&] { return ParseRegion({}, &op->regions.emplace_back(kNone)); };
    if (!ParseList('(', ')', region)) return false;
  }
  return ParseAttributes(op) && Expect(':') && SetFunctionType(op);
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
  if (op->syntax->format.empty()) {
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
  FormatReader reader(op->syntax->format);
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
        if (!ParseFormatPart(op, item.text)) return false;
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

bool TextParser::ParseFormatTypes(Op* op, std::string_view kind) {
  std::vector<Type> types;
  if (kind == "results") return ParseTypeList(&op->result_types);
  if (kind == "operands") return ParseTypeList(&types) && SetOperandTypes(op, std::move(types));
  if (kind == "cast") {
    if (op->operands.empty() || (ParseTypeList(&types) && SetOperandTypes(op, std::move(types)))) {
      return ExpectWord("to") && ParseTypeList(&op->result_types);
    }
    return false;
  }
  if (kind == "fn" || token().Is('(')) return SetFunctionType(op);
  if (kind == "arrow") {
    if (!ParseTypeList(&types) || !SetOperandTypes(op, std::move(types)) || !ExpectArrow()) {
      return false;
    }
    if (token().Is('(')) return ParseTypeListInParens(&op->result_types);
    return ParseType(&op->result_types.emplace_back());
  }
  const size_t begin = token().begin;
  const size_t n = op->operands.size();
  if (kind == "select") {
    if (!ParseTypeList(&types)) return false;
    if (types.size() != 2) return FailAt(begin, "expected the types of predicate and result");
    op->result_types = {types[1]};
    return SetOperandTypes(op, {types[0], types[1], types[1]});
  }
  Type type;
  if (!ParseType(&type)) return false;
  if (kind == "operand") return SetOperandTypes(op, std::vector<Type>(n, type));
  op->result_types = {type};
  if (kind == "tuple") {
    if (type.kind != Type::Kind::kTuple) return FailAt(begin, "expected a tuple type");
    return SetOperandTypes(op, std::move(type.elements));
  }
  if (kind == "complex") {
    if (!type.IsTensor() || !IsComplex(type.tensor.element)) {
      return FailAt(begin, "expected a complex tensor type");
    }
    type.tensor = RealPartType(type.tensor);
  }
  return SetOperandTypes(op, std::vector<Type>(n, type));
}

// Parts of formats that have code of their own; whole ops go on to ParseWholeOp.
bool TextParser::ParseFormatPart(Op* op, std::string_view name) {
  if (name == "format") {
    // e8m10
    const Token word = token();
    const size_t m = word.text.find('m');
    int64_t numbers[2] = {};
    bool ok = word.kind == Token::Kind::kIdentifier && word.text.size() < 12 &&
              word.text[0] == 'e' && m != std::string_view::npos && m > 1 &&
              m + 1 < word.text.size();
    for (size_t i = 1; ok && i < word.text.size(); ++i) {
      if (i == m) continue;
      ok = IsDigitChar(word.text[i]);
      int64_t& number = numbers[i > m];
      number = number * 10 + (word.text[i] - '0');
    }
    if (!ok) return FailExpected("a format like e5m10");
    Advance();
    AddAttribute(op, "exponent_bits", Attribute::Int(numbers[0]));
    AddAttribute(op, "mantissa_bits", Attribute::Int(numbers[1]));
    return true;
  }
  if (name == "slice") {
    std::vector<int64_t> starts, limits, strides;
    const auto range = [&] {
      if (!ParseInteger(&starts.emplace_back()) || !Expect(':') ||
          !ParseInteger(&limits.emplace_back())) {
        return false;
      }
      strides.push_back(1);
      return !Consume(':') || ParseInteger(&strides.back());
    };
    if (!ParseList('[', ']', range)) return false;
    AddAttribute(op, "start_indices", Attribute::Ints(std::move(starts)));
    AddAttribute(op, "limit_indices", Attribute::Ints(std::move(limits)));
    AddAttribute(op, "strides", Attribute::Ints(std::move(strides)));
    return true;
  }
  if (name == "dim_numbers") return ParseConvolutionDimensions(&op->attributes);
  if (name == "window") return ParseWindow(op);
  if (name == "precision") return ParsePrecision(op);
  if (name == "dot_dims") {
    const auto pair = [&](std::string_view lhs_name, std::string_view rhs_name) {
      std::vector<int64_t> lhs, rhs;
      if (!Expect('=') || !ParseIntList(&lhs) || !ExpectWord("x") || !ParseIntList(&rhs)) {
        return false;
      }
      AddAttribute(op, lhs_name, Attribute::Ints(std::move(lhs)));
      AddAttribute(op, rhs_name, Attribute::Ints(std::move(rhs)));
      return true;
    };
    if (ConsumeWord("batching_dims")) {
      if (!pair("lhs_batching_dimensions", "rhs_batching_dimensions") || !Expect(',')) return false;
    }
    return ExpectWord("contracting_dims") &&
           pair("lhs_contracting_dimensions", "rhs_contracting_dimensions");
  }
  if (name == "regions") {
    if (!token().Is('(')) return true;
    return ParseList('(', ')', [&] { return ParseRegion({}, &op->regions.emplace_back(kNone)); });
  }
  if (name == "sharding") {
    std::string_view ignored;
    if (!token().Is('<')) return FailExpected("'<'");
    return TakeBalanced(&ignored);
  }
  return ParseWholeOp(op, name);
}

bool TextParser::ParseWindow(Op* op) {
  while (token().kind == Token::Kind::kIdentifier) {
    const std::string_view word = token().text;
    const std::string_view attribute = word == "stride"       ? "window_strides"
                                       : word == "pad"        ? "padding"
                                       : word == "lhs_dilate" ? "lhs_dilation"
                                       : word == "rhs_dilate" ? "rhs_dilation"
                                       : word == "reverse"    ? "window_reversal"
                                                              : "";
    if (attribute.empty()) return FailExpected("stride, pad, lhs_dilate, rhs_dilate or reverse");
    Advance();
    if (!Expect('=')) return false;
    std::vector<int64_t> values;
    if (word == "pad") {
      const auto pair = [&] {
        return Expect('[') && ParseInteger(&values.emplace_back()) && Expect(',') &&
               ParseInteger(&values.emplace_back()) && Expect(']');
      };
      if (!ParseList('[', ']', pair)) return false;
    } else if (!ParseIntList(&values)) {
      return false;
    }
    AddAttribute(op, attribute, Attribute::Ints(std::move(values)));
    if (!Consume(',')) break;
  }
  return true;
}

// `, precision = [HIGHEST, DEFAULT], algorithm = <...>`, both optional.
bool TextParser::ParsePrecision(Op* op) {
  while (Consume(',')) {
    if (ConsumeWord("precision")) {
      std::vector<Attribute> elements;
      if (!Expect('=')) return false;
      const auto keyword = [&] {
        if (token().kind == Token::Kind::kHash) return ParseAttribute(&elements.emplace_back());
        if (token().kind != Token::Kind::kIdentifier) return FailExpected("a precision");
        elements.push_back(Attribute::String(std::string(token().text)));
        Advance();
        return true;
      };
      if (!ParseList('[', ']', keyword)) return false;
      AddAttribute(op, "precision_config", Attribute::Array(std::move(elements)));
    } else if (ConsumeWord("algorithm")) {
      Attribute algorithm;
      if (!Expect('=')) return false;
      if (token().Is('<') ? !ParseAttributeStruct(&algorithm, 0) : !ParseAttribute(&algorithm)) {
        return false;
      }
      AddAttribute(op, "algorithm", std::move(algorithm));
    } else {
      return FailExpected("'precision' or 'algorithm'");
    }
  }
  return true;
}

bool TextParser::ParseWholeOp(Op* op, std::string_view name) {
  if (name == "constant") {
    if (token().Is('(')) return ParseGenericOp(op);
    if (!ParseAttributes(op)) return false;
    const size_t begin = token().begin;
    Attribute value;
    if (!ParseAttribute(&value)) return false;
    if (value.kind() == Attribute::Kind::kDense) {
      op->result_types = {Type(value.dense().type)};
    } else {
      // Elements that the file leaves out: only their type is left.
      const size_t end = token().begin;
      lexer_.MoveTo(begin);
      if (!ConsumeWord("dense_resource")) return FailExpected("dense elements");
      while (!token().Is(':')) Advance();
      Advance();
      if (!ParseType(&op->result_types.emplace_back())) return false;
      lexer_.MoveTo(end);
    }
    AddAttribute(op, "value", std::move(value));
    return true;
  }
  if (name == "barrier") {
    if (!ParseAttributes(op)) return false;
    if (Consume('(')) return Expect(')');
    std::vector<Type> types;
    if (!ParseOperands(&op->operands) || !Expect(':') || !ParseTypeList(&types)) return false;
    op->result_types = types;
    return SetOperandTypes(op, std::move(types));
  }
  if (name == "reduce") return ParseReduce(op);
  if (name == "while") return ParseWhile(op);
  if (name == "scan") return ParseScan(op);
  if (name == "manual_computation") return ParseManualComputation(op);
  return FailAt(op->offset, StrCat(op->name, " has no text form"));
}

// `(%a init: %b), (%c init: %d) applies stablehlo.add across dimensions = [1] : type`, or
// `(...) across dimensions = [1] : type reducer(%x: t, %y: t) (...) {...}`.
bool TextParser::ParseReduce(Op* op) {
  std::vector<ValueId> inits;
  do {
    if (!Expect('(') || !ParseOperand(&op->operands) || !ExpectWord("init") || !Expect(':') ||
        !ParseOperand(&inits) || !Expect(')')) {
      return false;
    }
  } while (Consume(','));
  const size_t n = inits.size();
  op->operands.insert(op->operands.end(), inits.begin(), inits.end());
  std::string_view inner;
  if (ConsumeWord("applies")) {
    inner = token().text;
    if (token().kind != Token::Kind::kIdentifier || !IsCommutativeBinary(inner)) {
      return FailExpected("a commutative operation of two operands");
    }
    Advance();
  }
  std::vector<int64_t> dimensions;
  if (!ExpectWord("across") || !ExpectWord("dimensions") || !Expect('=') ||
      !ParseIntList(&dimensions) || !ParseAttributes(op) || !Expect(':') || !SetFunctionType(op)) {
    return false;
  }
  AddAttribute(op, "dimensions", Attribute::Ints(std::move(dimensions)));
  if (inner.empty()) {
    if (!ExpectWord("reducer")) return false;
    std::vector<Argument> elements, accumulators;
    while (Consume('(')) {
      if (!ParseArgument(&elements.emplace_back()) || !Expect(',') ||
          !ParseArgument(&accumulators.emplace_back()) || !Expect(')')) {
        return false;
      }
    }
    elements.insert(elements.end(), accumulators.begin(), accumulators.end());
    return ParseRegion(elements, &op->regions.emplace_back(kNone));
  }
  if (op->operand_types.empty() || !op->operand_types[0].IsTensor() || n != 1) {
    return FailAt(op->offset, "'applies' reduces one tensor");
  }
  if (!ParseOptionalLocation(&op->location)) return false;
  if (op->location == kNone) op->location = FileLocation(op->position);
  if (builder_.depth() >= kMaxRegionDepth) return FailAt(op->offset, "regions nest too deeply");
  TensorType scalar = op->operand_types[0].tensor;
  scalar.dims.clear();
  scalar.bounds.clear();
  scalar.encoding.clear();
  const Type type(scalar);
  op->regions.push_back(builder_.BeginRegion());
  const ValueId lhs = builder_.AddArgument(type, op->location);
  const ValueId rhs = builder_.AddArgument(type, op->location);
  const ValueId operands[] = {lhs, rhs};
  const ValueId result = builder_.AddNode(inner, operands, {&type, 1}, {}, {}, op->location);
  builder_.EndRegion({&result, 1});
  return true;
}

// `(%i = %0, %j = %1) : types attributes {...} cond {...} do {...}`.
bool TextParser::ParseWhile(Op* op) {
  std::vector<Argument> arguments;
  const auto item = [&] {
    Argument& argument = arguments.emplace_back();
    if (token().kind != Token::Kind::kValue) return FailExpected("an argument's name");
    argument.name = token().name();
    argument.offset = token().begin;
    Advance();
    return Expect('=') && ParseOperand(&op->operands);
  };
  if (!ParseList('(', ')', item)) return false;
  if (!arguments.empty()) {
    std::vector<Type> types;
    const size_t begin = token().begin;
    if (!Expect(':') || !ParseTypeList(&types)) return false;
    if (types.size() != arguments.size()) {
      return FailAt(begin, StrCat(types.size(), " types for ", arguments.size(), " arguments"));
    }
    for (size_t i = 0; i < types.size(); ++i) {
      arguments[i].type = types[i];
      arguments[i].location = FileLocation(Position(arguments[i].offset));
    }
    op->result_types = types;
    SetOperandTypes(op, std::move(types));
  }
  if (ConsumeWord("attributes") && !ParseAttributes(op)) return false;
  return ExpectWord("cond") && ParseRegion(arguments, &op->regions.emplace_back(kNone)) &&
         ExpectWord("do") && ParseRegion(arguments, &op->regions.emplace_back(kNone));
}

// `(%inputs) inits (%inits) dimension=0 attributes {...} {...} : type`.
bool TextParser::ParseScan(Op* op) {
  int64_t dimension = 0;
  if (!Expect('(') || !ParseOperands(&op->operands) || !Expect(')')) return false;
  const int64_t inputs = static_cast<int64_t>(op->operands.size());
  if (!ExpectWord("inits") || !Expect('(') || !ParseOperands(&op->operands) || !Expect(')') ||
      !ExpectWord("dimension") || !Expect('=') || !ParseInteger(&dimension)) {
    return false;
  }
  if (ConsumeWord("attributes") && !ParseAttributes(op)) return false;
  if (!ParseRegion({}, &op->regions.emplace_back(kNone)) || !Expect(':') || !SetFunctionType(op)) {
    return false;
  }
  const int64_t carries = static_cast<int64_t>(op->operands.size()) - inputs;
  const int64_t outputs = static_cast<int64_t>(op->result_types.size()) - carries;
  if (outputs < 0) return FailAt(op->offset, StrCat(op->name, " has fewer results than carries"));
  AddAttribute(op, "dimension", Attribute::Int(dimension));
  AddAttribute(op, "operandSegmentSizes", Attribute::Ints({inputs, carries}));
  AddAttribute(op, "resultSegmentSizes", Attribute::Ints({outputs, carries}));
  return true;
}

// `(%x) in_shardings=[...] out_shardings=[...] manual_axes={...} (%arg: t) {...} : type`.
bool TextParser::ParseManualComputation(Op* op) {
  if (!Expect('(') || !ParseOperands(&op->operands) || !Expect(')')) return false;
  for (std::string_view name : {"in_shardings", "out_shardings", "manual_axes"}) {
    std::string_view ignored;
    const bool axes = name == "manual_axes";
    if (!ExpectWord(name) || !Expect('=')) return false;
    if (!token().Is(axes ? '{' : '[')) return FailExpected(axes ? "'{'" : "'['");
    if (!TakeBalanced(&ignored)) return false;
  }
  std::vector<Argument> arguments;
  if (!ParseList('(', ')', [&] { return ParseArgument(&arguments.emplace_back()); })) return false;
  return ParseRegion(arguments, &op->regions.emplace_back(kNone)) && ParseAttributes(op) &&
         Expect(':') && SetFunctionType(op);
}

// `%arg: type loc(...)`.
bool TextParser::ParseArgument(Argument* argument) {
  if (token().kind != Token::Kind::kValue) return FailExpected("an argument's name");
  argument->name = token().name();
  argument->offset = token().begin;
  Advance();
  argument->location = kNone;
  if (!Expect(':') || !ParseType(&argument->type) || !ParseOptionalLocation(&argument->location)) {
    return false;
  }
  if (argument->location == kNone) argument->location = FileLocation(Position(argument->offset));
  return true;
}

bool TextParser::ParseRegion(std::span<const Argument> arguments, RegionId* region,
                             bool may_be_empty) {
  const size_t begin = token().begin;
  if (builder_.depth() >= kMaxRegionDepth) return FailHere("regions nest too deeply");
  if (!Expect('{')) return false;
  if (may_be_empty && Consume('}')) return true;
  std::vector<Argument> own;
  if (token().kind == Token::Kind::kBlock) {
    Advance();
    if (token().Is('(') &&
        !ParseList('(', ')', [&] { return ParseArgument(&own.emplace_back()); })) {
      return false;
    }
    if (!Expect(':')) return false;
    if (!own.empty() && !arguments.empty()) return FailAt(begin, "block arguments are given twice");
    if (arguments.empty()) arguments = own;
  }
  *region = builder_.BeginRegion();
  scope_starts_.push_back(undo_.size());
  for (const Argument& argument : arguments) {
    const ValueId id = builder_.AddArgument(argument.type, argument.location);
    if (!DefineValue(argument.name, argument.offset, id, 1)) return false;
  }
  bool ended = false;
  std::vector<ValueId> results;
  while (!ended) {
    if (token().kind == Token::Kind::kBlock) break;
    if (token().Is('}')) return FailHere("expected a return at the end of the region");
    if (!ParseOp(&ended, &results)) return false;
  }
  if (token().kind == Token::Kind::kBlock) {
    return Fail(token().begin, StatusCode::kUnsupported,
                "regions of several blocks are not supported");
  }
  if (!Expect('}')) return false;
  builder_.EndRegion(results);
  while (undo_.size() > scope_starts_.back()) {
    values_[undo_.back().first] = undo_.back().second;
    undo_.pop_back();
  }
  scope_starts_.pop_back();
  return true;
}

}  // namespace webhlo
