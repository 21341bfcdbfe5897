// SPDX-License-Identifier: Apache-2.0
//
// Runs every function of tests/cases/*.mlir through the reference interpreter; the cases check
// their own results. Every op of the table must appear in a case. Tests run from the root of the
// project.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "core/graph/verifier.h"
#include "core/import/import.h"
#include "core/runtime/reference_interpreter.h"

namespace webhlo {
namespace {

std::vector<std::filesystem::path> CaseFiles() {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it("tests/cases", error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".mlir") files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST_CASE("every case passes, and every op has one") {
  const std::vector<std::filesystem::path> files = CaseFiles();
  REQUIRE_MESSAGE(!files.empty(), "no tests/cases here: run the tests from the project's root");
  std::set<std::string_view> covered;
  for (const std::filesystem::path& path : files) {
    CAPTURE(path.string());
    const std::string text = Read(path);
    Result<Graph> graph = ImportText(text, {.file_name = path.native()});
    CHECK_MESSAGE(graph.ok(), graph.status().ToString());
    if (!graph.ok()) continue;
    const Status verified = Verify(*graph);
    CHECK_MESSAGE(verified.ok(), verified.ToString());
    if (!verified.ok()) continue;
    for (const Function& function : graph->functions) {
      if (function.is_private) continue;
      CAPTURE(function.name);
      const Status status = Interpret(*graph, function, {}).status();
      CHECK_MESSAGE(status.ok(), status.ToString());
    }
    for (const Node& node : graph->nodes) covered.insert(node.op->name);
  }
  for (const OpDef* op : AllOps()) {
    CAPTURE(std::string(op->name));
    CHECK_MESSAGE(covered.contains(op->name), "an op without a case");
  }
}

}  // namespace
}  // namespace webhlo
