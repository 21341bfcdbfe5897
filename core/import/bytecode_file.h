// SPDX-License-Identifier: Apache-2.0
//
// BytecodeFile: the container half of MLIR bytecode (versions 0 to 6): sections, strings, dialects,
// op names, and where each attribute, type, resource and property list lies. Every range in it is
// inside the file and every index inside its table. What the entries mean is decided by
// bytecode_attributes.h, vhlo_attributes.h and bytecode_import.cc.
#ifndef WEBHLO_CORE_IMPORT_BYTECODE_FILE_H_
#define WEBHLO_CORE_IMPORT_BYTECODE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/import/bytecode_reader.h"

namespace webhlo {

inline constexpr uint64_t kMaxBytecodeVersion = 6;

// A version of VHLO, ordered as people expect.
struct VhloVersion {
  uint32_t major = 0, minor = 0, patch = 0;
  auto operator<=>(const VhloVersion&) const = default;
  std::string ToString() const;
};
// The newest version whose ops, attributes and types this build knows.
inline constexpr VhloVersion kVhloVersion{1, 20, 0};
inline constexpr VhloVersion kOldestVhloVersion{0, 9, 0};

struct BytecodeFile {
  struct Slice {
    size_t begin = 0;
    size_t end = 0;
  };
  struct Entry {  // An attribute or a type.
    Slice bytes;
    uint32_t dialect = 0;
    bool custom = false;  // Else NUL-terminated assembly text.
  };
  struct OpName {
    uint32_t dialect = 0;
    std::string_view name;  // Without the dialect.
  };
  struct Resource {
    std::string_view key;
    Slice blob;  // Empty unless `is_blob`.
    bool is_blob = false;
  };

  std::span<const uint8_t> bytes;
  uint64_t version = 0;
  std::string producer;  // "StableHLO_v1.16.1"
  VhloVersion vhlo_version;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> dialects;
  std::vector<OpName> op_names;
  std::vector<Entry> attributes;
  std::vector<Entry> types;
  std::vector<Resource> resources;  // Those of dialects, which attributes refer to by index.
  std::vector<Slice> properties;
  Slice ir;

  ByteReader Reader(Slice slice) const { return ByteReader(bytes, slice.begin, slice.end); }
};

bool IsBytecode(std::span<const uint8_t> bytes);
// `bytes` must outlive the result.
Result<BytecodeFile> ReadBytecodeFile(std::span<const uint8_t> bytes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_BYTECODE_FILE_H_
