// SPDX-License-Identifier: Apache-2.0
//
// The lexer of MLIR text: one token of lookahead over a string that it does not own. Tokens are
// slices of that string; nothing is unescaped or converted here. Dimension lists, element literals
// and unknown dialects' text follow no token grammar, so the lexer can be moved to any offset.
#ifndef WEBHLO_CORE_TEXT_LEXER_H_
#define WEBHLO_CORE_TEXT_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace webhlo {

struct Token {
  enum class Kind : uint8_t {
    kEnd,
    kIdentifier,     // tensor, stablehlo.add
    kValue,          // %arg0
    kBlock,          // ^bb0
    kSymbol,         // @main, @"a b"
    kHash,           // #loc1, #stablehlo.gather
    kBang,           // !quant.uniform
    kInteger,        // 12, 0x1F
    kFloat,          // 1.5e-3
    kString,         // "..." with its quotes
    kArrow,          // ->
    kResourceBegin,  // {-#
    kResourceEnd,    // #-}
    kPunctuation,    // any other character: text[0]
  };
  Kind kind = Kind::kEnd;
  size_t begin = 0;
  std::string_view text;

  bool Is(char c) const { return kind == Kind::kPunctuation && text[0] == c; }
  bool IsWord(std::string_view word) const { return kind == Kind::kIdentifier && text == word; }
  size_t end() const { return begin + text.size(); }
  // Without the sigil, and for symbols without quotes.
  std::string_view name() const { return text.substr(1); }
};

class TextLexer {
 public:
  explicit TextLexer(std::string_view text) : text_(text) { MoveTo(0); }

  std::string_view text() const { return text_; }
  const Token& token() const { return token_; }
  void Advance() { MoveTo(token_.end()); }
  // Makes the token at or after `offset` the current one.
  void MoveTo(size_t offset);
  // First character after the current token that is neither space nor comment, 0 at the end.
  char PeekAfter() const;

  // The first offset at or after `offset` that is neither space nor comment.
  size_t SkipSpace(size_t offset) const;
  // `offset` stands on an opening bracket: the offset after the bracket that closes it, minding
  // strings, `->` and the other kinds of brackets; npos when there is none.
  size_t SkipBalanced(size_t offset) const;
  // `offset` stands on a quote: the offset after the closing one, or npos.
  size_t SkipString(size_t offset) const;

 private:
  std::string_view text_;
  Token token_;
};

inline bool IsIdentifierStartChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
inline bool IsDigitChar(char c) { return c >= '0' && c <= '9'; }
inline bool IsIdentifierChar(char c) {
  return IsIdentifierStartChar(c) || IsDigitChar(c) || c == '$' || c == '.';
}
// -1 for other characters.
constexpr int HexDigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_LEXER_H_
