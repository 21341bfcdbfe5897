// SPDX-License-Identifier: Apache-2.0
#include "core/base/memory.h"

#include <cstring>

#include "core/base/math.h"
#include "core/base/strings.h"

namespace webhlo {

Status CheckBlock(uint64_t size, std::string_view what) {
  if (size <= kMaxBlock) return OkStatus();
  constexpr uint64_t kGiB = uint64_t{1} << 30;
  constexpr uint64_t kLimit = CeilDiv(kMaxBlock, kGiB);
  return OutOfMemory(StrCat(what, ": ", size, " bytes; one tensor or arena has less than ", kLimit,
                            " GiB, all memory ", 2 * kLimit, " GiB"));
}

Result<AlignedBuffer> TryAllocate(uint64_t size, std::string_view what) {
  RETURN_IF_ERROR(CheckBlock(size, what));
  const size_t total = RoundUp(static_cast<size_t>(size) + kBufferPadding, kBufferAlignment);
  AlignedBuffer buffer;
  buffer.data_.reset(static_cast<uint8_t*>(std::aligned_alloc(kBufferAlignment, total)));
  if (!buffer) return OutOfMemory(StrCat(what, ": cannot allocate ", size, " bytes"));
  buffer.size_ = static_cast<size_t>(size);
  std::memset(buffer.data() + size, 0, total - static_cast<size_t>(size));
  return buffer;
}

}  // namespace webhlo
