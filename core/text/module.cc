// SPDX-License-Identifier: Apache-2.0
//
// Modules, and what stands beside functions: aliases, resources, meshes. Aliases may stand before
// or after their uses and anywhere in between, so the lines that define them are found before
// anything is read.
#include <algorithm>
#include <cstring>

#include "core/base/strings.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/text.h"
#include "core/text/tokens.h"

namespace webhlo {
namespace {

constexpr std::string_view kSplitMark = "// -----";
constexpr std::string_view kDumpMark = "-----";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

// ---- Written

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

std::string Print(const Graph& graph, const PrintOptions& options) {
  return Printer(graph, options).Module();
}

std::string PrintNode(const Graph& graph, const Node& node, const PrintOptions& options) {
  return Printer(graph, options).OneNode(node);
}

// ---- Read

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
    } else if (text.substr(at).starts_with("{-#") && resources_begin_ == std::string_view::npos) {
      resources_begin_ = at;
    }
    const size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) break;
    line = newline + 1;
  }
}

// `{-# dialect_resources: { builtin: { name: "0x..." } }, external_resources: {...} #-}`.
bool TextParser::ParseResources() {
  lexer_.MoveTo(resources_begin_);
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
        if (token().begin != resources_begin_) return FailExpected("a function or module");
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
  if (resources_begin_ != std::string_view::npos && !ParseResources()) return status_;
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
