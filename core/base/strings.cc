// SPDX-License-Identifier: Apache-2.0
#include "core/base/strings.h"

#include <cmath>
#include <limits>

#if defined(__EMSCRIPTEN__)
#include <emscripten.h>
#else
#include <cstdio>
#include <cstdlib>
#endif

namespace webhlo {

// std::to_chars would find the shortest decimal at once, but brings tables of 110 KB into the
// module. What the C library has is 22 KB of it, and every JavaScript engine has it too.
#if defined(__EMSCRIPTEN__)

// clang-format off
EM_JS_DEPS(webhlo_decimal, "$UTF8ToString,$stringToUTF8");

EM_JS(double, webhlo_parse_decimal, (const char* text, size_t size), {
  return +UTF8ToString(text, size);
});

EM_JS(void, webhlo_format_decimal, (double value, int digits, char* buffer, size_t size), {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const brief = (text) => (text.includes(".") ? text.replace(/[.]?0+$/, "") : text);
  const decimal =
    power < -4 || power >= digits
      ? brief(mantissa) + "e" + power[0] + power.slice(1).padStart(2, 0)
      : (Object.is(value, -0) ? "-" : "") + brief(value.toPrecision(digits));
  stringToUTF8(decimal, buffer, size);
});
// clang-format on

double ParseDecimal(std::string_view text) {
  return webhlo_parse_decimal(text.data(), text.size());
}

#else

double ParseDecimal(std::string_view text) {
  return std::strtod(std::string(text).c_str(), nullptr);
}

#endif

std::string FormatDecimal(double value, int digits) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];  // Room for any of 17 digits.
#if defined(__EMSCRIPTEN__)
  webhlo_format_decimal(value, digits, buffer, sizeof(buffer));
#else
  std::snprintf(buffer, sizeof(buffer), "%.*g", digits, value);
#endif
  return buffer;
}

void StrAppendOne(std::string* out, double value) {
  constexpr int kDigits = std::numeric_limits<double>::digits10;
  out->append(ShortestDecimal(value, kDigits, [value](double read) { return read == value; }));
}

}  // namespace webhlo
