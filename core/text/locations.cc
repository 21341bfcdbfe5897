// SPDX-License-Identifier: Apache-2.0
//
// Locations, which refer to each other: they print as one alias each, in a table of their own, and
// may be read nested.
#include <algorithm>

#include "core/base/strings.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {

// ---- Written

void Printer::Loc(LocationId id) {
  if (options_.locations) StrAppend(&out_, " loc(#loc", id, ")");
}

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
        AppendList(&out_, location.children, [&](LocationId id) { StrAppend(&out_, "#loc", id); });
        out_.push_back(']');
        break;
    }
    out_.push_back(')');
  }
}

// ---- Read

LocationId TextParser::FileLocation(LineAndColumn position) {
  Location& location = graph_.locations.emplace_back();
  location.kind = Location::Kind::kFile;
  location.text = file_name_;
  location.line = position.first;
  location.column = position.second;
  return static_cast<LocationId>(graph_.locations.size() - 1);
}

bool TextParser::ParseOptionalLocation(LocationId* out) {
  if (!token().IsWord("loc")) return true;
  Advance();
  return Expect('(') && ParseLocation(out, 0) && Expect(')');
}

bool TextParser::ResolveLocationAlias(std::string_view name, size_t offset, LocationId* out,
                                      int depth) {
  const auto it = aliases_.find(name);
  if (it == aliases_.end()) return FailAt(offset, StrCat("alias '", name, "' is not defined"));
  Alias& alias = it->second;
  if (alias.location == kNone) {
    if (alias.busy) return FailAt(offset, StrCat("alias '", name, "' refers to itself"));
    // What lies deeper says nothing that a message needs.
    if (depth > kMaxNesting) {
      *out = 0;
      return true;
    }
    const size_t resume = token().begin;
    alias.busy = true;
    lexer_.MoveTo(alias.offset);
    LocationId location = 0;
    if (!ExpectWord("loc") || !Expect('(') || !ParseLocation(&location, depth + 1) ||
        !Expect(')')) {
      return false;
    }
    alias.location = location;
    alias.busy = false;
    lexer_.MoveTo(resume);
  }
  *out = alias.location;
  return true;
}

bool TextParser::ParseLocation(LocationId* out, int depth) {
  if (depth > 2 * kMaxNesting) return FailHere("locations nest too deeply");
  Location location;
  const auto child = [&] {
    LocationId id = 0;
    if (!ParseLocation(&id, depth + 1)) return false;
    location.children.push_back(id);
    return true;
  };
  if (token().kind == Token::Kind::kHash) {
    const Token name = token();
    Advance();
    if (token().Is('<') || name.name().find('.') != std::string_view::npos) {
      std::string_view ignored;
      *out = 0;
      return !token().Is('<') || TakeBalanced(&ignored);
    }
    return ResolveLocationAlias(name.text, name.begin, out, depth);
  }
  // `loc` may be repeated inside.
  if (token().IsWord("loc")) return ParseOptionalLocation(out);
  if (ConsumeWord("unknown")) {
    *out = 0;
    return true;
  }
  const auto number = [&](uint32_t* value) {
    int64_t parsed = 0;
    if (!ParseInteger(&parsed)) return false;
    *value = static_cast<uint32_t>(std::clamp<int64_t>(parsed, 0, kNone));
    return true;
  };
  if (token().kind == Token::Kind::kString) {
    if (!ParseString(&location.text)) return false;
    if (Consume(':')) {
      location.kind = Location::Kind::kFile;
      if (!number(&location.line) || !Expect(':') || !number(&location.column)) return false;
      if (ConsumeWord("to")) {
        location.end_line = location.line;
        if (!token().Is(':') && !number(&location.end_line)) return false;
        if (!Expect(':') || !number(&location.end_column)) return false;
      }
    } else {
      location.kind = Location::Kind::kName;
      if (Consume('(') && !(child() && Expect(')'))) return false;
    }
  } else if (ConsumeWord("callsite")) {
    location.kind = Location::Kind::kCallSite;
    if (!Expect('(') || !child() || !ExpectWord("at") || !child() || !Expect(')')) return false;
  } else if (ConsumeWord("fused")) {
    location.kind = Location::Kind::kFused;
    if (token().Is('<')) {
      std::string_view metadata;
      if (!TakeBalanced(&metadata)) return false;
      location.text = metadata.substr(1, metadata.size() - 2);
    }
    if (!ParseList('[', ']', child)) return false;
  } else {
    return FailExpected("a location");
  }
  graph_.locations.push_back(std::move(location));
  *out = static_cast<LocationId>(graph_.locations.size() - 1);
  return true;
}

}  // namespace webhlo
