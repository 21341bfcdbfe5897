// SPDX-License-Identifier: Apache-2.0
//
// The programs of tests/cases/*.mlir. A line `// -----` stands between two programs of a file.
// Tests run from the project's root.
#ifndef WEBHLO_TESTS_CORE_CASES_H_
#define WEBHLO_TESTS_CORE_CASES_H_

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/text.h"
#include "tests/core/test_files.h"

namespace webhlo {

struct Case {
  std::string name;  // "add.mlir #2"
  std::string text;
};

inline std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const std::filesystem::path& path : FilesUnder("tests/cases", ".mlir")) {
    const std::string text = ReadText(path);
    int i = 0;
    for (const std::string_view part : SplitTextFile(text)) {
      cases.push_back({path.filename().string() + " #" + std::to_string(++i), std::string(part)});
    }
  }
  REQUIRE_MESSAGE(!cases.empty(), "no tests/cases here: run the tests from the project's root");
  return cases;
}

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_CASES_H_
