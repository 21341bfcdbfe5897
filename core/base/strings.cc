// SPDX-License-Identifier: Apache-2.0
#include "core/base/strings.h"

#include <cstdio>
#include <cstdlib>
#include <limits>

namespace webhlo {

// std::to_chars would do this at once, but brings tables of 110 KB into the module.
void StrAppendOne(std::string* out, double value) {
  using Limits = std::numeric_limits<double>;
  std::string text;
  for (int digits = Limits::digits10; digits <= Limits::max_digits10; ++digits) {
    text = FormatDecimal(value, digits);
    if (std::strtod(text.c_str(), nullptr) == value) break;
  }
  out->append(text);
}

std::string FormatDecimal(double value, int digits) {
  char buffer[40];
  return std::string(buffer, std::snprintf(buffer, sizeof(buffer), "%.*g", digits, value));
}

}  // namespace webhlo
