// SPDX-License-Identifier: Apache-2.0
#include "core/import/key_path.h"

#include <algorithm>

namespace webhlo {
namespace {

bool IsIdentifier(std::string_view text) {
  // Python's identifiers may hold any letter, so that only what ends one is told apart.
  return text.find_first_of(" \t\n[]()<>'\"/\\,:;=") == std::string_view::npos;
}

// The inside of a Python string literal that starts behind its quote at `*at`, up to that quote.
std::optional<std::string> ParseQuoted(std::string_view text, size_t* at, char quote) {
  std::string out;
  for (size_t i = *at; i < text.size(); ++i) {
    if (text[i] == quote) {
      *at = i + 1;
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;  // repr escapes quotes and backslashes.
    out.push_back(text[i]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> ParseKeyPath(std::string_view text) {
  constexpr std::string_view kFlatIndex = "<flat index ";
  size_t at = std::min(text.find_first_of("[."), text.size());
  std::vector<std::string> keys{std::string(text.substr(0, at))};
  if (!IsIdentifier(keys[0])) return std::nullopt;
  while (at < text.size()) {
    if (text[at] == '.') {
      const size_t end = std::min(text.find_first_of("[.", at + 1), text.size());
      keys.emplace_back(text.substr(at + 1, end - at - 1));
      if (keys.back().empty() || !IsIdentifier(keys.back())) return std::nullopt;
      at = end;
      continue;
    }
    if (text[at] != '[' || ++at == text.size()) return std::nullopt;
    if (text[at] == '\'' || text[at] == '"') {
      const char quote = text[at++];
      std::optional<std::string> key = ParseQuoted(text, &at, quote);
      if (!key) return std::nullopt;
      keys.push_back(std::move(*key));
    } else {
      std::string_view key = text.substr(at, std::min(text.find(']', at), text.size()) - at);
      at += key.size();
      // A node of a Python class that does not name its parts.
      if (key.starts_with(kFlatIndex) && key.ends_with('>')) {
        key.remove_prefix(kFlatIndex.size());
        key.remove_suffix(1);
      }
      if (key.empty()) return std::nullopt;
      keys.emplace_back(key);
    }
    if (at == text.size() || text[at++] != ']') return std::nullopt;
  }
  return keys;
}

}  // namespace webhlo
