// SPDX-License-Identifier: Apache-2.0
// Portable artifacts: what loads, what is refused and how, and that bytecode and text of one
// program give one graph.
#include <doctest/doctest.h>

#include <string>

#include "core/base/strings.h"
#include "core/import/bytecode_attributes.h"
#include "core/import/bytecode_file.h"
#include "core/import/bytecode_import.h"
#include "core/import/bytecode_reader.h"
#include "core/import/import.h"
#include "core/text/text.h"
#include "tests/core/test_files.h"

namespace webhlo {
namespace {

constexpr const char* kDigits = "models/digits/model.jaxexport";

std::vector<uint8_t> DigitsArtifact() {
  std::vector<uint8_t> artifact = ArtifactOf(ReadFile(kDigits));
  REQUIRE(!artifact.empty());
  return artifact;
}

ImportOptions Structural(std::string_view file_name = "<input>") {
  ImportOptions options;
  options.require_known_ops = false;
  options.file_name = file_name;
  return options;
}

// Artifacts carry their version as text in the header: "StableHLO_v1.16.1".
std::vector<uint8_t> WithVersion(char major, char minor_first, char minor_second) {
  std::vector<uint8_t> bytes = DigitsArtifact();
  const std::string producer = BytecodeProducer(bytes);
  std::string other = producer;
  const size_t at = std::string_view("StableHLO_v").size();
  REQUIRE(other.size() >= at + 4);
  other[at] = major;
  other[at + 2] = minor_first;
  other[at + 3] = minor_second;
  REQUIRE(Replace(&bytes, producer, other));
  return bytes;
}

Type TensorOf(ElementType element, std::vector<int64_t> dims) {
  return Type(TensorType(element, std::move(dims)));
}

std::vector<uint8_t> Decode(const Type& type, std::vector<uint8_t> blob, bool* splat,
                            VhloVersion version = kVhloVersion) {
  Result<DenseElements> dense = DecodeDense(type, blob, version);
  REQUIRE(dense.ok());
  *splat = dense->splat;
  return dense->bytes;
}

TEST_CASE("bytecode: numbers") {
  const std::vector<uint8_t> bytes = {
      0x0B,                                                  // 5
      0x02, 0x04,                                            // 1 << 8
      0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,  // eight raw bytes
      0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,        // seven bytes follow
      0x07,                                                  // zigzag -2
  };
  ByteReader reader(bytes, 0, bytes.size());
  CHECK(reader.Varint() == 5);
  CHECK(reader.Varint() == 256);
  CHECK(reader.Varint() == 0x0807060504030201u);
  CHECK(reader.Varint() == 0x01000000000001u);
  CHECK(reader.SignedVarint() == -2);
  CHECK(reader.ok());
  CHECK(reader.empty());
  CHECK(reader.Varint() == 0);
  CHECK(!reader.ok());
}

TEST_CASE("bytecode: constants") {
  bool splat;
  // One bit an element in older files, one byte in newer ones.
  CHECK(Decode(TensorOf(ElementType::kI1, {12}), {0x05, 0x08}, &splat) ==
        std::vector<uint8_t>{1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  CHECK(!splat);
  CHECK(Decode(TensorOf(ElementType::kI1, {3}), {1, 0, 1}, &splat) ==
        std::vector<uint8_t>{1, 0, 1});
  CHECK(Decode(TensorOf(ElementType::kI1, {100}), {0xFF}, &splat) == std::vector<uint8_t>{1});
  CHECK(splat);
  CHECK(Decode(TensorOf(ElementType::kI1, {4}), {0x01}, &splat, {1, 13, 0}) ==
        std::vector<uint8_t>{1, 0, 0, 0});
  CHECK(Decode(TensorOf(ElementType::kI1, {4}), {0x01}, &splat, {1, 16, 0}) ==
        std::vector<uint8_t>{1});
  CHECK(splat);
  // i4: signed in memory.
  CHECK(Decode(TensorOf(ElementType::kI4, {2}), {0x0E, 0x07}, &splat) ==
        std::vector<uint8_t>{0xFE, 0x07});
  // tf32: 19 bits in three bytes; in memory the f32 that it begins. 1.0 = 0x3F800000.
  CHECK(Decode(TensorOf(ElementType::kTF32, {}), {0x00, 0xFC, 0x01}, &splat) ==
        std::vector<uint8_t>{0x00, 0x00, 0x80, 0x3F});
  CHECK(splat);
  // Splats stay one element, whatever their type's size; equal elements become one.
  CHECK(Decode(TensorOf(ElementType::kI32, {1 << 20, 1 << 20}), {7, 0, 0, 0}, &splat).size() == 4);
  CHECK(splat);
  CHECK(Decode(TensorOf(ElementType::kI16, {2}), {7, 0, 7, 0}, &splat).size() == 2);
  CHECK(splat);
  CHECK(Decode(TensorOf(ElementType::kF32, {0}), {}, &splat).empty());
  CHECK(!splat);
  CHECK(!DecodeDense(TensorOf(ElementType::kI32, {3}), std::vector<uint8_t>(8), {}).ok());
  CHECK(!DecodeDense(TensorOf(ElementType::kI32, {kDynamic}), std::vector<uint8_t>(4), {}).ok());
}

// A file that is nothing but its tables of attributes and types, for what no honest producer
// writes.
class TableFile {
 public:
  enum Dialect : uint32_t { kBuiltin, kVhlo };
  using Bytes = std::vector<uint8_t>;

  static Bytes Varint(uint64_t value) {
    Bytes bytes{0};  // Eight raw bytes follow: the simplest of the forms.
    for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
    return bytes;
  }
  static Bytes Varints(std::initializer_list<uint64_t> values) {
    Bytes bytes;
    for (const uint64_t value : values) {
      const Bytes one = Varint(value);
      bytes.insert(bytes.end(), one.begin(), one.end());
    }
    return bytes;
  }
  void AddAttribute(Dialect dialect, const Bytes& bytes) {
    file_.attributes.push_back(Append(dialect, bytes));
  }
  void AddType(Dialect dialect, const Bytes& bytes) {
    file_.types.push_back(Append(dialect, bytes));
  }
  void AddString(std::string_view text) { file_.strings.push_back(text); }

  const BytecodeFile& file() {
    file_.dialects = {"builtin", "vhlo"};
    file_.bytes = bytes_;
    file_.vhlo_version = kVhloVersion;
    return file_;
  }

 private:
  BytecodeFile::Entry Append(Dialect dialect, const Bytes& bytes) {
    const size_t begin = bytes_.size();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {{begin, bytes_.size()}, dialect, true};
  }

  Bytes bytes_;
  BytecodeFile file_;
};

TEST_CASE("bytecode: hostile tables") {
  constexpr uint64_t kBuiltinArray = 0, kBuiltinString = 2, kNameLoc = 14, kUnknownLoc = 15;
  constexpr uint64_t kVhloTuple = 23, kVhloToken = 22;
  TableFile source;
  Graph graph;
  SUBCASE("a type that doubles sixty times") {
    source.AddType(TableFile::kVhlo, TableFile::Varints({kVhloToken}));
    for (uint64_t i = 0; i < 60; ++i) {
      source.AddType(TableFile::kVhlo, TableFile::Varints({kVhloTuple, 2, i, i}));
    }
    AttributeTable table(source.file(), &graph);
    CHECK(table.GetType(60).status().code() == StatusCode::kInvalidModel);
    CHECK(table.GetType(3).ok());
  }
  SUBCASE("circles") {
    source.AddType(TableFile::kVhlo, TableFile::Varints({kVhloTuple, 1, 1}));
    source.AddType(TableFile::kVhlo, TableFile::Varints({kVhloTuple, 1, 0}));
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kBuiltinArray, 1, 0}));
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kNameLoc, 1, 1}));
    AttributeTable table(source.file(), &graph);
    CHECK(table.GetType(0).status().message().find("itself") != std::string_view::npos);
    CHECK(table.GetAttribute(0).status().message().find("itself") != std::string_view::npos);
    CHECK(!table.GetLocation(1).ok());
  }
  SUBCASE("arrays that nest deeply") {
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kBuiltinArray, 0}));
    for (uint64_t i = 0; i < 1000; ++i) {
      source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kBuiltinArray, 1, i}));
    }
    AttributeTable table(source.file(), &graph);
    CHECK(table.GetAttribute(1000).status().message().find("deeper") != std::string_view::npos);
  }
  SUBCASE("locations that nest deeply are cut") {
    source.AddString("here");
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kUnknownLoc}));
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kBuiltinString, 0}));
    for (uint64_t i = 2; i < 100000; ++i) {
      source.AddAttribute(TableFile::kBuiltin,
                          TableFile::Varints({kNameLoc, 1, i == 2 ? 0 : i - 1}));
    }
    AttributeTable table(source.file(), &graph);
    Result<LocationId> location = table.GetLocation(99999);
    REQUIRE_MESSAGE(location.ok(), location.status().ToString());
    size_t depth = 0;
    for (LocationId id = *location; !graph.locations[id].children.empty(); ++depth) {
      id = graph.locations[id].children[0];
    }
    CHECK(depth < 600);
  }
  SUBCASE("one long string, many times") {
    const std::string text(1 << 20, 'x');
    source.AddString(text);
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kUnknownLoc}));
    source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kBuiltinString, 0}));
    for (int i = 0; i < 100000; ++i) {
      source.AddAttribute(TableFile::kBuiltin, TableFile::Varints({kNameLoc, 1, 0}));
    }
    AttributeTable table(source.file(), &graph);
    Status status;
    for (uint64_t i = 2; i < 100002 && status.ok(); ++i) status = table.GetLocation(i).status();
    CHECK(status.code() == StatusCode::kInvalidModel);
    CHECK(graph.locations.size() < 1000);
  }
}

TEST_CASE("bytecode: the project's model") {
  const std::vector<uint8_t> bytes = DigitsArtifact();
  CHECK(DetectFormat(bytes) == Format::kBytecode);
  Result<Program> program = Import(bytes, Structural());
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  CHECK(program->producer.starts_with("StableHLO_v1."));
  CHECK(program->entry().name == "main");
  CHECK(!program->arguments.empty());

  // Printed and read again it is the same program.
  const std::string text = Print(program->graph);
  Result<Graph> again = ParseText(text);
  REQUIRE_MESSAGE(again.ok(), again.status().ToString());
  CHECK(Print(*again) == text);
}

TEST_CASE("bytecode: versions") {
  SUBCASE("a newer minor loads when nothing in it is new") {
    CHECK(ImportBytecode(WithVersion('1', '9', '9'), Structural()).ok());
  }
  SUBCASE("a newer minor with an unknown op") {
    std::vector<uint8_t> bytes = WithVersion('1', '9', '9');
    REQUIRE(Replace(&bytes, "dot_general_v2", "dot_general_v9"));
    const Status status = ImportBytecode(bytes, Structural()).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("vhlo.dot_general_v9") != std::string_view::npos);
    CHECK(status.message().find("1.99.") != std::string_view::npos);
    CHECK(status.message().find("1.20.0") != std::string_view::npos);
  }
  SUBCASE("another major") {
    const Status status = ImportBytecode(WithVersion('2', '9', '9'), Structural()).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("2.99.") != std::string_view::npos);
    CHECK(status.message().find("1.20.0") != std::string_view::npos);
  }
  SUBCASE("a newer container") {
    std::vector<uint8_t> bytes = DigitsArtifact();
    bytes[4] = 7 << 1 | 1;
    CHECK(ImportBytecode(bytes, Structural()).status().code() == StatusCode::kUnsupported);
  }
  SUBCASE("MLIR's internal bytecode says how to make an artifact") {
    std::vector<uint8_t> bytes = DigitsArtifact();
    REQUIRE(Replace(&bytes, std::string_view("\0vhlo\0", 6), std::string_view("\0chlo\0", 6)));
    const Status status = ImportBytecode(bytes, Structural()).status();
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().find("portable artifact") != std::string_view::npos);
  }
}

TEST_CASE("bytecode: truncation") {
  const std::vector<uint8_t> bytes = DigitsArtifact();
  for (size_t size = 0; size < bytes.size(); size += 7) {
    const Status status = ImportBytecode(std::span(bytes).first(size), Structural()).status();
    CHECK(!status.ok());
  }
}

TEST_CASE("bytecode: all shared artifacts load") {
  if (!HasSharedData("bytecode: all shared artifacts load")) return;
  const std::pair<const char*, const char*> kSets[] = {
      {"conformance/static_portable", ".mlirbc"},
      {"conformance/static_portable_0.9.0", ".mlirbc"},
      {"conformance/static_portable_1.0.0", ".mlirbc"},
      {"conformance/vhlo", ".bc"},
      {"conformance/jax_backcompat", ".mlirbc"},
      {"bench-models", "model.mlirbc"},
  };
  for (const auto& [folder, extension] : kSets) {
    for (const auto& path : SharedFiles(folder, extension)) {
      const std::string name = path.string();
      const bool is_library = std::string_view(folder) == "conformance/vhlo";
      Result<Graph> graph = ImportBytecode(ReadFile(path), Structural(name));
      REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
      if (is_library) continue;  // Functions for each op, without an entry, some ill-formed.
      Result<Program> program = Import(ReadFile(path), Structural(name));
      CHECK_MESSAGE(program.ok(), program.status().ToString());
    }
  }
}

TEST_CASE("bytecode: the same graph as the text of the same program") {
  if (!HasSharedData("bytecode: the same graph as the text of the same program")) return;
  size_t compared = 0, with_chlo = 0, different = 0;
  std::vector<std::filesystem::path> paths;
  for (const char* folder : {"conformance/static_portable", "conformance/static_portable_0.9.0",
                             "conformance/static_portable_1.0.0", "conformance/jax_backcompat"}) {
    for (auto& path : SharedFiles(folder, ".mlirbc")) paths.push_back(std::move(path));
  }
  for (const auto& path : paths) {
    std::filesystem::path text_path = path;
    text_path.replace_extension(".mlir");
    if (!std::filesystem::exists(text_path)) {
      text_path = text_path.parent_path().parent_path() / "static" / text_path.filename();
    }
    const std::vector<uint8_t> text = ReadFile(text_path);
    if (text.empty()) continue;
    const std::string_view source(reinterpret_cast<const char*>(text.data()), text.size());
    if (source.find("chlo.") != std::string_view::npos) {
      ++with_chlo;  // Artifacts hold what chlo was expanded to.
      continue;
    }
    Result<Graph> from_text = ParseText(source, text_path.string());
    REQUIRE_MESSAGE(from_text.ok(), from_text.status().ToString());
    Result<Graph> from_bytecode = ImportBytecode(ReadFile(path), Structural(path.string()));
    REQUIRE_MESSAGE(from_bytecode.ok(), from_bytecode.status().ToString());
    ++compared;
    if (Print(*from_text) != Print(*from_bytecode) && different++ < 5) {
      FAIL_CHECK("differs: " << path.string());
    }
  }
  if (compared > 0) {
    CHECK(different == 0);
    MESSAGE(compared << " programs compared, " << with_chlo << " with chlo left out");
  }
}

}  // namespace
}  // namespace webhlo
