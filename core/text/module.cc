// SPDX-License-Identifier: Apache-2.0
//
// The outer layers of MLIR text: errors, aliases, resources, locations, functions and modules.
// Aliases may stand before or after their uses and anywhere in between, so the lines that define
// them are found before anything is read.
#include <algorithm>
#include <cstring>

#include "core/base/strings.h"
#include "core/text/parser.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

constexpr std::string_view kSplitMark = "// -----";
constexpr std::string_view kDumpMark = "-----";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

// ---- Tokens and errors
// ---------------------------------------------------------------------------

bool TextParser::Fail(size_t offset, StatusCode code, std::string_view message) {
  if (!status_.ok()) return false;
  const std::string_view text = lexer_.text().substr(0, offset);
  const size_t line_start = text.rfind('\n') + 1;  // npos + 1 is 0.
  const auto line = std::count(text.begin(), text.end(), '\n') + 1;
  status_ =
      Status(code, StrCat(file_name_, ":", line, ":", text.size() - line_start + 1, ": ", message));
  return false;
}

bool TextParser::FailExpected(std::string_view what) {
  const std::string_view found = token().text.substr(0, 40);
  return FailHere(found.empty() ? StrCat("expected ", what, ", found the end of the file")
                                : StrCat("expected ", what, ", found '", found, "'"));
}

bool TextParser::Expect(char c) { return Consume(c) || FailExpected(StrCat("'", c, "'")); }

bool TextParser::ExpectWord(std::string_view word) {
  return ConsumeWord(word) || FailExpected(StrCat("'", word, "'"));
}

bool TextParser::ExpectArrow() {
  if (token().kind != Token::Kind::kArrow) return FailExpected("'->'");
  Advance();
  return true;
}

bool TextParser::TakeBalanced(std::string_view* out) {
  const size_t begin = token().begin;
  const size_t end = lexer_.SkipBalanced(begin);
  if (end == std::string_view::npos) return FailHere("brackets do not match");
  *out = lexer_.text().substr(begin, end - begin);
  lexer_.MoveTo(end);
  return true;
}

bool TextParser::Unescape(const Token& string, std::string* out) {
  const std::string_view text = string.text.substr(1, string.text.size() - 2);
  out->clear();
  out->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out->push_back(text[i]);
      continue;
    }
    const char c = i + 1 < text.size() ? text[i + 1] : '\0';
    const int low = i + 2 < text.size() ? HexDigitValue(text[i + 2]) : -1;
    if (HexDigitValue(c) >= 0 && low >= 0) {
      out->push_back(static_cast<char>(HexDigitValue(c) << 4 | low));
      i += 2;
    } else if (c == 'n' || c == 't' || c == '\\' || c == '"') {
      out->push_back(c == 'n' ? '\n' : c == 't' ? '\t' : c);
      ++i;
    } else {
      return FailAt(string.begin + 1 + i, "unknown escape in string");
    }
  }
  return true;
}

bool TextParser::ParseString(std::string* out) {
  if (token().kind != Token::Kind::kString) return FailExpected("a string");
  if (!Unescape(token(), out)) return false;
  Advance();
  return true;
}

bool TextParser::ParseSymbolName(std::string* out) {
  if (token().kind != Token::Kind::kSymbol || token().text.size() < 2) {
    return FailExpected("a symbol");
  }
  if (token().name()[0] == '"') {
    Token quoted = token();
    quoted.text.remove_prefix(1);
    ++quoted.begin;
    if (!Unescape(quoted, out)) return false;
  } else {
    *out = token().name();
  }
  Advance();
  return true;
}

TextParser::LineAndColumn TextParser::Position(size_t offset) {
  const std::string_view text = lexer_.text();
  while (line_offset_ < offset) {
    const void* newline = std::memchr(text.data() + line_offset_, '\n', offset - line_offset_);
    if (!newline) break;
    line_offset_ = line_start_ = static_cast<const char*>(newline) - text.data() + 1;
    ++line_;
  }
  line_offset_ = std::max(line_offset_, offset);
  return {line_, static_cast<uint32_t>(offset - std::min(offset, line_start_) + 1)};
}

// ---- Locations
// -----------------------------------------------------------------------------------

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

// ---- Aliases and resources
// -----------------------------------------------------------------------

void TextParser::CollectAliases() {
  const std::string_view text = lexer_.text();
  size_t line = 0;
  while (line < text.size()) {
    size_t at = line;
    while (at < text.size() && IsBlank(text[at])) ++at;
    if (at < text.size() && (text[at] == '#' || text[at] == '!')) {
      const size_t begin = at++;
      while (at < text.size() && IsIdentifierChar(text[at])) ++at;
      const std::string_view name = text.substr(begin, at - begin);
      while (at < text.size() && IsBlank(text[at])) ++at;
      if (name.size() > 1 && at < text.size() && text[at] == '=') {
        aliases_.try_emplace(name).first->second.offset = at + 1;
      }
    } else if (text.substr(at).starts_with("{-#") && resources_end_ == 0) {
      resources_end_ = at;
    }
    const size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) break;
    line = newline + 1;
  }
}

// `{-# dialect_resources: { builtin: { name: "0x..." } }, external_resources: {...} #-}`.
bool TextParser::ParseResources(size_t offset) {
  lexer_.MoveTo(offset);
  Advance();
  std::string_view section;
  int depth = 0;
  while (token().kind != Token::Kind::kResourceEnd) {
    const Token key = token();
    if (key.kind == Token::Kind::kEnd) return FailExpected("'#-}'");
    if (Consume('{')) {
      ++depth;
    } else if (Consume('}')) {
      if (--depth < 0) return FailAt(key.begin, "brackets do not match");
    } else if (Consume(',')) {
      // Between entries.
    } else if (key.kind == Token::Kind::kIdentifier || key.kind == Token::Kind::kString) {
      Advance();
      if (!Expect(':')) return false;
      if (depth == 0) section = key.text;
      if (token().Is('{')) continue;
      const std::string_view value = token().text;
      if (section == "dialect_resources" && depth == 2 && token().kind == Token::Kind::kString &&
          value.starts_with("\"0x")) {
        std::string_view name = key.text;
        if (key.kind == Token::Kind::kString) name = name.substr(1, name.size() - 2);
        resources_[name] = value.substr(3, value.size() - 4);
      }
      Advance();
    } else {
      return FailExpected("a resource");
    }
  }
  Advance();
  resources_end_ = token().begin;
  return true;
}

bool TextParser::Unfold(size_t weight) {
  constexpr size_t kFree = 65536;
  unfolded_ += weight;
  return unfolded_ <= kFree + 4 * lexer_.text().size() ||
         FailHere("aliases unfold to more than the file can account for");
}

bool TextParser::SkipAliasDefinition() {
  const Token name = token();
  Advance();
  if (!Expect('=')) return false;
  if (name.kind == Token::Kind::kBang) {
    Type type;
    return ParseType(&type);
  }
  if (ConsumeWord("loc")) {
    std::string_view ignored;
    if (!token().Is('(')) return FailExpected("'('");
    return TakeBalanced(&ignored);
  }
  Attribute attribute;
  return ParseAttribute(&attribute);
}

// ---- Functions
// -----------------------------------------------------------------------------------

bool TextParser::Normalize(std::vector<NamedAttribute>* attributes, size_t offset) {
  const Status status = NormalizeAttributes(nullptr, attributes);
  return status.ok() || Fail(offset, status.code(), status.message());
}

bool TextParser::CheckResultTypes(RegionId body, std::span<const Type> declared, size_t offset) {
  const std::span<const ValueId> results = graph_.results(graph_.regions[body]);
  if (results.size() != declared.size()) {
    return FailAt(offset, StrCat("the function returns ", results.size(), " values, its type says ",
                                 declared.size()));
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (!(graph_.type(results[i]) == declared[i])) {
      return FailAt(offset, StrCat("result ", i, " is ", ToString(graph_.type(results[i])),
                                   ", the function's type says ", ToString(declared[i])));
    }
  }
  return true;
}

bool TextParser::AddFunction(Function function, size_t offset, LineAndColumn position) {
  const auto no_attributes = [](const auto& list) { return list.empty(); };
  auto& arguments = function.argument_attributes;
  auto& results = function.result_attributes;
  for (auto* lists : {&arguments, &results}) {
    for (auto& list : *lists) {
      if (!Normalize(&list, offset)) return false;
    }
    if (std::all_of(lists->begin(), lists->end(), no_attributes)) lists->clear();
  }
  if (!Normalize(&function.attributes, offset)) return false;
  if (function.location == kNone) function.location = FileLocation(position);
  graph_.functions.push_back(std::move(function));
  return true;
}

bool TextParser::ParseFunctionResults(std::vector<Type>* types,
                                      std::vector<std::vector<NamedAttribute>>* attributes) {
  if (token().kind != Token::Kind::kArrow) return true;
  Advance();
  if (!token().Is('(')) {
    attributes->emplace_back();
    return ParseType(&types->emplace_back());
  }
  return ParseList('(', ')', [&] {
    attributes->emplace_back();
    return ParseType(&types->emplace_back()) &&
           (!token().Is('{') || ParseDictionary(&attributes->back()));
  });
}

// `func.func private @name(%a: t {...} loc(...)) -> (t {...}) attributes {...} {...}`.
bool TextParser::ParseFunction() {
  const size_t offset = token().begin;
  const LineAndColumn position = Position(offset);
  Advance();
  Function function;
  function.location = kNone;
  if (token().IsWord("public") || token().IsWord("private") || token().IsWord("nested")) {
    function.is_private = !token().IsWord("public");
    Advance();
  }
  if (!ParseSymbolName(&function.name)) return false;
  std::vector<Argument> arguments;
  bool named = false;
  const auto argument = [&] {
    Argument& a = arguments.emplace_back();
    a.offset = token().begin;
    a.location = kNone;
    if (token().kind == Token::Kind::kValue) {
      named = true;
      a.name = token().name();
      Advance();
      if (!Expect(':')) return false;
    } else if (named) {
      return FailExpected("an argument's name");
    }
    auto& attributes = function.argument_attributes.emplace_back();
    if (!ParseType(&a.type)) return false;
    if (token().Is('{') && !ParseDictionary(&attributes)) return false;
    if (!ParseOptionalLocation(&a.location)) return false;
    if (a.location == kNone) a.location = FileLocation(Position(a.offset));
    return true;
  };
  std::vector<Type> results;
  if (!ParseList('(', ')', argument) ||
      !ParseFunctionResults(&results, &function.result_attributes)) {
    return false;
  }
  if (ConsumeWord("attributes")) {
    if (!token().Is('{')) return FailExpected("'{'");
    if (!ParseDictionary(&function.attributes)) return false;
  }
  if (token().Is('{')) {
    if (!arguments.empty() && !named) return FailHere("the function's arguments have no names");
    if (!ParseRegion(arguments, &function.body) ||
        !CheckResultTypes(function.body, results, offset)) {
      return false;
    }
  } else {
    Type type = Type::Of(Type::Kind::kFunction);
    for (Argument& a : arguments) type.elements.push_back(std::move(a.type));
    type.results = std::move(results);
    function.attributes.push_back({"function_type", Attribute::TypeOf(std::move(type))});
  }
  return ParseOptionalLocation(&function.location) &&
         AddFunction(std::move(function), offset, position);
}

// A "func.func"() in the generic form.
bool TextParser::AddGenericFunction(std::vector<NamedAttribute> attributes, RegionId body,
                                    size_t offset, LineAndColumn position, LocationId location) {
  Function function;
  function.body = body;
  function.location = location;
  Attribute type;
  const auto lists = [&](const Attribute& value, std::vector<std::vector<NamedAttribute>>* out) {
    if (value.kind() != Attribute::Kind::kArray) return false;
    for (const Attribute& element : value.elements()) {
      if (element.kind() != Attribute::Kind::kDict) return false;
      out->emplace_back(element.fields().begin(), element.fields().end());
    }
    return true;
  };
  for (NamedAttribute& attribute : attributes) {
    const Attribute& value = attribute.value;
    const bool is_string = value.kind() == Attribute::Kind::kString;
    bool ok = true;
    if (attribute.name == "sym_name") {
      ok = is_string;
      if (ok) function.name = value.string();
    } else if (attribute.name == "sym_visibility") {
      ok = is_string;
      if (ok) function.is_private = value.string() == "private" || value.string() == "nested";
    } else if (attribute.name == "function_type" || attribute.name == "type") {
      ok = value.kind() == Attribute::Kind::kType && value.type().kind == Type::Kind::kFunction;
      type = value;
    } else if (attribute.name == "arg_attrs") {
      ok = lists(value, &function.argument_attributes);
    } else if (attribute.name == "res_attrs") {
      ok = lists(value, &function.result_attributes);
    } else {
      function.attributes.push_back(std::move(attribute));
      continue;
    }
    if (!ok) {
      return FailAt(offset,
                    StrCat("attribute '", attribute.name, "' of the function is ill-formed"));
    }
  }
  if (function.name.empty() || type.kind() != Attribute::Kind::kType) {
    return FailAt(offset, "the function has no name or type");
  }
  const auto fits = [&](size_t lists_size, size_t values) {
    return lists_size == 0 || lists_size == values;
  };
  if (!fits(function.argument_attributes.size(), type.type().elements.size()) ||
      !fits(function.result_attributes.size(), type.type().results.size())) {
    return FailAt(offset, "the function has attributes for more values than its type");
  }
  if (body == kNone) {
    function.attributes.push_back({"function_type", type});
  } else {
    const Range arguments = graph_.regions[body].arguments;
    const std::vector<Type>& declared = type.type().elements;
    bool same = arguments.size == declared.size();
    for (uint32_t i = 0; same && i < arguments.size; ++i) {
      same = graph_.type(arguments.begin + i) == declared[i];
    }
    if (!same) return FailAt(offset, "the function's arguments are not what its type says");
    if (!CheckResultTypes(body, type.type().results, offset)) return false;
  }
  return AddFunction(std::move(function), offset, position);
}

// ---- Modules
// -------------------------------------------------------------------------------------

void TextParser::SetModule(std::string name, std::vector<NamedAttribute> attributes) {
  // Inner modules lend their functions to the outermost, which names the program.
  if (module_depth_ > 0 || has_module_) return;
  has_module_ = true;
  graph_.module_name = std::move(name);
  graph_.module_attributes = std::move(attributes);
}

bool TextParser::ParseModule() {
  const size_t offset = token().begin;
  Advance();
  std::string name;
  std::vector<NamedAttribute> attributes;
  if (token().kind == Token::Kind::kSymbol && !ParseSymbolName(&name)) return false;
  if (ConsumeWord("attributes")) {
    if (!token().Is('{')) return FailExpected("'{'");
    if (!ParseDictionary(&attributes)) return false;
  }
  if (!Normalize(&attributes, offset)) return false;
  SetModule(std::move(name), std::move(attributes));
  if (!Expect('{')) return false;
  if (++module_depth_ > kMaxNesting) return FailAt(offset, "modules nest too deeply");
  if (!ParseTopLevel(true) || !Expect('}')) return false;
  --module_depth_;
  LocationId ignored = 0;
  return ParseOptionalLocation(&ignored);
}

// "builtin.module"() <{...}> ({...}) {...} : () -> (), and likewise functions and meshes.
bool TextParser::ParseTopLevelGenericOp() {
  const size_t offset = token().begin;
  const LineAndColumn position = Position(offset);
  std::string name;
  if (!ParseString(&name)) return false;
  const bool is_module = name == "builtin.module";
  if (!is_module && name != "func.func" && name != "sdy.mesh") {
    return Fail(offset, StatusCode::kUnsupported,
                StrCat("operation '", name, "' outside of functions is not supported"));
  }
  std::vector<NamedAttribute> attributes;
  if (!Expect('(') || !Expect(')')) return false;
  if (Consume('<') && !(ParseDictionary(&attributes) && Expect('>'))) return false;
  RegionId body = kNone;
  if (Consume('(')) {
    if (is_module) {
      if (!Expect('{')) return false;
      if (++module_depth_ > kMaxNesting) return FailAt(offset, "modules nest too deeply");
      if (token().kind == Token::Kind::kBlock) {
        Advance();
        if (!Expect(':')) return false;
      }
      if (!ParseTopLevel(true) || !Expect('}')) return false;
      --module_depth_;
    } else if (!ParseRegion({}, &body, true)) {
      return false;
    }
    if (!Expect(')')) return false;
  }
  if (token().Is('{') && !ParseDictionary(&attributes)) return false;
  if (!Expect(':')) return false;
  Type type;
  LocationId location = kNone;
  if (!ParseFunctionType(&type) || !ParseOptionalLocation(&location)) return false;
  if (name == "func.func") {
    return AddGenericFunction(std::move(attributes), body, offset, position, location);
  }
  if (is_module) {
    std::string module_name;
    std::vector<NamedAttribute> others;
    for (NamedAttribute& attribute : attributes) {
      if (attribute.name == "sym_name" && attribute.value.kind() == Attribute::Kind::kString) {
        module_name = attribute.value.string();
      } else if (attribute.name != "sym_visibility") {
        others.push_back(std::move(attribute));
      }
    }
    if (!Normalize(&others, offset)) return false;
    SetModule(std::move(module_name), std::move(others));
  }
  return true;
}

// `sdy.mesh @mesh = <["a"=2]>`: where a program may run is no part of the graph.
bool TextParser::SkipMesh() {
  Advance();
  std::string name;
  std::string_view ignored;
  LocationId location = 0;
  if (!ParseSymbolName(&name) || !Expect('=')) return false;
  if (!token().Is('<')) return FailExpected("'<'");
  if (!TakeBalanced(&ignored)) return false;
  if (token().Is('{') && !TakeBalanced(&ignored)) return false;
  return ParseOptionalLocation(&location);
}

bool TextParser::ParseTopLevel(bool nested) {
  for (;;) {
    switch (token().kind) {
      case Token::Kind::kEnd:
        return !nested || FailExpected("'}'");
      case Token::Kind::kHash:
      case Token::Kind::kBang:
        if (!SkipAliasDefinition()) return false;
        continue;
      case Token::Kind::kResourceBegin:
        lexer_.MoveTo(resources_end_);
        continue;
      case Token::Kind::kString:
        if (!ParseTopLevelGenericOp()) return false;
        continue;
      case Token::Kind::kIdentifier:
        if (token().IsWord("module") || token().IsWord("builtin.module")) {
          if (!ParseModule()) return false;
        } else if (token().IsWord("func.func")) {
          if (!ParseFunction()) return false;
        } else if (token().IsWord("sdy.mesh")) {
          if (!SkipMesh()) return false;
        } else {
          return Fail(
              token().begin, StatusCode::kUnsupported,
              StrCat("operation '", token().text, "' outside of functions is not supported"));
        }
        continue;
      default:
        if (nested && token().Is('}')) return true;
        // Tools that dump programs frame them by lines of dashes.
        if (!nested && lexer_.text().substr(token().begin).starts_with(kDumpMark)) {
          lexer_.MoveTo(std::min(lexer_.text().find('\n', token().begin), lexer_.text().size()));
          continue;
        }
        return FailExpected("a function or module");
    }
  }
}

Result<Graph> TextParser::Run() {
  // Offsets, and counts that they bound, have to fit 32 bits.
  if (lexer_.text().size() >= kNone) return Unsupported("text of 4 GiB or more is not supported");
  CollectAliases();
  if (resources_end_ != 0 && !ParseResources(resources_end_)) return status_;
  lexer_.MoveTo(0);
  if (!ParseTopLevel(false)) return status_;
  return std::move(graph_);
}

Result<Graph> ParseText(std::string_view text, std::string_view file_name) {
  return TextParser(text, file_name).Run();
}

std::vector<std::string_view> SplitTextFile(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t line = 0; line < text.size();) {
    const size_t newline = std::min(text.find('\n', line), text.size());
    if (text.substr(line).starts_with(kSplitMark)) {
      parts.push_back(text.substr(begin, line - begin));
      begin = std::min(newline + 1, text.size());
    }
    line = newline + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace webhlo
