// SPDX-License-Identifier: Apache-2.0
// .whlo files: written and read again they hold the same programs; what is wrong with a file is
// said.
#include "core/import/whlo.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "core/import/import.h"
#include "core/model/model_view.h"
#include "core/text/text.h"
#include "tests/core/test_files.h"

namespace webhlo {
namespace {

ImportOptions Structural(std::string_view file_name = "<input>") {
  ImportOptions options;
  options.require_known_ops = false;
  options.file_name = file_name;
  return options;
}

NamedProgram ImportNamed(const std::filesystem::path& path, std::string name = "main") {
  Result<Program> program = Import(ReadFile(path), Structural(path.string()));
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  return {std::move(name), std::move(*program)};
}

WeightEntry MakeWeight(std::string name, ElementType dtype, std::vector<int64_t> shape) {
  WeightEntry weight;
  weight.name = std::move(name);
  weight.dtype = dtype;
  weight.size = static_cast<uint64_t>(TensorType(dtype, shape).ByteSize());
  weight.shape = std::move(shape);
  return weight;
}

std::string PrintAll(const Graph& graph) {
  PrintOptions options;
  options.locations = true;
  return Print(graph, options);
}

void CheckSamePorts(const std::vector<Port>& a, const std::vector<Port>& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].keys == b[i].keys);
    CHECK(a[i].name == b[i].name);
    CHECK(a[i].aliased_result == b[i].aliased_result);
    CHECK(a[i].donatable == b[i].donatable);
    CHECK(a[i].leaf == b[i].leaf);
  }
}

void CheckRoundTrip(const NamedProgram& program) {
  Result<std::vector<uint8_t>> bytes = WriteWhlo({&program, 1}, {});
  REQUIRE_MESSAGE(bytes.ok(), bytes.status().ToString());
  Result<WhloFile> file = ReadWhlo(*bytes, Structural());
  REQUIRE_MESSAGE(file.ok(), file.status().ToString());
  REQUIRE(file->programs.size() == 1);
  const Program& before = program.program;
  const Program& after = file->programs[0].program;
  CHECK(file->programs[0].name == program.name);
  CHECK(after.producer == before.producer);
  CHECK(after.entry_index == before.entry_index);
  CheckSamePorts(before.arguments, after.arguments);
  CheckSamePorts(before.results, after.results);
  CheckSamePorts(before.dropped_arguments, after.dropped_arguments);
  CHECK(PrintAll(after.graph) == PrintAll(before.graph));
}

constexpr char kInt4[] = "int4";
constexpr const char* kModel = "models/digits/model.jaxexport";

TEST_CASE("whlo: programs come back") { CheckRoundTrip(ImportNamed(kModel)); }

TEST_CASE("whlo: weights") {
  const NamedProgram programs[] = {ImportNamed(kModel, "one"),
                                   ImportNamed("models/digits/model_batch100.jaxexport", "many")};
  WeightEntry outside = MakeWeight("far", ElementType::kF64, {2});
  outside.file = "weights.safetensors";
  outside.offset = uint64_t{5} << 32;
  const WeightEntry weights[] = {MakeWeight("a", ElementType::kF32, {3, 5}), outside,
                                 MakeWeight("b", ElementType::kI8, {}),
                                 MakeWeight("c", ElementType::kBF16, {0, 4})};
  const TiedWeight ties[] = {{"head", "a"}};
  Result<std::vector<uint8_t>> bytes = WriteWhlo(programs, weights, ties);
  REQUIRE_MESSAGE(bytes.ok(), bytes.status().ToString());
  CHECK(bytes->size() % kSegmentAlignment == 0);
  CHECK(*WhloHeadSize(std::span(*bytes).first(16)) == bytes->size());
  CHECK(DetectFormat(*bytes) == Format::kWhlo);

  Result<WhloFile> file = ReadWhlo(*bytes, Structural());
  REQUIRE_MESSAGE(file.ok(), file.status().ToString());
  CHECK(file->programs.size() == 2);
  CHECK(file->programs[1].name == "many");
  REQUIRE(file->weights.size() == 4);
  CHECK(file->weights[0].name == "a");
  CHECK(file->weights[0].dtype == ElementType::kF32);
  CHECK(file->weights[0].shape == std::vector<int64_t>{3, 5});
  CHECK(file->weights[0].size == 60);
  CHECK(file->weights[0].encoding.is_raw());
  CHECK(file->weights[0].file.empty());
  CHECK(file->weights[0].offset == bytes->size());
  CHECK(file->weights[1].file == "weights.safetensors");
  CHECK(file->weights[1].offset == uint64_t{5} << 32);
  CHECK(file->weights[2].offset == bytes->size() + 64);
  CHECK(file->weights[3].offset == bytes->size() + 128);
  CHECK(file->weights[3].size == 0);
  REQUIRE(file->ties.size() == 1);
  CHECK(file->ties[0].argument == "head");
  CHECK(file->ties[0].tensor == "a");

  SUBCASE("at any address") {
    std::vector<uint8_t> shifted(bytes->size() + 3);
    std::copy(bytes->begin(), bytes->end(), shifted.begin() + 3);
    CHECK(ReadWhlo(std::span(shifted).subspan(3), Structural()).ok());
  }
  SUBCASE("a segment that does not fit its shape") {
    WeightEntry wrong = weights[0];
    wrong.size = 59;
    Result<std::vector<uint8_t>> other = WriteWhlo({}, {&wrong, 1});
    REQUIRE(other.ok());
    const Status status = ReadWhlo(*other, Structural()).status();
    CHECK(status.code() == StatusCode::kInvalidModel);
    CHECK(status.message().find("\"a\"") != std::string_view::npos);
  }
  SUBCASE("an encoding of the future") {
    WeightEntry packed = weights[0];
    packed.encoding.precision = Precision::kInt4;
    packed.encoding.k = 5;
    packed.size = 3 * 18;
    Result<std::vector<uint8_t>> other = WriteWhlo({}, {&packed, 1});
    REQUIRE(other.ok());
    CHECK(ReadWhlo(*other, Structural()).ok());
    const auto name = std::search(other->begin(), other->end(), kInt4, kInt4 + 4);
    REQUIRE(name != other->end());
    *name = 'j';
    CHECK(ReadWhlo(*other, Structural()).status().code() == StatusCode::kUnsupported);
    // "f32" is how none is called.
    std::copy_n("f32", 4, name);
    CHECK_FALSE(ReadWhlo(*other, Structural()).ok());
  }
  SUBCASE("encodings") {
    const auto read = [&](ElementType dtype, Encoding encoding, uint64_t size) {
      WeightEntry encoded = MakeWeight("a", dtype, {6, 20});
      encoded.encoding = encoding;
      encoded.size = size;
      Result<WhloFile> other = ReadWhlo(*WriteWhlo({}, {&encoded, 1}), Structural());
      if (other.ok()) CHECK(other->weights[0].encoding == encoding);
      return other.status().code();
    };
    const ElementType f32 = ElementType::kF32;
    CHECK(read(f32, {Precision::kBf16}, 240) == StatusCode::kOk);
    CHECK(read(f32, {Precision::kF16}, 240) == StatusCode::kOk);
    CHECK(read(f32, {Precision::kInt8, 20, true}, 6 * 34) == StatusCode::kOk);
    CHECK(read(f32, {Precision::kInt4, 40, false}, 3 * 2 * 18) == StatusCode::kOk);
    for (const uint64_t size : {uint64_t{0}, uint64_t{480}, 3 * 2 * 18 + uint64_t{1}}) {
      CHECK(read(f32, {Precision::kInt4, 40, false}, size) == StatusCode::kInvalidModel);
      CHECK(read(f32, {Precision::kBf16}, size) == StatusCode::kInvalidModel);
    }
    for (const int64_t k : {int64_t{0}, int64_t{-20}, int64_t{7}, INT64_MIN, INT64_MAX}) {
      CHECK(read(f32, {Precision::kInt8, k, false}, 6 * 34) == StatusCode::kInvalidModel);
    }
    CHECK(read(ElementType::kI32, {Precision::kInt8, 20, true}, 6 * 34) ==
          StatusCode::kInvalidModel);
    CHECK(read(ElementType::kF64, {Precision::kF16}, 240) == StatusCode::kInvalidModel);
  }
  SUBCASE("a head of a given size") {
    Result<std::vector<uint8_t>> longer =
        WriteWhlo(programs, weights, ties, {}, bytes->size() + 128);
    REQUIRE(longer.ok());
    CHECK(longer->size() == bytes->size() + 128);
    CHECK(ReadWhlo(*longer, Structural())->weights[0].offset == longer->size());
  }
}

TEST_CASE("whlo: metadata come back as they are") {
  const NamedProgram program = ImportNamed(kModel);
  const Metadata metadata = {{"labels", R"(["cat","dog"])"}, {"", ""}, {"notes", "no \xff JSON"}};
  const std::vector<uint8_t> bytes = *WriteWhlo({&program, 1}, {}, {}, metadata);
  CHECK(ReadWhlo(bytes, Structural())->metadata == metadata);
  // Two keys of one name: what the second says would depend on the reader.
  const Metadata both = {{"keyA", "1"}, {"keyB", "2"}};
  std::vector<uint8_t> twice = *WriteWhlo({&program, 1}, {}, {}, both);
  constexpr std::string_view kKey = "keyB";
  const auto at = std::search(twice.begin(), twice.end(), kKey.begin(), kKey.end());
  REQUIRE(at != twice.end());
  at[3] = 'A';
  CHECK(ReadWhlo(twice, Structural()).status().message() ==
        "<input>: .whlo: the metadata have \"keyA\" twice");
}

TEST_CASE("whlo: what is no such file") {
  const NamedProgram program = ImportNamed(kModel);
  std::vector<uint8_t> bytes = *WriteWhlo({&program, 1}, {});
  SUBCASE("foreign") {
    const Status status = ReadWhlo(ReadFile(kModel), Structural("f")).status();
    CHECK(status.code() == StatusCode::kInvalidModel);
    CHECK(status.message().find("does not start with") != std::string_view::npos);
  }
  SUBCASE("newer") {
    bytes[4] = 2;
    const Status status = ReadWhlo(bytes, Structural()).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("format version 2") != std::string_view::npos);
    CHECK(status.message().find("up to 1") != std::string_view::npos);
  }
  SUBCASE("truncated") {
    for (size_t size = 0; size + 64 < bytes.size(); size += 13) {
      const Status status = ReadWhlo(std::span(bytes).first(size), Structural()).status();
      CHECK(status.code() == StatusCode::kInvalidModel);
    }
    const Status status = ReadWhlo(std::span(bytes).first(200), Structural()).status();
    CHECK(status.message().find("truncated") != std::string_view::npos);
  }
}

TEST_CASE("whlo: shared programs come back") {
  if (!HasSharedData("whlo: shared programs come back")) return;
  size_t count = 0;
  for (const auto& path : SharedFiles("bench-models", "model.jaxexport")) {
    CheckRoundTrip(ImportNamed(path));
    ++count;
  }
  for (const auto& path : SharedFiles("conformance/static_portable", ".mlirbc")) {
    if (count++ % 8 == 0) CheckRoundTrip(ImportNamed(path));
  }
  for (const auto& path : SharedFiles("conformance/jax_backcompat", ".mlirbc")) {
    CheckRoundTrip(ImportNamed(path));
  }
}

}  // namespace
}  // namespace webhlo
