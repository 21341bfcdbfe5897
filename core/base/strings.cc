// SPDX-License-Identifier: Apache-2.0
#include "core/base/strings.h"

#include <cstdio>
#include <limits>

namespace webhlo {

// std::to_chars would do this at once, but brings tables of 110 KB into the module.
void StrAppendOne(std::string* out, double value) {
  constexpr int kDigits = std::numeric_limits<double>::digits10;
  out->append(ShortestDecimal(value, kDigits, [value](double read) { return read == value; }));
}

std::string FormatDecimal(double value, int digits) {
  char buffer[40];
  return std::string(buffer, std::snprintf(buffer, sizeof(buffer), "%.*g", digits, value));
}

}  // namespace webhlo
