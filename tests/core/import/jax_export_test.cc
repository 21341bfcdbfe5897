// SPDX-License-Identifier: Apache-2.0
#include "core/import/jax_export.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/strings.h"
#include "core/import/import.h"
#include "core/import/jax_export_generated.h"
#include "core/import/key_path.h"
#include "tests/core/test_files.h"

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

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

// `more`: the key of one more leaf, if not empty.
Offset<jax_format::PyTree> CopyTree(FlatBufferBuilder& fbb, const jax_format::PyTree& tree,
                                    const std::string& more = {}) {
  std::vector<Offset<jax_format::PyTree>> children;
  std::vector<Offset<flatbuffers::String>> names;
  if (tree.children()) {
    for (const auto* child : *tree.children()) children.push_back(CopyTree(fbb, *child));
  }
  if (tree.children_names()) {
    for (const auto* name : *tree.children_names()) {
      names.push_back(fbb.CreateString(name->str()));
    }
  }
  if (!more.empty()) {
    children.push_back(jax_format::CreatePyTree(fbb));
    names.push_back(fbb.CreateString(more));
  }
  const auto child_vector = fbb.CreateVector(children);
  return jax_format::CreatePyTree(fbb, tree.kind(), child_vector, fbb.CreateVector(names));
}

// The project's container once more, with something changed.
struct Container {
  uint16_t convention = 10;
  uint32_t devices = 1;
  std::string effect;
  std::string dropped_weight;
  uint32_t dropped_arguments = 0;
  uint32_t missing_arguments = 0;
  bool module = true;
};

std::vector<uint8_t> Build(const Container& container) {
  const std::vector<uint8_t> bytes = ReadFile(kDigits);
  const auto& source = *jax_format::GetExported(bytes.data());
  FlatBufferBuilder fbb;
  // More leaves than kept arguments: positional arguments behind the others.
  std::vector<Offset<jax_format::PyTree>> positional;
  for (const auto* child : *source.in_tree()->children()->Get(0)->children()) {
    positional.push_back(
        CopyTree(fbb, *child, positional.empty() ? container.dropped_weight : std::string()));
  }
  for (uint32_t i = 0; i < container.dropped_arguments; ++i) {
    positional.push_back(jax_format::CreatePyTree(fbb));
  }
  const auto arguments =
      jax_format::CreatePyTree(fbb, jax_format::PyTreeKind::Tuple, fbb.CreateVector(positional));
  const auto keywords = jax_format::CreatePyTree(fbb, jax_format::PyTreeKind::Dict);
  const auto in_tree = jax_format::CreatePyTree(fbb, jax_format::PyTreeKind::Tuple,
                                                fbb.CreateVector(std::vector{arguments, keywords}));
  const auto out_tree = CopyTree(fbb, *source.out_tree());
  std::vector<Offset<jax_format::Effect>> effects;
  if (!container.effect.empty()) {
    effects.push_back(jax_format::CreateEffect(fbb, fbb.CreateString(container.effect)));
  }
  const auto effect_vector = fbb.CreateVector(effects);
  std::vector<uint16_t> kept(source.module_kept_arguments()->begin(),
                             source.module_kept_arguments()->end());
  // The image comes after the weights.
  if (!container.dropped_weight.empty()) ++kept.back();
  kept.resize(kept.size() - container.missing_arguments);
  const auto kept_vector = fbb.CreateVector(kept);
  const auto module = fbb.CreateVector(source.mlir_module()->data(), source.mlir_module()->size());
  const auto version = fbb.CreateString("0.12.3");
  jax_format::ExportedBuilder builder(fbb);
  builder.add_in_tree(in_tree);
  builder.add_out_tree(out_tree);
  builder.add_ordered_effects(effect_vector);
  if (container.module) builder.add_mlir_module(module);
  builder.add_calling_convention_version(container.convention);
  builder.add_module_kept_arguments(kept_vector);
  builder.add_num_devices(container.devices);
  builder.add_jax_version(version);
  fbb.Finish(builder.Finish());
  return {fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()};
}

Status ImportStatus(const Container& container) {
  return ImportJaxExport(Build(container), Structural()).status();
}

void CheckRefused(const Status& status, StatusCode code, std::string_view words) {
  CHECK(status.code() == code);
  CHECK_MESSAGE(status.message().find(words) != std::string_view::npos, status.ToString());
}

TEST_CASE("jax.export: what a container may say") {
  REQUIRE_MESSAGE(ImportStatus({}).ok(), ImportStatus({}).ToString());
  Container c;
  SUBCASE("conventions") {
    c.convention = 9;
    CHECK(ImportStatus(c).ok());
    c.convention = 8;
    CheckRefused(ImportStatus(c), StatusCode::kUnsupported, "calling convention 8");
    c.convention = 11;
    CheckRefused(ImportStatus(c), StatusCode::kUnsupported, "9 to 10");
  }
  SUBCASE("devices") {
    c.devices = 4;
    CheckRefused(ImportStatus(c), StatusCode::kUnsupported, "4 devices");
  }
  SUBCASE("effects") {
    c.effect = "OrderedDebugEffect";
    CheckRefused(ImportStatus(c), StatusCode::kUnsupported, "OrderedDebugEffect");
  }
  SUBCASE("dropped arguments") {
    c.dropped_arguments = 2;
    Result<Program> program = ImportJaxExport(Build(c), Structural());
    REQUIRE_MESSAGE(program.ok(), program.status().ToString());
    REQUIRE(program->dropped_arguments.size() == 2);
    CHECK(program->dropped_arguments[1].leaf == static_cast<int>(program->arguments.size()) + 1);
    CHECK(program->dropped_arguments[1].name.starts_with("arg"));
    CHECK(program->producer.starts_with("jax.export 0.12.3, StableHLO_v"));
  }
  SUBCASE("a dropped argument among others of its parameter") {
    c.dropped_weight = "zero.weight";
    Result<Program> program = ImportJaxExport(Build(c), Structural());
    REQUIRE_MESSAGE(program.ok(), program.status().ToString());
    REQUIRE(program->dropped_arguments.size() == 1);
    CHECK(Join(program->dropped_arguments[0].keys, "|") == "weights|zero.weight");
    CHECK(Join(program->arguments.back().keys, "|") == "inputs|image");
  }
  SUBCASE("missing parts") {
    c.missing_arguments = 1;
    CheckRefused(ImportStatus(c), StatusCode::kInvalidModel, "are kept");
    c = {};
    c.module = false;
    CheckRefused(ImportStatus(c), StatusCode::kInvalidModel, "no program");
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
  for (const auto& path : SharedFiles("jax_programs", ".jaxexport")) {
    Result<Program> program = Import(ReadFile(path), Structural(path.string()));
    CHECK_MESSAGE(program.ok(), program.status().ToString());
  }
  for (const auto& path : SharedFiles("jax_programs", "poly_batch_one.jaxexport")) {
    const Result<Program> program = Import(ReadFile(path), {});
    REQUIRE_MESSAGE(program.ok(), program.status().ToString());
    CHECK(program->argument_type(0).IsFree());
  }
  for (const auto& path : SharedFiles("conformance/jax_exported", ".bin")) {
    const Status status = Import(ReadFile(path), Structural(path.string())).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("2 devices") != std::string_view::npos);
  }
}

}  // namespace
}  // namespace webhlo
