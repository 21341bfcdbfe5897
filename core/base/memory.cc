// SPDX-License-Identifier: Apache-2.0
#include "core/base/memory.h"

#include <cstring>

#include "core/base/math.h"
#include "core/base/strings.h"

namespace webhlo {

Result<AlignedBuffer> TryAllocate(uint64_t size, std::string_view what) {
  // Half the address space is beyond any allocator and keeps the arithmetic below from wrapping.
  constexpr uint64_t kLimit = SIZE_MAX / 2;
  const auto failure = [&] {
    return OutOfMemory(StrCat(what, ": cannot allocate ", size, " bytes"));
  };
  if (size > kLimit - kBufferPadding - kBufferAlignment) return failure();
  const size_t total = RoundUp(static_cast<size_t>(size) + kBufferPadding, kBufferAlignment);
  AlignedBuffer buffer;
  buffer.data_.reset(static_cast<uint8_t*>(std::aligned_alloc(kBufferAlignment, total)));
  if (!buffer) return failure();
  buffer.size_ = static_cast<size_t>(size);
  std::memset(buffer.data() + size, 0, total - static_cast<size_t>(size));
  return buffer;
}

}  // namespace webhlo
