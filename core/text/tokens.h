// SPDX-License-Identifier: Apache-2.0
//
// Words and numbers as text writes them, and numbers as it reads them; what TextParser reads of
// tokens is in tokens.cc as well. Lists are written by AppendList and read by ParseList.
#ifndef WEBHLO_CORE_TEXT_TOKENS_H_
#define WEBHLO_CORE_TEXT_TOKENS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/graph/type.h"

namespace webhlo {

void AppendQuoted(std::string* out, std::string_view text);  // "a\0Ab"
void AppendName(std::string* out, std::string_view name);    // a.b, or quoted
void AppendSymbol(std::string* out, std::string_view name);  // @main, @"a b"
void AppendHexByte(std::string* out, uint8_t byte);          // 0F
// A decimal that reads back to exactly `value` when read as f64 and rounded to `type`, in MLIR's
// grammar (a point is required); `bits` as a pattern for infinities and NaNs.
void AppendFloat(std::string* out, ElementType type, double value, uint64_t bits);

// Items that `append` writes, separated by commas.
template <typename List, typename Append>
void AppendList(std::string* out, const List& list, Append append) {
  bool first = true;
  for (const auto& item : list) {
    if (!first) out->append(", ");
    first = false;
    append(item);
  }
}

// f32 of c64, f64 of c128.
constexpr ElementType ComplexPart(ElementType type) {
  return type == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
}

// Decimal digits, or hexadecimal ones after `0x`. False for anything else and above 64 bits.
bool ToUnsigned(std::string_view text, uint64_t* out);
// [+-]digits[.digits][e[+-]digits], which ParseDecimal reads.
bool IsDecimal(std::string_view text);

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_TOKENS_H_
