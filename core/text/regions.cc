// SPDX-License-Identifier: Apache-2.0
//
// Values by name, and regions, which have a single block. A region that ends takes its names with
// it; the printer numbers all values of a function instead.
#include <algorithm>

#include "core/base/strings.h"
#include "core/graph/verifier.h"
#include "core/text/format.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {

// ---- Written

Printer::Printer(const Graph& graph, const PrintOptions& options)
    : g_(graph), options_(options), names_(graph.values.size()) {
  for (const Function& function : g_.functions) {
    next_argument_ = next_result_ = 0;
    if (function.body != kNone) NameRegion(function.body);
  }
}

void Printer::NameRegion(RegionId id, const Region* shared) {
  const Region& region = g_.regions[id];
  for (uint32_t i = 0; i < region.arguments.size; ++i) {
    const ValueId value = region.arguments.begin + i;
    if (shared) {
      names_[value] = names_[shared->arguments.begin + i];
    } else {
      names_[value] = {ValueName::Kind::kArgument, next_argument_++, 0};
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
    const OpSyntax* syntax = FindSyntax(node.name);
    // `while` writes its arguments once, for both regions.
    const bool shares =
        syntax && NotationOf(*syntax).format == "<while>" && FitsFormat(g_, node, *syntax);
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
  AppendList(&out_, g_.operands(node).subspan(begin), [&](ValueId id) { Value(id); });
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
  if (!results.empty()) {
    out_.push_back(' ');
    AppendList(&out_, results, [&](ValueId id) { Value(id); });
    out_.append(" : ");
    TypeList(results);
  }
  --indent_;
  NewLine();
  out_.push_back('}');
}

void Printer::RegionText(RegionId id, bool with_arguments) {
  const Region& region = g_.regions[id];
  out_.push_back('{');
  if (with_arguments && region.arguments.size > 0) {
    NewLine();
    out_.append("^bb0(");
    AppendList(&out_, Ids(region.arguments), [&](ValueId id) { Argument(id); });
    out_.append("):");
  }
  RegionBody(region, "stablehlo.return");
}

// ---- Read

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
