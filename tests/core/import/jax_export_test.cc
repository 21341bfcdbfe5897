// SPDX-License-Identifier: Apache-2.0
#include "core/import/jax_export.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "core/base/strings.h"
#include "core/import/import.h"
#include "core/import/key_path.h"
#include "tests/core/import/test_files.h"

namespace webhlo {
namespace {

constexpr const char* kDigits = "models/digits/model.jaxexport";

ImportOptions Structural(std::string_view file_name = "<input>") {
  ImportOptions options;
  options.require_known_ops = false;
  options.file_name = file_name;
  return options;
}

std::string Path(std::string_view text) {
  const auto keys = ParseKeyPath(text);
  return keys ? Join(*keys, "|") : "none";
}

TEST_CASE("key paths") {
  CHECK(Path("x") == "x");
  CHECK(Path("weights['fc1.bias']") == "weights|fc1.bias");
  CHECK(Path("params.layers[0].kernel") == "params|layers|0|kernel");
  CHECK(Path("result[1]") == "result|1");
  CHECK(Path("['a'][2]") == "|a|2");
  CHECK(Path("w[\"it's\"]") == "w|it's");
  CHECK(Path("w['a\\'b']") == "w|a'b");
  CHECK(Path("p[<flat index 3>]") == "p|3");
  CHECK(Path("jit(f)/add") == "none");
  CHECK(Path("w['a") == "none");
  CHECK(Path("w['a'") == "none");
  CHECK(Path("w[") == "none");
  CHECK(Path("w.") == "none");
}

TEST_CASE("jax.export: the project's model") {
  const std::vector<uint8_t> bytes = ReadFile(kDigits);
  CHECK(DetectFormat(bytes) == Format::kJaxExport);
  Result<Program> program = Import(bytes, Structural());
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  CHECK(program->producer.starts_with("jax.export"));
  CHECK(program->producer.find("StableHLO_v1.") != std::string::npos);
  REQUIRE(!program->arguments.empty());
  for (size_t i = 0; i < program->arguments.size(); ++i) {
    CHECK(program->arguments[i].leaf == static_cast<int>(i));
    CHECK(!program->arguments[i].name.empty());
  }

  SUBCASE("anywhere in memory") {
    std::vector<uint8_t> shifted(bytes.size() + 1);
    std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
    CHECK(Import(std::span(shifted).subspan(1), Structural()).ok());
  }
  SUBCASE("truncated") {
    for (size_t size = 0; size < bytes.size(); size += 11) {
      CHECK(!Import(std::span(bytes).first(size), Structural()).ok());
    }
  }
}

TEST_CASE("jax.export: bench models' names") {
  if (!HasSharedData("jax.export: bench models' names")) return;
  for (const auto& path : SharedFiles("bench-models", "model.jaxexport")) {
    Result<Program> program = Import(ReadFile(path), Structural(path.string()));
    REQUIRE_MESSAGE(program.ok(), program.status().ToString());
    const std::vector<uint8_t> json = ReadFile(path.parent_path() / "weights.json");
    const std::string_view text(reinterpret_cast<const char*>(json.data()), json.size());
    const std::string_view signature = text.substr(text.find("\"signature\""));
    size_t at = 0;
    for (const Port& port : program->arguments) {
      // The signature lists the names in the program's order.
      const std::string quoted = StrCat("\"name\":\"", port.name, "\"");
      const size_t found = signature.find(quoted, at);
      CHECK_MESSAGE(found != std::string_view::npos, path.string(), ": ", port.name);
      if (found != std::string_view::npos) at = found;
    }
  }
}

TEST_CASE("jax.export: shared containers") {
  if (!HasSharedData("jax.export: shared containers")) return;
  size_t loaded = 0;
  for (const auto& path : SharedFiles("jax_programs", ".jaxexport")) {
    Result<Program> program = Import(ReadFile(path), Structural(path.string()));
    CHECK_MESSAGE(program.ok(), program.status().ToString());
    loaded += program.ok();
  }
  for (const auto& path : SharedFiles("jax_programs", "poly_batch_one.jaxexport")) {
    ImportOptions options;
    const Status status = Import(ReadFile(path), options).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("depend on b;") != std::string_view::npos);
  }
  for (const auto& path : SharedFiles("conformance/jax_exported", ".bin")) {
    const Status status = Import(ReadFile(path), Structural(path.string())).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("2 devices") != std::string_view::npos);
  }
}

}  // namespace
}  // namespace webhlo
