// SPDX-License-Identifier: Apache-2.0
#include "core/base/strings.h"

#include <charconv>

namespace webhlo {

void StrAppendOne(std::string* out, double value) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out->append(buffer, end);
}

}  // namespace webhlo
