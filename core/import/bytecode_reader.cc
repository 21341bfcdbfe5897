// SPDX-License-Identifier: Apache-2.0
#include "core/import/bytecode_reader.h"

#include <bit>

#include "core/base/strings.h"

namespace webhlo {

uint8_t ByteReader::Byte() {
  if (position_ == end_) {
    Fail("the data ends too early");
    return 0;
  }
  return file_[position_++];
}

uint64_t ByteReader::Varint() {
  const uint8_t first = Byte();
  if (!ok()) return 0;
  const int extra = first == 0 ? 8 : std::countr_zero(first);
  if (remaining() < static_cast<size_t>(extra)) {
    Fail("the data ends inside a number");
    return 0;
  }
  uint64_t value = 0;
  for (int i = extra; i-- > 0;) value = value << 8 | file_[position_ + i];
  position_ += extra;
  if (first == 0) return value;
  // The first byte holds the lowest bits, above the marker.
  const int low_bits = 7 - extra;
  return value << low_bits | (first >> (extra + 1));
}

int64_t ByteReader::SignedVarint() {
  const uint64_t value = Varint();
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

uint64_t ByteReader::VarintWithFlag(bool* flag) {
  const uint64_t value = Varint();
  *flag = value & 1;
  return value >> 1;
}

size_t ByteReader::CheckCount(uint64_t count) {
  if (count > remaining()) {
    Fail("a count exceeds the data that is left");
    return 0;
  }
  return static_cast<size_t>(count);
}

size_t ByteReader::CheckIndex(uint64_t index, size_t limit) {
  if (index >= limit) {
    Fail("an index is out of range");
    return 0;
  }
  return static_cast<size_t>(index);
}

std::span<const uint8_t> ByteReader::Bytes(uint64_t size) {
  if (size > remaining()) {
    Fail("a length exceeds the data that is left");
    return {};
  }
  const auto bytes = file_.subspan(position_, static_cast<size_t>(size));
  position_ += static_cast<size_t>(size);
  return bytes;
}

void ByteReader::Align(uint64_t alignment) {
  constexpr uint8_t kPadding = 0xCB;
  if (!std::has_single_bit(alignment)) return Fail("an alignment is not a power of two");
  while (ok() && (position_ & (alignment - 1)) != 0) {
    if (Byte() != kPadding) Fail("padding is not 0xCB");
  }
}

ByteReader ByteReader::Section(uint8_t* id) {
  const uint8_t head = Byte();
  const uint64_t length = Varint();
  if (head & 0x80) Align(Varint());
  *id = head & 0x7f;
  const size_t begin = position_;
  const auto bytes = Bytes(length);
  return ByteReader(file_, begin, begin + bytes.size());
}

Status ByteReader::Error(std::string_view what) const {
  return InvalidModel(StrCat("bytecode: ", what, ": ", reason_ ? reason_ : "malformed",
                             " (at byte ", reason_ ? failed_at_ : position_, ")"));
}

}  // namespace webhlo
