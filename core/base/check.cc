// SPDX-License-Identifier: Apache-2.0
#include "core/base/check.h"

#include <cstdlib>

#include "core/base/strings.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten/console.h>
#else
#include <cstdio>
#endif

namespace webhlo {

void CheckFailed(const char* file, int line, const char* text) {
  const std::string message = StrCat(file, ":", line, ": CHECK failed", text);
#if defined(__EMSCRIPTEN__)
  emscripten_console_error(message.c_str());  // Without the C library's streams.
#else
  std::fprintf(stderr, "%s\n", message.c_str());
#endif
  std::abort();
}

}  // namespace webhlo
