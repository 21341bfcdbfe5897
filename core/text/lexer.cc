// SPDX-License-Identifier: Apache-2.0
#include "core/text/lexer.h"

#include <cstring>
#include <string>

namespace webhlo {
namespace {

constexpr size_t kNpos = std::string_view::npos;

// Deeper nesting inside text that nobody interprets is refused.
constexpr size_t kMaxBrackets = 256;

bool IsSuffixChar(char c) { return IsIdentifierChar(c) || c == '-'; }

}  // namespace

size_t TextLexer::SkipSpace(size_t offset) const {
  while (offset < text_.size()) {
    const char c = text_[offset];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++offset;
    } else if (c == '/' && offset + 1 < text_.size() && text_[offset + 1] == '/') {
      offset = text_.find('\n', offset);
      if (offset == kNpos) return text_.size();
    } else {
      break;
    }
  }
  return offset;
}

size_t TextLexer::SkipString(size_t offset) const {
  // Strings hold whole constants: look for their end a block at a time.
  for (size_t at = offset + 1; at < text_.size();) {
    const char* begin = text_.data() + at;
    const void* quote = std::memchr(begin, '"', text_.size() - at);
    if (!quote) return kNpos;
    const size_t length = static_cast<const char*>(quote) - begin;
    if (std::memchr(begin, '\n', length)) return kNpos;
    const void* escape = std::memchr(begin, '\\', length);
    if (!escape) return at + length + 1;
    at = static_cast<const char*>(escape) - text_.data() + 2;
  }
  return kNpos;
}

size_t TextLexer::SkipBalanced(size_t offset) const {
  char expected[kMaxBrackets];
  size_t depth = 0;
  while (offset < text_.size()) {
    const char c = text_[offset];
    switch (c) {
      case '<':
      case '[':
      case '(':
      case '{':
        if (depth == kMaxBrackets) return kNpos;
        expected[depth++] = c == '<' ? '>' : c == '[' ? ']' : c == '(' ? ')' : '}';
        break;
      case '>':
        if (text_[offset - 1] == '-') break;
        [[fallthrough]];
      case ']':
      case ')':
      case '}':
        if (depth == 0 || expected[depth - 1] != c) return kNpos;
        if (--depth == 0) return offset + 1;
        break;
      case '"':
        offset = SkipString(offset);
        if (offset == kNpos) return kNpos;
        continue;
      default:
        break;
    }
    ++offset;
  }
  return kNpos;
}

char TextLexer::PeekAfter() const {
  const size_t next = SkipSpace(token_.end());
  return next < text_.size() ? text_[next] : 0;
}

void TextLexer::MoveTo(size_t offset) {
  using Kind = Token::Kind;
  const size_t begin = SkipSpace(offset);
  const auto take = [&](Kind kind, size_t end) {
    token_ = {kind, begin, text_.substr(begin, end - begin)};
  };
  if (begin >= text_.size()) return take(Kind::kEnd, begin);
  const auto at = [&](size_t i) { return i < text_.size() ? text_[i] : '\0'; };
  const char c = text_[begin];
  size_t end = begin + 1;
  if (IsIdentifierStartChar(c)) {
    while (IsIdentifierChar(at(end))) ++end;
    return take(Kind::kIdentifier, end);
  }
  if (IsDigitChar(c)) {
    if (c == '0' && at(end) == 'x' && HexDigitValue(at(end + 1)) >= 0) {
      end += 2;
      while (HexDigitValue(at(end)) >= 0) ++end;
      return take(Kind::kInteger, end);
    }
    while (IsDigitChar(at(end))) ++end;
    if (at(end) != '.') return take(Kind::kInteger, end);
    ++end;
    while (IsDigitChar(at(end))) ++end;
    if (at(end) == 'e' || at(end) == 'E') {
      const size_t digits = end + 1 + (at(end + 1) == '+' || at(end + 1) == '-');
      if (IsDigitChar(at(digits))) {
        end = digits;
        while (IsDigitChar(at(end))) ++end;
      }
    }
    return take(Kind::kFloat, end);
  }
  switch (c) {
    case '%':
    case '^':
    case '#':
    case '!': {
      if (c == '#' && text_.substr(begin, 3) == "#-}") return take(Kind::kResourceEnd, begin + 3);
      // All digits, or a name that begins with something else.
      if (IsDigitChar(at(end))) {
        while (IsDigitChar(at(end))) ++end;
      } else {
        while (IsSuffixChar(at(end))) ++end;
        // `!x->`: the arrow is no part of the name.
        while (at(end) == '>' && end > begin + 1 && text_[end - 1] == '-') --end;
      }
      if (end == begin + 1) return take(Kind::kPunctuation, end);
      return take(c == '%'   ? Kind::kValue
                  : c == '^' ? Kind::kBlock
                  : c == '#' ? Kind::kHash
                             : Kind::kBang,
                  end);
    }
    case '@':
      if (at(end) == '"') {
        end = SkipString(end);
        if (end == kNpos) return take(Kind::kPunctuation, begin + 1);
      } else {
        while (IsSuffixChar(at(end))) ++end;
      }
      return take(Kind::kSymbol, end);
    case '"':
      end = SkipString(begin);
      if (end == kNpos) return take(Kind::kPunctuation, begin + 1);
      return take(Kind::kString, end);
    case '-':
      if (at(end) == '>') return take(Kind::kArrow, end + 1);
      return take(Kind::kPunctuation, end);
    case '{':
      if (text_.substr(begin, 3) == "{-#") return take(Kind::kResourceBegin, begin + 3);
      return take(Kind::kPunctuation, end);
    default:
      return take(Kind::kPunctuation, end);
  }
}

}  // namespace webhlo
