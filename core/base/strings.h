// SPDX-License-Identifier: Apache-2.0
//
// StrCat and Join: text for messages and printers, without streams or locales.
#ifndef WEBHLO_CORE_BASE_STRINGS_H_
#define WEBHLO_CORE_BASE_STRINGS_H_

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace webhlo {

inline void StrAppendOne(std::string* out, std::string_view text) { out->append(text); }
inline void StrAppendOne(std::string* out, const char* text) { out->append(text); }
inline void StrAppendOne(std::string* out, char c) { out->push_back(c); }
inline void StrAppendOne(std::string* out, bool value) { out->append(value ? "true" : "false"); }
template <std::integral T>
void StrAppendOne(std::string* out, T value) {
  out->append(std::to_string(value));
}
// A decimal that reads back to the same double: the shortest, but for subnormal ones.
void StrAppendOne(std::string* out, double value);

// The double nearest to a decimal: "-1.5e3". What is none gives any value.
double ParseDecimal(std::string_view text);
// `value` in `digits` significant digits, without trailing zeros ("%g").
std::string FormatDecimal(double value, int digits);
// The decimal of fewest digits, but at least `digits`, of which `same` says that what it reads as
// will do; 17 digits tell all doubles apart.
template <typename Same>
std::string ShortestDecimal(double value, int digits, Same same) {
  for (;; ++digits) {
    std::string text = FormatDecimal(value, digits);
    if (digits >= std::numeric_limits<double>::max_digits10) return text;
    if (same(ParseDecimal(text))) return text;
  }
}

template <typename... Args>
void StrAppend(std::string* out, const Args&... args) {
  (StrAppendOne(out, args), ...);
}

template <typename... Args>
std::string StrCat(const Args&... args) {
  std::string out;
  (StrAppendOne(&out, args), ...);
  return out;
}

// "1, 2, 3"
template <typename Range>
std::string Join(const Range& range, std::string_view separator = ", ") {
  std::string out;
  bool first = true;
  for (const auto& item : range) {
    if (!first) out.append(separator);
    first = false;
    StrAppendOne(&out, item);
  }
  return out;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_STRINGS_H_
