// SPDX-License-Identifier: Apache-2.0
//
// Writing JSON, for what the core tells JavaScript. Nothing here reads it.
#ifndef WEBHLO_CORE_BASE_JSON_H_
#define WEBHLO_CORE_BASE_JSON_H_

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/strings.h"

namespace webhlo {

// The text as a JSON string literal, quotes included. Bytes that are not UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

// {"code": "...", "message": "..."}, or empty for OK.
std::string JsonError(const Status& status);

template <typename Range, typename ToJson>
std::string JsonArray(const Range& range, ToJson to_json) {
  std::string out = "[";
  bool first = true;
  for (const auto& item : range) {
    if (!first) out.push_back(',');
    first = false;
    out.append(to_json(item));
  }
  return out + "]";
}

template <typename Range>
std::string JsonNumbers(const Range& range) {
  return StrCat("[", Join(range, ","), "]");
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_JSON_H_
