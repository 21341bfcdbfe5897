// SPDX-License-Identifier: Apache-2.0
//
// ByteReader: a cursor over MLIR bytecode that cannot leave its range. The first failure sticks:
// every later read answers zero or nothing, so decoding code stays straight and asks ok() once per
// entry. Counts are bounded by the bytes that are left, so no loop and no allocation outgrows the
// input.
#ifndef WEBHLO_CORE_IMPORT_BYTECODE_READER_H_
#define WEBHLO_CORE_IMPORT_BYTECODE_READER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/status.h"

namespace webhlo {

class ByteReader {
 public:
  ByteReader() = default;
  // Reads [begin, end) of `file`; alignment counts from the file's start.
  ByteReader(std::span<const uint8_t> file, size_t begin, size_t end)
      : file_(file), position_(begin), end_(end) {}

  bool ok() const { return reason_ == nullptr; }
  bool empty() const { return position_ == end_; }
  size_t position() const { return position_; }
  size_t remaining() const { return end_ - position_; }

  uint8_t Byte();
  // MLIR's PrefixVarInt: the trailing zero bits of the first byte count the bytes that follow it.
  uint64_t Varint();
  int64_t SignedVarint();  // Zigzag.
  // A varint whose lowest bit is a flag.
  uint64_t VarintWithFlag(bool* flag);
  // How many things of at least one byte each follow.
  size_t Count() { return CheckCount(Varint()); }
  size_t CheckCount(uint64_t count);
  // An index below `limit`.
  size_t Index(size_t limit) { return CheckIndex(Varint(), limit); }
  size_t CheckIndex(uint64_t index, size_t limit);
  std::span<const uint8_t> Bytes(uint64_t size);
  // Skips the padding up to a multiple of `alignment`, a power of two, in the file.
  void Align(uint64_t alignment);
  // The header of a section; the reader of its content. This one continues behind it.
  ByteReader Section(uint8_t* id);

  void Fail(const char* reason) {
    if (!ok()) return;
    reason_ = reason;
    failed_at_ = position_;
    position_ = end_;
  }
  // invalid_model, naming `what` and the offset.
  Status Error(std::string_view what) const;

 private:
  std::span<const uint8_t> file_;
  size_t position_ = 0;
  size_t end_ = 0;
  size_t failed_at_ = 0;
  const char* reason_ = nullptr;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_BYTECODE_READER_H_
