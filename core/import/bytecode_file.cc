// SPDX-License-Identifier: Apache-2.0
#include "core/import/bytecode_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/base/strings.h"

namespace webhlo {
namespace {

constexpr uint8_t kMagic[] = {'M', 'L', 0xEF, 'R'};

enum SectionId : uint8_t {
  kString,
  kDialect,
  kAttrType,
  kAttrTypeOffset,
  kIr,
  kResource,
  kResourceOffset,
  kDialectVersions,
  kProperties,
  kNumSections,
};
constexpr std::string_view kSectionNames[kNumSections] = {
    "string section",  "dialect section",  "attribute and type section", "offset section",
    "IR section",      "resource section", "resource offsets",           "dialect version section",
    "property section"};

class FileParser {
 public:
  explicit FileParser(BytecodeFile* file) : file_(*file) {}

  Status Parse() {
    RETURN_IF_ERROR(ParseHeader());
    RETURN_IF_ERROR(ParseStrings());
    RETURN_IF_ERROR(ParseDialects());
    RETURN_IF_ERROR(ParseProperties());
    RETURN_IF_ERROR(ParseResources());
    return ParseOffsets();
  }

 private:
  std::string_view Name(SectionId id) const { return kSectionNames[id]; }

  Result<ByteReader> Need(SectionId id) const {
    if (!sections_[id]) return InvalidModel(StrCat("bytecode: the ", Name(id), " is missing"));
    return *sections_[id];
  }

  Status ParseHeader() {
    ByteReader reader(file_.bytes, sizeof(kMagic), file_.bytes.size());
    file_.version = reader.Varint();
    while (const uint8_t c = reader.Byte()) file_.producer.push_back(static_cast<char>(c));
    if (!reader.ok()) return reader.Error("header");
    if (file_.version > kMaxBytecodeVersion) {
      return Unsupported(StrCat("bytecode: the file is of MLIR bytecode version ", file_.version,
                                ", this build reads versions up to ", kMaxBytecodeVersion));
    }
    RETURN_IF_ERROR(ParseProducer());
    while (!reader.empty()) {
      uint8_t id;
      const ByteReader section = reader.Section(&id);
      if (!reader.ok()) return reader.Error("section header");
      if (id >= kNumSections) {
        return InvalidModel(StrCat("bytecode: unknown section ", static_cast<int>(id)));
      }
      if (sections_[id]) return InvalidModel(StrCat("bytecode: a second ", kSectionNames[id]));
      sections_[id] = section;
    }
    ASSIGN_OR_RETURN(const ByteReader ir, Need(kIr));
    file_.ir = {ir.position(), ir.position() + ir.remaining()};
    return OkStatus();
  }

  // "StableHLO_v1.16.1". Whoever wrote anything else did so before artifacts carried a version.
  Status ParseProducer() {
    constexpr std::string_view kPrefix = "StableHLO_v";
    VhloVersion version = kOldestVhloVersion;
    if (file_.producer.starts_with(kPrefix)) {
      uint32_t* const parts[] = {&version.major, &version.minor, &version.patch};
      const char* p = file_.producer.data() + kPrefix.size();
      const char* const end = file_.producer.data() + file_.producer.size();
      bool valid = true;
      for (int i = 0; i < 3 && valid; ++i) {
        if (i > 0) valid = p != end && *p++ == '.';
        const auto [next, error] = std::from_chars(p, end, *parts[i]);
        valid = valid && error == std::errc();
        p = next;
      }
      if (!valid || p != end) {
        return InvalidModel(
            StrCat("bytecode: cannot read the version in the producer \"", file_.producer, "\""));
      }
    }
    if (version < kOldestVhloVersion || version.major > kVhloVersion.major) {
      return Unsupported(StrCat("the file needs StableHLO ", version.ToString(),
                                "; this build reads StableHLO ", kOldestVhloVersion.ToString(),
                                " to ", kVhloVersion.ToString(),
                                " (and later versions of the same major that use nothing new)"));
    }
    file_.vhlo_version = version;
    return OkStatus();
  }

  Status ParseStrings() {
    ASSIGN_OR_RETURN(ByteReader reader, Need(kString));
    const size_t count = reader.Count();
    file_.strings.resize(count);
    std::vector<size_t> sizes(count);
    for (size_t& size : sizes) size = reader.Count();
    // Sizes come in reverse order, so that the last string is found first.
    for (size_t i = 0; i < count && reader.ok(); ++i) {
      const auto bytes = reader.Bytes(sizes[count - 1 - i]);
      if (bytes.empty() || bytes.back() != 0) {
        reader.Fail("a string does not end in NUL");
        break;
      }
      file_.strings[i] = {reinterpret_cast<const char*>(bytes.data()), bytes.size() - 1};
    }
    if (reader.ok() && !reader.empty()) reader.Fail("data is left over");
    return reader.ok() ? OkStatus() : reader.Error(Name(kString));
  }

  Status ParseDialects() {
    ASSIGN_OR_RETURN(ByteReader reader, Need(kDialect));
    const size_t count = reader.Count();
    for (size_t i = 0; i < count && reader.ok(); ++i) {
      bool has_version = false;
      const uint64_t name =
          file_.version < 1 ? reader.Varint() : reader.VarintWithFlag(&has_version);
      file_.dialects.push_back(String(reader, name));
      if (has_version) {
        uint8_t id;
        reader.Section(&id);
        if (id != kDialectVersions) reader.Fail("a dialect's version is not a version section");
      }
    }
    if (file_.version >= 4) reader.Varint();  // Number of op names; the groups say it themselves.
    while (reader.ok() && !reader.empty()) {
      const size_t dialect = reader.Index(file_.dialects.size());
      const size_t names = reader.Count();
      for (size_t i = 0; i < names && reader.ok(); ++i) {
        bool registered;
        const uint64_t name =
            file_.version < 5 ? reader.Varint() : reader.VarintWithFlag(&registered);
        file_.op_names.push_back({static_cast<uint32_t>(dialect), String(reader, name)});
      }
    }
    return reader.ok() ? OkStatus() : reader.Error(Name(kDialect));
  }

  std::string_view String(ByteReader& reader, uint64_t index) {
    const size_t i = reader.CheckIndex(index, file_.strings.size());
    return reader.ok() ? file_.strings[i] : std::string_view();
  }

  Status ParseProperties() {
    if (!sections_[kProperties]) return OkStatus();
    ByteReader reader = *sections_[kProperties];
    if (reader.empty()) return OkStatus();
    const size_t count = reader.Count();
    for (size_t i = 0; i < count && reader.ok(); ++i) {
      const uint64_t size = reader.Varint();
      const size_t begin = reader.position();
      file_.properties.push_back({begin, begin + reader.Bytes(size).size()});
    }
    if (reader.ok() && !reader.empty()) reader.Fail("data is left over");
    return reader.ok() ? OkStatus() : reader.Error(Name(kProperties));
  }

  Status ParseResources() {
    if (!sections_[kResourceOffset]) return OkStatus();
    ByteReader reader = *sections_[kResourceOffset];
    if (reader.empty()) return OkStatus();
    ASSIGN_OR_RETURN(ByteReader data, Need(kResource));
    const size_t external_groups = reader.Count();
    for (size_t i = 0; i < external_groups && reader.ok() && data.ok(); ++i) {
      reader.Index(file_.strings.size());
      ParseResourceGroup(reader, data, /*external=*/true);
    }
    while (!reader.empty() && reader.ok() && data.ok()) {
      reader.Index(file_.dialects.size());
      ParseResourceGroup(reader, data, /*external=*/false);
    }
    if (!reader.ok()) return reader.Error(Name(kResourceOffset));
    return data.ok() ? OkStatus() : data.Error(Name(kResource));
  }

  void ParseResourceGroup(ByteReader& reader, ByteReader& data, bool external) {
    constexpr uint8_t kBlob = 0;
    const size_t count = reader.Count();
    for (size_t i = 0; i < count && reader.ok() && data.ok(); ++i) {
      const std::string_view key = String(reader, reader.Varint());
      const uint64_t size = reader.Varint();
      const uint8_t kind = reader.Byte();
      const size_t begin = data.position();
      const size_t end = begin + data.Bytes(size).size();
      if (external || !reader.ok() || !data.ok()) continue;
      BytecodeFile::Resource& resource = file_.resources.emplace_back();
      resource.key = key;
      if (kind != kBlob) continue;
      ByteReader blob(file_.bytes, begin, end);
      const uint64_t alignment = blob.Varint();
      const uint64_t blob_size = blob.Varint();
      blob.Align(alignment);
      const size_t blob_begin = blob.position();
      resource.blob = {blob_begin, blob_begin + blob.Bytes(blob_size).size()};
      resource.is_blob = true;
      if (!blob.ok()) data.Fail("a resource's blob is malformed");
    }
  }

  Status ParseOffsets() {
    ASSIGN_OR_RETURN(ByteReader reader, Need(kAttrTypeOffset));
    ASSIGN_OR_RETURN(ByteReader data, Need(kAttrType));
    const size_t num_attributes = reader.Count();
    const size_t num_types = reader.Count();
    ParseEntries(reader, data, num_attributes, &file_.attributes);
    ParseEntries(reader, data, num_types, &file_.types);
    if (reader.ok() && !reader.empty()) reader.Fail("data is left over");
    if (!reader.ok()) return reader.Error(Name(kAttrTypeOffset));
    return data.ok() ? OkStatus() : data.Error(Name(kAttrType));
  }

  void ParseEntries(ByteReader& reader, ByteReader& data, size_t count,
                    std::vector<BytecodeFile::Entry>* entries) {
    while (entries->size() < count && reader.ok() && data.ok()) {
      const size_t dialect = reader.Index(file_.dialects.size());
      const size_t group = reader.Count();
      if (group > count - entries->size()) reader.Fail("a group has too many entries");
      for (size_t i = 0; i < group && reader.ok() && data.ok(); ++i) {
        bool custom;
        const uint64_t size = reader.VarintWithFlag(&custom);
        const size_t begin = data.position();
        entries->push_back(
            {{begin, begin + data.Bytes(size).size()}, static_cast<uint32_t>(dialect), custom});
      }
    }
  }

  BytecodeFile& file_;
  std::array<std::optional<ByteReader>, kNumSections> sections_;
};

}  // namespace

std::string VhloVersion::ToString() const { return StrCat(major, ".", minor, ".", patch); }

bool IsBytecode(std::span<const uint8_t> bytes) {
  return bytes.size() >= sizeof(kMagic) &&
         std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin());
}

Result<BytecodeFile> ReadBytecodeFile(std::span<const uint8_t> bytes) {
  if (!IsBytecode(bytes))
    return InvalidModel("bytecode: the file does not start with \"ML\\xefR\"");
  if (bytes.size() > UINT32_MAX) return Unsupported("bytecode: the file is larger than 4 GiB");
  BytecodeFile file;
  file.bytes = bytes;
  RETURN_IF_ERROR(FileParser(&file).Parse());
  return file;
}

}  // namespace webhlo
