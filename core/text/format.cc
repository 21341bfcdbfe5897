// SPDX-License-Identifier: Apache-2.0
#include "core/text/format.h"

#include <algorithm>

#include "core/text/format_parts.h"

namespace webhlo {
namespace {

bool IsNameChar(char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); }

size_t NameEnd(std::string_view text, size_t begin) {
  while (begin < text.size() && IsNameChar(text[begin])) ++begin;
  return begin;
}

}  // namespace

FormatItem FormatReader::Next() {
  using Kind = FormatItem::Kind;
  if (rest_.empty()) return {};
  const auto take = [&](size_t length) {
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return text;
  };
  switch (rest_[0]) {
    case '$': {
      const std::string_view text = take(2);
      if (text[1] == '*') return {Kind::kOperands, text};
      return {Kind::kOperand, text, text[1] - '0'};
    }
    case '#':
    case '@':
    case '^': {
      const Kind kind = rest_[0] == '#'   ? Kind::kAttribute
                        : rest_[0] == '@' ? Kind::kSymbol
                                          : Kind::kTypes;
      return {kind, take(NameEnd(rest_, 1)).substr(1)};
    }
    case '<': {
      const std::string_view text = take(rest_.find('>') + 1);
      return {Kind::kCustom, text.substr(1, text.size() - 2)};
    }
    default:
      break;
  }
  if (rest_.starts_with("{}")) return {Kind::kAttributes, take(2)};
  if (rest_.starts_with("(?")) {
    in_optional_ = true;
    take(2);
    const size_t name = rest_.find('#') + 1;
    return {Kind::kOptionalBegin, rest_.substr(name, NameEnd(rest_, name) - name)};
  }
  if (in_optional_ && rest_[0] == ')') {
    in_optional_ = false;
    return {Kind::kOptionalEnd, take(1)};
  }
  size_t end = 1;
  while (end < rest_.size() &&
         std::string_view("$#@^<").find(rest_[end]) == std::string_view::npos &&
         !rest_.substr(end).starts_with("{}") && !rest_.substr(end).starts_with("(?") &&
         !(in_optional_ && rest_[end] == ')')) {
    ++end;
  }
  return {Kind::kLiteral, take(end)};
}

std::vector<std::string_view> AttributesInFormat(const OpSyntax& syntax) {
  std::vector<std::string_view> names;
  FormatReader reader(NotationOf(syntax).format);
  for (FormatItem item = reader.Next(); item.kind != FormatItem::Kind::kEnd; item = reader.Next()) {
    if (item.kind == FormatItem::Kind::kAttribute || item.kind == FormatItem::Kind::kSymbol) {
      names.push_back(item.text);
    } else if (item.kind == FormatItem::Kind::kCustom) {
      const auto part = FindFormatPart(item.text).AttributesOf(syntax);
      names.insert(names.end(), part.begin(), part.end());
    }
  }
  return names;
}

bool FitsFormat(const Graph& graph, const Node& node, const OpSyntax& syntax) {
  using Kind = FormatItem::Kind;
  if (NotationOf(syntax).format.empty()) return false;
  size_t fixed_operands = 0;
  bool variadic = false;
  bool has_regions = false;
  bool optional = false;
  FormatReader reader(NotationOf(syntax).format);
  for (FormatItem item = reader.Next(); item.kind != Kind::kEnd; item = reader.Next()) {
    switch (item.kind) {
      case Kind::kOperand:
        fixed_operands = std::max<size_t>(fixed_operands, item.index + 1);
        break;
      case Kind::kOperands:
        variadic = true;
        break;
      case Kind::kOptionalBegin:
        optional = true;
        break;
      case Kind::kOptionalEnd:
        optional = false;
        break;
      case Kind::kAttribute:
      case Kind::kSymbol: {
        const AttributeSpec* spec = FindAttributeSpec(syntax, item.text);
        if (!optional && (!spec || spec->default_value.empty()) &&
            !FindAttribute(graph.attributes(node), item.text)) {
          return false;
        }
        break;
      }
      case Kind::kCustom: {
        const FormatPart& part = FindFormatPart(item.text);
        for (std::string_view name : part.AttributesOf(syntax)) {
          const AttributeSpec* spec = FindAttributeSpec(syntax, name);
          if (spec && spec->required && !FindAttribute(graph.attributes(node), name)) return false;
        }
        if (part.fits && !part.fits(graph, node)) return false;
        if (part.is_whole_op) return true;
        has_regions |= item.text == "regions";
        break;
      }
      case Kind::kTypes: {
        const bool one_result = item.text == "same" || item.text == "complex" ||
                                item.text == "select" || item.text == "tuple";
        const bool none = item.text == "operand" || item.text == "operands";
        if (one_result && node.results.size != 1) return false;
        if (none && node.results.size != 0) return false;
        // These have no longer way to say it.
        if ((item.text == "tuple" || item.text == "operand") &&
            BriefTypes(graph, node, item.text).empty()) {
          return false;
        }
        break;
      }
      default:
        break;
    }
  }
  if (variadic ? node.operands.size < fixed_operands : node.operands.size != fixed_operands) {
    return false;
  }
  return has_regions || node.regions.size == 0;
}

}  // namespace webhlo
