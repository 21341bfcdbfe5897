// SPDX-License-Identifier: Apache-2.0
//
// Files that hold what the code prints: tests compare them, and write them anew when
// WEBHLO_REWRITE is set (`./dev test --rewrite`, which runs the cases named "golden: ..."). Native
// builds only.
#ifndef WEBHLO_TESTS_CORE_GOLDEN_H_
#define WEBHLO_TESTS_CORE_GOLDEN_H_

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "core/base/strings.h"
#include "tests/core/test_files.h"

namespace webhlo {

inline bool Rewrites() { return std::getenv("WEBHLO_REWRITE") != nullptr; }

inline void Write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// The part of a page between two marks, each a line of its own.
class Section {
 public:
  Section(std::string path, std::string_view begin_mark, std::string_view end_mark)
      : path_(std::move(path)), page_(ReadText(path_)) {
    begin_ = page_.find(begin_mark);
    REQUIRE_MESSAGE(begin_ != std::string::npos, path_, " lacks ", std::string(begin_mark));
    begin_ += begin_mark.size();
    end_ = page_.find(end_mark, begin_);
    REQUIRE_MESSAGE(end_ != std::string::npos, path_, " lacks ", std::string(end_mark));
  }

  std::string_view text() const { return std::string_view(page_).substr(begin_, end_ - begin_); }

  // That it is `written`.
  void Check(const std::string& written) const {
    if (!Rewrites()) {
      CHECK(std::string(text()) == written);
    } else if (text() != written) {
      MESSAGE(path_, ": rewritten");
      Write(path_, StrCat(page_.substr(0, begin_), written, page_.substr(end_)));
    }
  }

 private:
  std::string path_, page_;
  size_t begin_, end_;
};

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_GOLDEN_H_
