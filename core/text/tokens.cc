// SPDX-License-Identifier: Apache-2.0
//
// Words, numbers and brackets: how they are written, how they are read, and what is said where
// something else stands.
#include "core/text/tokens.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/text/parser.h"

namespace webhlo {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

}  // namespace

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

void AppendQuoted(std::string* out, std::string_view text) {
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\\') {
      out->append("\\\\");
    } else if (c == '"' || byte < 0x20 || byte >= 0x7f) {
      out->push_back('\\');
      AppendHexByte(out, byte);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

void AppendName(std::string* out, std::string_view name) {
  const bool bare = !name.empty() && IsIdentifierStartChar(name[0]) &&
                    std::all_of(name.begin(), name.end(), IsIdentifierChar);
  bare ? StrAppend(out, name) : AppendQuoted(out, name);
}

void AppendSymbol(std::string* out, std::string_view name) {
  out->push_back('@');
  AppendName(out, name);
}

void AppendHexByte(std::string* out, uint8_t byte) {
  out->push_back(kHexDigits[byte >> 4]);
  out->push_back(kHexDigits[byte & 15]);
}

void AppendFloat(std::string* out, ElementType type, double value, uint64_t bits) {
  if (!std::isfinite(value)) {
    out->append("0x");
    for (int i = ByteWidth(type); i-- > 0;) {
      AppendHexByte(out, static_cast<uint8_t>(bits >> (8 * i)));
    }
    return;
  }
  const int digits = type == ElementType::kF64 ? 15 : type == ElementType::kF32 ? 6 : 1;
  const std::string decimal =
      ShortestDecimal(value, digits, [&](double read) { return EncodeFloat(type, read) == bits; });
  const std::string_view text = decimal;
  const size_t exponent = std::min(text.find('e'), text.size());
  out->append(text.substr(0, exponent));
  if (text.find('.') == std::string_view::npos) out->append(".0");
  out->append(text.substr(exponent));
}

bool ToUnsigned(std::string_view text, uint64_t* out) {
  uint64_t value = 0;
  if (text.starts_with("0x")) {
    if (text.size() < 3 || text.size() > 18) return false;
    for (const char c : text.substr(2)) {
      const int digit = HexDigitValue(c);
      if (digit < 0) return false;
      value = value << 4 | static_cast<uint64_t>(digit);
    }
  } else {
    if (text.empty()) return false;
    for (const char c : text) {
      if (!IsDigitChar(c) || __builtin_mul_overflow(value, uint64_t{10}, &value) ||
          __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) {
        return false;
      }
    }
  }
  *out = value;
  return true;
}

bool IsDecimal(std::string_view text) {
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+');
  const size_t first = i;
  while (i < text.size() && IsDigitChar(text[i])) ++i;
  if (i == first) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && IsDigitChar(text[i])) ++i;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    const size_t digits = i;
    while (i < text.size() && IsDigitChar(text[i])) ++i;
    if (i == digits) return false;
  }
  return i == text.size();
}

bool TextParser::ParseInteger(int64_t* out) {
  const size_t begin = token().begin;
  const bool negative = Consume('-');
  if (token().kind != Token::Kind::kInteger) return FailExpected("an integer");
  uint64_t value = 0;
  if (!ToUnsigned(token().text, &value) || (negative && value > uint64_t{1} << 63)) {
    return FailAt(begin, "integer is too large");
  }
  Advance();
  *out = static_cast<int64_t>(negative ? 0 - value : value);
  return true;
}

bool TextParser::ParseDouble(double* out) {
  const bool negative = Consume('-');
  if (token().kind != Token::Kind::kInteger && token().kind != Token::Kind::kFloat) {
    return FailExpected("a number");
  }
  if (token().text.starts_with("0x")) {
    uint64_t bits = 0;
    if (!ToUnsigned(token().text, &bits)) return FailHere("bit pattern is too long");
    *out = DecodeFloat(ElementType::kF64, bits);
  } else {
    *out = ParseDecimal(token().text);
  }
  if (negative) *out = -*out;
  Advance();
  return true;
}

}  // namespace webhlo
