// SPDX-License-Identifier: Apache-2.0
//
// .whlo files: verified programs and the directory of their weights <-> bytes. Loading one parses
// no text and no bytecode. The weights' own bytes never pass through here.
#ifndef WEBHLO_CORE_IMPORT_WHLO_H_
#define WEBHLO_CORE_IMPORT_WHLO_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/encoding.h"
#include "core/graph/type.h"
#include "core/import/import.h"

namespace webhlo {

struct NamedProgram {
  std::string name;
  Program program;
};

// One tensor of the weight directory.
struct WeightEntry {
  std::string name;
  ElementType dtype = ElementType::kF32;
  std::vector<int64_t> shape;
  Encoding encoding;
  // A companion file that holds the bytes; empty: this file.
  std::string file;
  // From the start of the file that holds the bytes. WriteWhlo chooses it where `file` is empty.
  uint64_t offset = 0;
  uint64_t size = 0;  // Bytes of the segment.
};

// An argument that reads a tensor of another name.
struct TiedWeight {
  std::string argument;
  std::string tensor;
};

// What applications say of a model, by key: JSON texts, which nothing here reads.
using Metadata = std::map<std::string, std::string>;

struct WhloFile {
  std::vector<NamedProgram> programs;
  std::vector<WeightEntry> weights;
  std::vector<TiedWeight> ties;
  Metadata metadata;
};

// The file's head: header, FlatBuffer, padding to 64 bytes. The segments of the weights without a
// companion file follow it in the given order, each padded to 64 bytes. A head that is shorter than
// `least_size` is padded to it.
Result<std::vector<uint8_t>> WriteWhlo(std::span<const NamedProgram> programs,
                                       std::span<const WeightEntry> weights,
                                       std::span<const TiedWeight> ties = {},
                                       const Metadata& metadata = {}, uint64_t least_size = 0);

// How long the head is, from the file's first 16 bytes.
Result<uint64_t> WhloHeadSize(std::span<const uint8_t> bytes);

// Reads and verifies the head; what follows it in `bytes` is ignored. Offsets of segments are not
// compared with the file's size, which only the caller knows.
Result<WhloFile> ReadWhlo(std::span<const uint8_t> bytes, const ImportOptions& options = {});

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_WHLO_H_
