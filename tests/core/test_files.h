// SPDX-License-Identifier: Apache-2.0
//
// Files for tests: the project's own, and the shared test data that WEBHLO_SHARED points to where
// there is any. Tests run from the project's root.
#ifndef WEBHLO_TESTS_CORE_TEST_FILES_H_
#define WEBHLO_TESTS_CORE_TEST_FILES_H_

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace webhlo {

inline std::vector<uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

inline std::string ReadText(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = ReadFile(path);
  return {bytes.begin(), bytes.end()};
}

// The files under a folder whose names end so, sorted; none where there is no such folder.
inline std::vector<std::filesystem::path> FilesUnder(const std::filesystem::path& folder,
                                                     std::string_view extension) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().string().ends_with(extension)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The portable artifact inside a jax.export container.
inline std::vector<uint8_t> ArtifactOf(const std::vector<uint8_t>& container) {
  constexpr uint8_t kMagic[] = {'M', 'L', 0xEF, 'R'};
  const auto begin =
      std::search(container.begin(), container.end(), std::begin(kMagic), std::end(kMagic));
  if (begin - container.begin() < 4) return {};
  uint32_t size = 0;  // FlatBuffers put a vector's length before it.
  for (int i = 4; i-- > 0;) size = size << 8 | *(begin - 4 + i);
  if (size > static_cast<size_t>(container.end() - begin)) return {};
  return std::vector<uint8_t>(begin, begin + size);
}

// Replaces the first `from` by a `to` of the same length.
inline bool Replace(std::vector<uint8_t>* bytes, std::string_view from, std::string_view to) {
  const auto at = std::search(bytes->begin(), bytes->end(), from.begin(), from.end());
  if (at == bytes->end() || from.size() != to.size()) return false;
  std::copy(to.begin(), to.end(), at);
  return true;
}

// Whether there is shared data; a test case without it says so, once, and ends.
inline bool HasSharedData(std::string_view test) {
  const char* shared = std::getenv("WEBHLO_SHARED");
  if (shared && std::filesystem::is_directory(shared)) return true;
  std::printf("SKIPPED: %.*s: WEBHLO_SHARED does not name the folder of shared test data\n",
              static_cast<int>(test.size()), test.data());
  return false;
}

// The files under a folder of the shared data whose names end so, sorted.
inline std::vector<std::filesystem::path> SharedFiles(std::string_view folder,
                                                      std::string_view extension) {
  return FilesUnder(std::filesystem::path(std::getenv("WEBHLO_SHARED")) / folder, extension);
}

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_TEST_FILES_H_
